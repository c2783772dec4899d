"""What words of a resource may be, and what is refused."""

from __future__ import annotations

import pytest

from coproduce.errors import InvalidInput
from coproduce.network.commons.words import Words, clean
from tests.network.commons.conftest import words

REFUSED = {
    "an empty title": ("title", {"title": " \n "}),
    "a title that nobody sees": ("title", {"title": "\u200b\u2060"}),
    "a title of 301 letters": ("title", {"title": "a" * 301}),
    "a null byte": ("body", {"body": "a\x00b"}),
    "half a character": ("summary", {"summary": "a\ud800"}),
    "neither text nor link": ("body", {"body": "  ", "link": ""}),
    "a text of 100,000 letters": ("body", {"body": "a" * 100_000}),
    "a script as a link": ("link", {"link": "javascript:alert(1)"}),
    "a link to a file": ("link", {"link": "file:///etc/passwd"}),
    "a link to another host than it seems": ("link", {"link": "https://hospital.example@evil.example/"}),
    "a link with a line break": ("link", {"link": "https://example.org/\nx"}),
    "a link without a host": ("link", {"link": "https:///x"}),
    "a broken host": ("link", {"link": "https://[::1"}),
    "an unknown kind": ("kind", {"kind": "rumour"}),
    "an unknown line of work": ("line_of_work", {"line_of_work": 9}),
    "a risk class of 4": ("risk_class", {"risk_class": 4}),
    "True as a risk class": ("risk_class", {"risk_class": True}),
    "an unknown audience": ("audience", {"audience": ("everybody",)}),
    "an unknown stage": ("stages", {"stages": ("s" * 40,)}),
    "no licence": ("license", {"license": ""}),
    "an unknown licence": ("license", {"license": "Mine-1.0"}),
    "a licence that is too long": ("license", {"license": " AND ".join(["MIT"] * 20)}),
    "a broken licence": ("license", {"license": "MIT AND ("}),
    "an unknown language": ("language", {"language": "english language"}),
    "an empty language": ("language", {"language": ""}),
    "a source that is a script": ("sources", {"sources": [{"title": "t", "url": "javascript:1"}]}),
    "a source without a title": ("sources", {"sources": [{"url": "https://example.org"}]}),
    "a source with a strange DOI": ("sources", {"sources": [{"title": "t", "doi": '10.1000/"onclick'}]}),
    "a source of the year 0": ("sources", {"sources": [{"title": "t", "year": 0}]}),
    "sources that are texts": ("sources", {"sources": ["t"]}),
}


@pytest.mark.parametrize(("name", "given"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_kept_is_refused_by_its_field(name: str, given: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        words(**given).checked()
    assert refusal.value.field == name
    assert not any(str(value) in str(refusal.value) for value in given.values() if str(value).strip() and value != 0)


def test_emoji_and_scripts_of_the_world_are_kept_as_they_are() -> None:
    text = "Ça va 👩‍👧 — مرحبا بالعالم — 你好"
    assert words(body=text).checked().body == text


def test_letters_are_composed_and_ends_of_lines_are_plain() -> None:
    assert clean("e\u0301\r\nb\rc", "body", 10) == "é\nb\nc"


def test_characters_that_turn_the_reading_order_or_that_nobody_sees_are_taken_out() -> None:
    assert clean("pay\u202egnihton\u202c \x07\x1b[0mnow\u2066", "body", 100) == "paygnihton [0mnow"


def test_a_title_is_one_line() -> None:
    assert words(title="A\nletter\tfor  school").checked().title == "A letter for school"


@pytest.mark.parametrize("license", ["CC-BY-4.0", "CC0-1.0", "MIT OR Apache-2.0", "LicenseRef-unknown"])
def test_licences_are_spdx_expressions(license: str) -> None:  # noqa: A002
    assert words(license=license).checked().license == license


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant", "es-419"])
def test_languages_are_bcp_47_tags(language: str) -> None:
    assert words(language=language).checked().language == language


def test_the_fingerprint_changes_with_every_field_and_with_nothing_else() -> None:
    first = words(conditions=(1, 2), sources=({"title": "t", "year": 2020},)).checked()
    again = words(conditions=(2, 1), sources=[{"year": 2020, "title": "t"}]).checked()
    others = [words(conditions=(1,)), words(body="Else."), words(language="fr"), words(risk_class=1)]
    assert first.fingerprint == again.fingerprint
    assert len({first.fingerprint, words().fingerprint, *(other.fingerprint for other in others)}) == 6


def test_checking_twice_changes_nothing() -> None:
    once: Words = words(title=" A  b ", body="x\r\n", sources=[{"title": " s "}]).checked()
    assert once.checked() == once
