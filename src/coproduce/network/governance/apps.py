"""Declares the app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Consent, audit, rules: how the network governs what it keeps."""

    name = "coproduce.network.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"
