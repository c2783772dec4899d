"""Erasing a person: apps above `people` delete the words they keep, when they hear this signal."""

from __future__ import annotations

from django.dispatch import Signal

#: Sent inside the erasing transaction with `person_id`; receivers delete that person's words.
person_erased = Signal()
