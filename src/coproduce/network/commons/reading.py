"""How hard a text is to read."""

from __future__ import annotations

import re
from functools import lru_cache

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


def reading_grade(markdown: str, language: str = "en") -> float | None:
    """Flesch-Kincaid school grade of an English text; None for fewer than 30 words, or for another language.

    0.39 words / sentences + 11.8 syllables / words - 15.59. Source: Kincaid, Fishburne, Rogers and Chissom 1975,
    Research Branch Report 8-75, Naval Technical Training Command.
    """
    if language.split("-", 1)[0].lower() != "en":
        return None
    text = _MARKUP.sub(lambda m: m.group(1) or " ", markdown)
    words = _WORD.findall(text)
    if len(words) < 30:
        return None
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    return 0.39 * len(words) / max(sentences, 1) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
