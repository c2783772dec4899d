"""The form of one's own wishes: time zones by part of the world, the chosen one marked, any other name refused."""

from __future__ import annotations

import pytest

from coproduce.network.people.forms import PreferencesForm
from coproduce.network.people.models import Person


def drawn(zone: str) -> str:
    return str(PreferencesForm(instance=Person(pseudonym="Me", time_zone=zone))["time_zone"])


def sent(zone: str) -> PreferencesForm:
    return PreferencesForm({"pseudonym": "Me", "help_capacity": "0", "time_zone": zone}, instance=Person())


def test_a_time_zone_is_listed_by_its_place_in_its_part_of_the_world() -> None:
    page = drawn("")
    assert '<optgroup label="America">' in page
    assert '<option value="America/Argentina/Buenos_Aires">Argentina, Buenos Aires</option>' in page


@pytest.mark.parametrize("zone", ["", "UTC", "Europe/Berlin", "US/Eastern"])
def test_the_chosen_time_zone_and_no_other_is_marked(zone: str) -> None:
    page = drawn(zone)
    assert page.count(" selected") == 1
    assert f'<option value="{zone}" selected>' in page


def test_the_list_is_tied_to_its_label() -> None:
    assert drawn("").startswith('<select id="id_time_zone" name="time_zone">')


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../../etc/passwd", "<script>", "x" * 100_000, "Europe"])
def test_a_name_that_is_no_time_zone_is_refused(zone: str) -> None:
    assert "time_zone" in sent(zone).errors


def test_names_in_a_list_are_escaped() -> None:
    page = drawn("<b>&")
    assert "<b>" not in page
    assert '<option value="&lt;b&gt;&amp;" selected>' in page


def topics(said: str, before: tuple[str, ...] = ()) -> PreferencesForm:
    sent = {"pseudonym": "Me", "help_capacity": "1", "topics": said}
    return PreferencesForm(sent, instance=Person(helps_with=list(before)))


def test_what_one_helps_with_is_said_a_line_each_in_own_words() -> None:
    form = topics("Crohn's disease\n\n  Living  with an ostomy \nschool\nSchool")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["topics"] == ("crohns-disease", "living-with-an-ostomy", "school")


def test_what_one_helped_with_before_is_shown_in_words_and_kept_as_it_was() -> None:
    before = ("body-image", "what_it_is", "\u043a\u0440\u043e\u043d")
    shown = PreferencesForm(instance=Person(helps_with=list(before))).initial["topics"]
    assert shown == "body image\nwhat it is\n\u043a\u0440\u043e\u043d"
    form = topics(shown, before)
    assert form.is_valid()
    assert form.cleaned_data["topics"] == before


@pytest.mark.parametrize("said", ["x" * 1_001, "\x00", "\n".join(map(str, range(21)))])
def test_topics_that_cannot_be_kept_are_refused(said: str) -> None:
    assert "topics" in topics(said).errors


def spoken(before: tuple[str, ...] = (), **chosen: str) -> PreferencesForm:
    sent = {"pseudonym": "Me", "help_capacity": "0", **chosen}
    return PreferencesForm(sent, instance=Person(languages=list(before)))


def test_up_to_three_languages_are_chosen_best_first_and_each_once() -> None:
    form = spoken(first_language="es", second_language="en", third_language="es")
    assert form.is_valid(), form.errors
    assert form.languages() == ("es", "en")
    page = str(PreferencesForm(instance=Person(languages=["es", "en"]))["second_language"])
    assert '<option value="en" lang="en" selected>English</option>' in page


def test_a_language_that_is_not_listed_and_a_fourth_one_are_kept() -> None:
    before = ("gsw", "en", "de", "fr")
    assert spoken(before, first_language="gsw", second_language="", third_language="de").is_valid()
    form = spoken(before, first_language="gsw", second_language="", third_language="de")
    assert form.is_valid()
    assert form.languages() == ("gsw", "de", "fr")


def test_a_form_that_asked_for_no_language_changes_none() -> None:
    form = spoken(("es", "en"))
    assert form.is_valid()
    assert form.languages() == ("es", "en")


@pytest.mark.parametrize("tag", ["klingon-in-full", "<script>", "e" * 100_000, "en\x00", "../en"])
def test_what_is_no_language_is_refused(tag: str) -> None:
    assert "first_language" in spoken(first_language=tag).errors


def test_who_said_none_is_shown_the_language_of_the_page() -> None:
    assert PreferencesForm(instance=Person()).initial["first_language"] == "en"
