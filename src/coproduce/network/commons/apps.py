"""Declares the app."""

from django.apps import AppConfig


class CommonsConfig(AppConfig):
    """Resources and their versions: what the network makes, shares and uses."""

    name = "coproduce.network.commons"
    label = "commons"
    default_auto_field = "django.db.models.BigAutoField"
