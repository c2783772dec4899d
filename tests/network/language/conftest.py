"""The people and the log-ins of the security tests."""

from tests.network.security.conftest import school, shelf, sign_in, town, unlimited

__all__ = ["school", "shelf", "sign_in", "town", "unlimited"]
