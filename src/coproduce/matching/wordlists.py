"""The word lists and kinds of help that ship with Coproduce, read once from their TOML files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from coproduce.matching.text import plain_words, stem, terms

OTHER = "other"


def read_toml(name: str) -> dict[str, Any]:
    """The content of a TOML file of this package."""
    return tomllib.loads(files("coproduce.matching").joinpath(name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class WordLists:
    """Words, folded and stemmed, that carry a message (`chat`) or hang on names (`tails`)."""

    function: frozenset[str]
    chat: frozenset[str]
    tails: frozenset[str]

    @property
    def ordinary(self) -> frozenset[str]:
        """Words that hold a message together or fill it."""
        return self.function | self.chat


@cache
def word_lists() -> WordLists:
    """The word lists of `words.toml`."""
    lists = {name: plain_words(text) for name, text in read_toml("words.toml").items()}
    return WordLists(
        function=frozenset(lists["function"]) | frozenset(map(stem, lists["function"])),
        chat=frozenset(lists["chat"]) | frozenset(map(stem, lists["chat"])),
        tails=frozenset(map(stem, lists["tails"])),
    )


@dataclass(frozen=True)
class KindOfHelp:
    """One kind of help, with the stems of the phrases that ask for it."""

    id: str
    label: str
    near: frozenset[str]


@dataclass(frozen=True)
class KindsOfHelp:
    """All kinds of help: by id, by the labels of other collections, and by cue."""

    kinds: dict[str, KindOfHelp]
    by_label: dict[str, str]
    #: First stem of a cue, to (all stems of the cue, kind, strength), longest cues first.
    cues: dict[str, list[tuple[tuple[str, ...], str, float]]]
    #: Plain words of all cues: misspelt cue words are repaired to these.
    vocabulary: frozenset[str]
    #: Stems that ask for a kind all alone.
    asked_in_a_word: frozenset[str]

    def canonical(self, label: str) -> str:
        """The id of a kind from its id or from another collection's label; "other" when nobody knows it."""
        return self.by_label.get(label.strip().lower(), OTHER)


#: What a cue counts: a word that only hints, a word, a phrase.
WEAK, WORD, PHRASE = 0.35, 1.0, 1.5


@cache
def kinds_of_help() -> KindsOfHelp:
    """The kinds of `kinds_of_help.toml`."""
    kinds: dict[str, KindOfHelp] = {}
    by_label: dict[str, str] = {}
    cues: dict[str, list[tuple[tuple[str, ...], str, float]]] = {}
    vocabulary: set[str] = set()
    for kind, entry in read_toml("kinds_of_help.toml").items():
        kinds[kind] = KindOfHelp(id=kind, label=entry["label"], near=frozenset(entry["near"]))
        for label in (kind, entry["label"], *entry["also"]):
            by_label.setdefault(label.lower(), kind)
        for cue in (*entry["cues"], *entry["weak"]):
            stems = tuple(terms(cue))
            weak = cue in entry["weak"]
            strength = WEAK if weak else PHRASE if len(stems) > 1 else WORD
            cues.setdefault(stems[0], []).append((stems, kind, strength))
            vocabulary.update(plain_words(cue))
    for options in cues.values():
        options.sort(key=lambda option: -len(option[0]))
    in_a_word = {
        first for first, options in cues.items() if any(cue == (first,) and by >= WORD for cue, _, by in options)
    }
    return KindsOfHelp(
        kinds=kinds, by_label=by_label, cues=cues, vocabulary=frozenset(vocabulary),
        asked_in_a_word=frozenset(in_a_word),
    )  # fmt: skip
