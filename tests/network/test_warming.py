"""A web process is ready before it is asked."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines

from coproduce.network import warming
from coproduce.network.languages import language_choices


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


def test_the_languages_are_listed_before_a_form_offers_them(db: None, thawed: None) -> None:
    language_choices.cache_clear()
    warming.warm()
    assert language_choices.cache_info().currsize == 1


def test_a_process_starts_without_its_index(db: None, thawed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OSError

    monkeypatch.setattr(warming, "index", away)
    warming.warm()


def test_a_web_process_loads_nothing_that_only_counts_or_simulates(tmp_path: Path) -> None:
    """SciPy and Numba come with the measures that are counted elsewhere: 90 MB and 0.8 s in every process."""
    program = (
        "import sys, django; django.setup();"
        "from django.template.loader import get_template; from django.urls import get_resolver;"
        "from coproduce.network import warming;"
        "_ = get_resolver().url_patterns; [get_template(name) for name in warming.template_names()];"
        "print(sorted({'numba', 'scipy', 'ortools', 'pandas', 'vl_convert', 'networkit'} & set(sys.modules)))"
    )
    ours = {"DJANGO_SETTINGS_MODULE": "coproduce.network.settings", "COPRODUCE_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **ours}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
