"""Pages that belong to no capability: about, privacy, accessibility, licence; and the components, while building."""

from __future__ import annotations

from django.conf import settings
from django.urls import path
from django.views.generic import TemplateView

from coproduce.network.design.gallery import gallery

urlpatterns = [
    path(f"{name}/", TemplateView.as_view(template_name=f"design/pages/{name}.html"), name=name)
    for name in ("about", "privacy", "accessibility", "licence")
]

if settings.DEBUG or settings.COPRODUCE.demo:
    urlpatterns.append(path("design/", gallery, name="design"))
