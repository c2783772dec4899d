"""Declares the app."""

from django.apps import AppConfig


class LogConfig(AppConfig):
    """The only writer and reader of the event table; reached only through an app that has asked the policy."""

    name = "coproduce.network.log"
    label = "log"
    default_auto_field = "django.db.models.BigAutoField"
