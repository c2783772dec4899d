"""Declares the app."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    """Needs, offers, matching people and resources, the story of a need, the home page."""

    name = "coproduce.network.needs"
    label = "needs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listens for erasures."""
        from coproduce.network.needs import erasing  # noqa: F401 connecting is all it does
