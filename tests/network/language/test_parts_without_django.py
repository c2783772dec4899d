"""What measures, their notes and refused input say goes through gettext where it reaches a page, and is collected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from coproduce.errors import Conflict, InvalidInput
from coproduce.measures import CATALOGUE
from coproduce.network.design.management.commands.makemessages import said_elsewhere
from coproduce.network.design.spoken import said_in, spoken, whole
from coproduce.network.errors import Problem


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A second language of a few messages."""
    words = {
        "{0} silent": "{0} sans nouvelles",
        "no title": "pas de titre",
        "Given: %(given)s. Expected: %(expected)s.": "Reçu : %(given)s. Attendu : %(expected)s.",
        "at most {0} of {1}": "sur {1}, {0} au plus",
    }
    monkeypatch.setattr(translation._trans, "gettext", lambda said: words.get(said, said))  # type: ignore[attr-defined]
    return words


def test_a_note_with_numbers_is_one_message(french: dict[str, str]) -> None:
    assert spoken("692 silent") == "692 sans nouvelles"
    assert spoken("3,050 silent; 12 silent") == "3,050 sans nouvelles; 12 sans nouvelles"


def test_a_translation_may_turn_the_numbers_round(french: dict[str, str]) -> None:
    assert spoken("at most 3 of 10") == "sur 10, 3 au plus"


@pytest.mark.parametrize("said", ["", "{", "{0} {9} }{", "100 % {x}", "٣ needs", "1" * 5000])
def test_a_sentence_without_a_translation_stays_as_it_is(french: dict[str, str], said: str) -> None:
    assert spoken(said) == said


def test_refused_input_is_told_in_the_readers_language(french: dict[str, str]) -> None:
    refused = InvalidInput(given="no title", expected="a title", next_step="Write one.")
    assert Problem.from_exception(refused).detail == "Reçu : pas de titre. Attendu : a title."
    assert whole(refused) == "Reçu : pas de titre. Attendu : a title. Write one."
    assert whole(Conflict("5 silent")) == "5 sans nouvelles"


def test_every_text_of_the_catalogue_is_collected() -> None:
    collected = set(said_elsewhere())
    missing = [one.id for one in CATALOGUE.values() if {one.name, one.unit, one.formula, one.source} - collected]
    assert missing == []


def test_sentences_of_a_module_are_collected_and_docstrings_are_not() -> None:
    source = '"""A module."""\nnote = f"{n} of {m} silent; none left"\nkind = "share"\ndef f():\n    "A function."\n'
    assert list(said_in(source)) == ["{0} of {1} silent", "none left"]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="collecting messages needs GNU gettext")
def test_one_command_collects_what_every_part_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    monkeypatch.chdir(tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "locale"]  # type: ignore[attr-defined]
    (tmp_path / "figure.py").write_text('title = say("Half of all needs")\n')
    call_command("makemessages", locale=["fr"], verbosity=0)
    collected = (tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po").read_text()
    assert 'msgid "{0} silent"' in collected
    assert 'msgid "Half of all needs"' in collected
    assert f'msgid "{CATALOGUE["N3"].name}"' in collected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figure.py", "locale"]
