"""Declares the app."""

from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    """The simulator's side of the live network: the example network, later scenarios and forecasts."""

    name = "coproduce.network.laboratory"
    label = "laboratory"
    default_auto_field = "django.db.models.BigAutoField"
