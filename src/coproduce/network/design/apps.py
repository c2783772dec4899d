"""Declares the app."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Base templates, components, tokens, static files and template tags: how every page looks."""

    name = "coproduce.network.design"
    label = "design"
    default_auto_field = "django.db.models.BigAutoField"
