"""The words and names that the resources themselves use: what a need can be linked to and repaired against."""

from __future__ import annotations

import math
from functools import cached_property

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from coproduce.matching.text import stem
from coproduce.matching.wordlists import kinds_of_help, word_lists

#: Words of up to this many letters are never repaired: too many words are near them.
_SHORTEST_REPAIRED = 5
_TWO_EDITS_FROM = 9
#: How much one use in a text counts against one use in a name.
_BODY_SHARE = 0.25
#: A word that is this many times rarer than a neighbour one edit away is read as a slip, even if some title holds it.
_SLIP = 100


class Lexicon:
    """A view of one state of the index; nothing is stored beside it.

    `idf(word)` is high for a word that few titles and names hold; `knows(key)` says whether a resource goes by a name.
    """

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self.n_resources: int = searcher.num_docs
        self._in_names: dict[str, int] = {}
        self._in_bodies: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._repairs: dict[str, str] = {}

    def in_names(self, word: str) -> int:
        """How many resources hold this stem in their title or names."""
        if word not in self._in_names:
            found = max(self._searcher.doc_freq("names", word), self._searcher.doc_freq("title", word))
            self._in_names[word] = found
        return self._in_names[word]

    def in_bodies(self, word: str) -> int:
        """How many resources hold this stem in their body."""
        if word not in self._in_bodies:
            self._in_bodies[word] = self._searcher.doc_freq("body", word)
        return self._in_bodies[word]

    def goes_by(self, key: str) -> int:
        """How many resources go by this name."""
        if key not in self._keys:
            self._keys[key] = self._searcher.doc_freq("name_key", key)
        return self._keys[key]

    def idf(self, word: str) -> float:
        """How telling a stem is: ln(1 + N / (1 + n)), n the resources with it in title or names.

        Source: Spaerck Jones (1972), 10.1108/eb026526, smoothed.
        """
        return math.log1p(self.n_resources / (1 + self.in_names(word)))

    def telling(self, word: str) -> float:
        """How well a stem tells topics apart: its idf, less for words that texts use but names do not.

        "Fibromyalgia" stands in names about as often as in texts; "general" stands in many texts and few names.
        """
        in_names, in_bodies = self.in_names(word), self.in_bodies(word)
        about = (in_names + 0.5) / (in_names + 0.5 + _BODY_SHARE * in_bodies)
        return self.idf(word) * math.sqrt(about)

    def is_known(self, word: str) -> bool:
        """Whether a folded word needs no repair: an ordinary word, a cue, or one that the resources use."""
        if word in word_lists().ordinary or word in kinds_of_help().vocabulary:
            return True
        root = stem(word)
        return self.in_names(root) > 0 or self.in_bodies(root) > 2

    @cached_property
    def _by_length(self) -> dict[int, dict[str, int]]:
        """Words of names and cues with how many resources use them, by length."""
        counts = dict(self._searcher.terms_with_prefix("name_word", ""))
        for word in kinds_of_help().vocabulary:
            counts[word] = counts.get(word, 0) + 1000
        groups: dict[int, dict[str, int]] = {}
        for word, count in counts.items():
            if len(word) >= _SHORTEST_REPAIRED - 1 and not word.isdigit():
                groups.setdefault(len(word), {})[word] = count
        return groups

    def repaired(self, word: str) -> str:
        """The known word that a misspelt one stands for, or the word itself when none is near enough.

        One edit (a letter added, lost, changed, or two neighbours swapped) in words of 5 to 8 letters, two in longer
        ones; nearest first, then the more used. The first letter stays: people seldom miss it (Yannakoudakis and
        Fawthrop 1983, The rules of spelling errors, 87), and on a small shelf, which knows few words, a "scope" would
        become "cope".
        """
        if word not in self._repairs:
            self._repairs[word] = self._nearest(word)
        return self._repairs[word]

    def _nearest(self, word: str) -> str:
        if len(word) < _SHORTEST_REPAIRED or any(letter.isdigit() for letter in word):
            return word
        least = 1
        furthest = 2 if len(word) >= _TWO_EDITS_FROM else 1
        if self.is_known(word):
            uses = self.in_names(stem(word)) + self.in_bodies(stem(word))
            if word in word_lists().ordinary or word in kinds_of_help().vocabulary or uses > 5:
                return word
            least, furthest = _SLIP * max(uses, 1), 1
        found: list[tuple[int, int, str]] = []
        for length in range(len(word) - furthest, len(word) + furthest + 1):
            group = self._by_length.get(length, {})
            for choice, edits, _ in process.extract(
                word, group.keys(), scorer=OSA.distance, score_cutoff=furthest, limit=20
            ):
                if group[choice] >= least and choice[0] == word[0]:
                    found.append((edits, -group[choice], choice))
        return min(found)[2] if found else word
