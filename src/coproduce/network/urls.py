"""Every address of the live network. Each app names its own; one line here puts them in their place."""

from __future__ import annotations

from django.urls import include, path

from coproduce.network.health import health

handler400 = "coproduce.network.errors.bad_request"
handler403 = "coproduce.network.errors.permission_denied"
handler404 = "coproduce.network.errors.page_not_found"
handler500 = "coproduce.network.errors.server_error"

urlpatterns = [
    path("health", health, name="health"),
    path("accounts/", include("allauth.urls")),
    path("me/", include("coproduce.network.people.urls")),
    path("stewards/", include("coproduce.network.people.steward_urls")),
    path("commons/", include("coproduce.network.commons.urls")),
    path("", include("coproduce.network.needs.urls")),
    path("network/", include("coproduce.network.observatory.urls")),
    path("", include("coproduce.network.design.urls")),
]
