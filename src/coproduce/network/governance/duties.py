"""What the worker does for governance."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from coproduce.network.log.verifying import sign


def sign_head(at: datetime) -> int:
    """Signs the log's head outside the database; 1 when it had moved. Raises Tampered rather than sign a broken log."""
    return int(sign(settings.COPRODUCE, at) is not None)


def note_restore(at: datetime) -> int:
    """Signs that a backup was brought back, after which the log ends earlier than a head signed before."""
    return int(sign(settings.COPRODUCE, at, restored=True) is not None)
