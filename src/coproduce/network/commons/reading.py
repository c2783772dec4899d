"""How hard a text is to read."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n\s*\n|\n(?=\s*[-*#\d])")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#>|]+")
_VOWELS = re.compile(r"[aeiouy]+")


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


def reading_grade(markdown: str) -> float | None:
    """Flesch-Kincaid school grade of an English text; None for fewer than 30 words.

    0.39 words / sentences + 11.8 syllables / words - 15.59. Source: Kincaid, Fishburne, Rogers and Chissom 1975,
    Research Branch Report 8-75, Naval Technical Training Command.
    """
    text = _MARKUP.sub(lambda m: m.group(1) or " ", markdown)
    words = _WORD.findall(text)
    if len(words) < 30:
        return None
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    return 0.39 * len(words) / max(sentences, 1) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
