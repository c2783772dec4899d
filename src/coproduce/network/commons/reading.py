"""How hard a text is to read."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from coproduce.events import Event, Role, kinds

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n\s*\n|\n(?=\s*[-*#\d])")
#: Bounded, so that a text made of brackets takes no longer than another one.
_MARKUP = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\n]{0,600}\)|[*_`#>|]+")
_VOWELS = re.compile(r"[aeiouy]+")


@lru_cache(maxsize=100_000)
def syllables(word: str) -> int:
    """Syllables of an English word, by its groups of vowels; a final silent e does not count.

    >>> [syllables(w) for w in ("care", "table", "colonoscopy", "the")]
    [1, 2, 5, 1]
    """
    low = word.lower().replace("’", "'")
    n = len(_VOWELS.findall(low))
    if low.endswith("e") and not low.endswith(("le", "ee", "ye")) and n > 1:
        n -= 1
    return max(n, 1)


class Grades(NamedTuple):
    """How many years of school a text asks for, by two formulas.

    Flesch-Kincaid: 0.39 words / sentences + 11.8 syllables / words - 15.59 (Kincaid, Fishburne, Rogers and Chissom
    1975, Research Branch Report 8-75, Naval Technical Training Command). SMOG: 3.1291 + 1.043 times the root of the
    words of three syllables or more in 30 sentences (McLaughlin 1969, J Reading 12:639-646), drawn out to 30 where
    there are fewer.
    """

    flesch_kincaid: float
    smog: float


def reading_grade(markdown: str, language: str = "en") -> float | None:
    """The Flesch-Kincaid grade of an English text; None for fewer than 30 words, or for another language."""
    found = reading_grades(markdown, language)
    return None if found is None else found.flesch_kincaid


def reading_grades(markdown: str, language: str = "en") -> Grades | None:
    """Both grades of an English text; None for fewer than 30 words, or for another language."""
    if language.split("-", 1)[0].lower() != "en":
        return None
    text = _MARKUP.sub(lambda m: m.group(1) or " ", markdown)
    words = _WORD.findall(text)
    if len(words) < 30:
        return None
    sentences = max(1, sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part)))
    each = [syllables(word) for word in words]
    long = sum(n >= 3 for n in each)
    return Grades(
        0.39 * len(words) / sentences + 11.8 * sum(each) / len(words) - 15.59,
        3.1291 + 1.043 * math.sqrt(30 * long / sentences),
    )


def grades_measured(us: int, version: int, found: Grades | None) -> list[Event]:
    """The events that say how hard a version is to read, at the moment `us`; none where that could not be measured."""
    if found is None:
        return []
    same = {"time": us, "role": Role.COMPUTER, "subject": version}
    return [
        kinds.ReadabilityMeasured(**same, value=round(found.flesch_kincaid, 2)),
        kinds.SmogMeasured(**same, value=round(found.smog, 2)),
    ]
