"""A web process is ready before it is asked."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.template import engines

from coproduce.network import warming


@pytest.fixture
def thawed() -> Iterator[None]:
    """Leaves the garbage collector as it was."""
    yield
    gc.unfreeze()


def test_every_template_of_ours_is_compiled_before_the_first_request(db: None, thawed: None) -> None:
    warming.warm()
    kept = engines["django"].engine.template_loaders[0].get_template_cache  # type: ignore[attr-defined]
    assert len(warming.template_names()) > 50
    assert "needs/need.html" in warming.template_names()
    assert {name for name in warming.template_names() if name not in kept} == set()


def test_what_is_loaded_is_looked_at_no_more(db: None, thawed: None) -> None:
    warming.warm()
    assert gc.get_freeze_count() > 10_000


def test_a_process_starts_without_its_index(db: None, thawed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OSError

    monkeypatch.setattr(warming, "index", away)
    warming.warm()
