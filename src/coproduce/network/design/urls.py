"""Pages that belong to no capability: about, privacy, accessibility, licence; and the gallery of components."""

from __future__ import annotations

from django.urls import path
from django.views.generic import TemplateView

from coproduce.network.design.gallery import gallery

urlpatterns = [
    *(
        path(f"{name}/", TemplateView.as_view(template_name=f"design/pages/{name}.html"), name=name)
        for name in ("about", "privacy", "accessibility", "licence")
    ),
    path("design/", gallery, name="design"),
]
