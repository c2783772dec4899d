"""Words from text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coproduce.matching.text import name_key, plain_words, spoken_forms, terms


def test_a_possessive_and_its_bare_form_have_one_key() -> None:
    assert name_key("Crohn's Disease") == name_key("Crohn’s disease") == name_key("crohn disease")


def test_accents_and_case_do_not_matter() -> None:
    assert terms("Ménière") == terms("MENIERE")


def test_a_short_abbreviation_is_not_stemmed() -> None:
    assert name_key("EDS") != name_key("ED")


def test_inverted_names_are_put_straight() -> None:
    assert "chronic Otitis media" in spoken_forms("Otitis media - chronic")


def test_former_names_lose_their_label() -> None:
    assert "Wegener's granulomatosis" in spoken_forms("Formerly: Wegener's granulomatosis")


@given(st.text())
def test_each_plain_word_has_one_stem(text: str) -> None:
    assert len(plain_words(text)) == len(terms(text))


@given(st.text())
def test_any_name_has_spoken_forms_without_failing(text: str) -> None:
    assert all(form.strip() for form in spoken_forms(text))
