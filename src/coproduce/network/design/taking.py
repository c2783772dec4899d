"""What becomes of a form: its deed is done, or it comes back with every word and what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms

from coproduce.errors import InvalidInput
from coproduce.network.design.spoken import whole

R = TypeVar("R")


def taken(form: forms.Form, deed: Callable[[], R]) -> R | None:
    """What the deed of a valid form gives; None when the form is to be shown again.

    What the deed refuses is said at the field that it names, and above the form where it names none.
    """
    if not form.is_valid():
        return None
    try:
        return deed()
    except InvalidInput as problem:
        form.add_error(problem.field if problem.field in form.fields else None, whole(problem))
        return None
