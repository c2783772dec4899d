"""Declares the app."""

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    """Measures of the live network on pages: for members, leaders and the public."""

    name = "coproduce.network.observatory"
    label = "observatory"
    default_auto_field = "django.db.models.BigAutoField"
