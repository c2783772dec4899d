"""Declares the app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, identities kept apart, roles, proxies, sites, and the policy: who may."""

    name = "coproduce.network.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
