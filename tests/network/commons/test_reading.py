"""How hard a text is to read, and Markdown as safe HTML."""

from __future__ import annotations

import math
import re

import pytest

from coproduce.events import Role, kinds
from coproduce.network.commons.markdown import to_html
from coproduce.network.commons.reading import grades_measured, reading_grade, reading_grades, syllables

#: 36 words, 3 sentences, one syllable each but for the counted ones.
SIMPLE = "The cat sat on the mat and had a good long nap. " * 3


def test_the_grade_is_that_of_the_formula() -> None:
    expected = 0.39 * 12 + 11.8 * 1 - 15.59
    assert reading_grade(SIMPLE) == pytest.approx(expected)


def test_longer_words_and_sentences_are_harder() -> None:
    hard = (
        "Immunosuppressive medication necessitates gastroenterological supervision and multidisciplinary evaluation "
        * 4
    )
    assert (reading_grade(hard) or 0) > 20 > (reading_grade(SIMPLE) or 0)


def test_the_smog_grade_counts_long_words_in_thirty_sentences() -> None:
    """McLaughlin's formula: four words of three syllables in three sentences are forty in thirty."""
    text = SIMPLE.replace("long nap", "medication holiday", 2)
    found = reading_grades(text)
    assert found is not None
    assert found.smog == pytest.approx(3.1291 + 1.043 * math.sqrt(30 * 4 / 3))
    plain = reading_grades(SIMPLE)
    assert plain is not None
    assert plain.smog == pytest.approx(3.1291)


def test_both_grades_of_a_version_are_written_to_the_log() -> None:
    flesch_kincaid, smog = grades_measured(7, 40, reading_grades(SIMPLE))
    assert (type(flesch_kincaid), type(smog)) == (kinds.ReadabilityMeasured, kinds.SmogMeasured)
    assert (smog.time, smog.role, smog.subject, smog.value) == (7, Role.COMPUTER, 40, 3.13)
    assert grades_measured(7, 40, reading_grades(SIMPLE, "fr")) == []


@pytest.mark.parametrize(("text", "language"), [("Too short to tell.", "en"), (SIMPLE, "fr"), ("", "en")])
def test_no_grade_where_the_formula_does_not_apply(text: str, language: str) -> None:
    assert reading_grade(text, language) is None


def test_markup_and_addresses_are_not_read() -> None:
    marked = SIMPLE.replace("mat", "[mat](https://example.org/immunosuppressive-medication)").replace("cat", "**cat**")
    assert reading_grade(marked) == pytest.approx(reading_grade(SIMPLE) or 0)


@pytest.mark.parametrize(("word", "n"), [("care", 1), ("table", 2), ("nurse", 1), ("diary", 2), ("flare", 1)])
def test_syllables_of_common_words(word: str, n: int) -> None:
    assert syllables(word) == n


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/pixel.png)",
        "<img src=x onerror=alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        '<a href="https://x" onclick="alert(1)">x</a>',
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(hostile: str) -> None:
    html = to_html(hostile)
    assert not any(f"<{tag}" in html for tag in ("script", "img", "style"))
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_headings_stand_below_the_pages_own_and_links_give_nothing_away() -> None:
    html = to_html("# Big\n\n[out](https://example.org)")
    assert "<h2>Big</h2>" in html
    assert 'rel="noopener nofollow"' in html


def test_tables_and_lists_are_kept() -> None:
    html = to_html("| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two")
    assert "<td>1</td>" in html
    assert html.count("<li>") == 2


def test_a_text_of_brackets_is_read_like_any_other() -> None:
    assert reading_grade("[" * 30_000 + "](" * 15_000) is None


@pytest.mark.parametrize("mark", ["#", "##", "####"])
def test_the_headings_of_a_text_begin_right_below_the_title(mark: str) -> None:
    html = to_html(f"{mark} First\n\n{mark}# Deeper\n\n{mark} Second")
    assert re.findall(r"<h\d>", html) == ["<h2>", "<h3>", "<h2>"]
