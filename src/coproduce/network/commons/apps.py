"""Declares the app."""

from django.apps import AppConfig


class CommonsConfig(AppConfig):
    """Resources and their versions: what the network makes, shares and uses."""

    name = "coproduce.network.commons"
    label = "commons"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listens for erasures."""
        from coproduce.network.commons import erasing  # noqa: F401 connecting is all it does
