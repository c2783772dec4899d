"""Declares the app."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Base templates, components, tokens, static files and template tags: how every page looks."""

    name = "coproduce.network.design"
    label = "design"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """An empty field says in plain words what to do."""
        from django.forms import Field
        from django.utils.translation import gettext_lazy as _

        Field.default_error_messages = {**Field.default_error_messages, "required": _("Please fill this in.")}
