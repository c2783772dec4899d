"""A live network with a few people and resources, for stories that are told twice."""

from tests.network.conftest import database_server, django_db_setup, migrated
from tests.network.needs.conftest import shelf, town

__all__ = ["database_server", "django_db_setup", "migrated", "shelf", "town"]
