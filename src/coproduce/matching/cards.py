"""The card of a resource: what re-ranking needs of it, stored with its entry in the index."""

from __future__ import annotations

import json
from dataclasses import dataclass

from coproduce.matching.resource import Resource
from coproduce.matching.text import SUMMARY_LIMIT, name_key, plain_words, spoken_forms, terms
from coproduce.matching.wordlists import kinds_of_help, word_lists

#: How well a resource goes by a name: as what it is about, as another name of it, as either without a tail ("oral").
ABOUT, ALIAS, SHORTENED, INITIALS = 1.0, 0.9, 0.8, 0.6


@dataclass(frozen=True, slots=True)
class Card:
    """A resource in the words of the index.

    `names` maps the key of a name to how well the resource goes by it; `main` holds the stems of what it is about;
    `words` holds the stems of its title, names and summary.
    """

    id: str
    title: str
    kind: str
    main: frozenset[str]
    names: dict[str, float]
    words: frozenset[str]
    #: The packed direction of its title, where the index keeps one.
    direction: bytes = b""

    def dumps(self) -> bytes:
        """The card as compact JSON."""
        row = [self.id, self.title, self.kind, " ".join(sorted(self.main)), self.names, " ".join(sorted(self.words))]
        return json.dumps(row, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "ignore")

    @classmethod
    def loads(cls, data: bytes, direction: bytes = b"") -> Card:
        """The card that `dumps` wrote."""
        card_id, title, kind, main, names, words = json.loads(data)
        return cls(card_id, title, kind, frozenset(main.split()), names, frozenset(words.split()), direction)


def _shortened(key: str) -> str:
    """A name's key without tails such as "oral" or "overview", or "" when nothing else is left or nothing changes."""
    tails = word_lists().tails
    stems = key.split()
    kept = [word for word in stems if word not in tails]
    return " ".join(kept) if kept and len(kept) < len(stems) else ""


def _initials(name: str) -> str:
    """The initials of a name of three to five words, as people write it in short, or ""."""
    words = [word for word in plain_words(name) if word not in word_lists().function]
    return "".join(word[0] for word in words) if 3 <= len(words) <= 5 else ""


def card_of(resource: Resource) -> Card:
    """The card of a resource."""
    names: dict[str, float] = {}
    for texts, weight in ((resource.conditions, ABOUT), (resource.aliases, ALIAS)):
        for text in texts:
            for form in spoken_forms(text):
                key = name_key(form)
                if key:
                    names[key] = max(names.get(key, 0.0), weight)
    for text in resource.conditions:
        initials = _initials(text)
        if initials:
            names.setdefault(initials, INITIALS)
    for key, weight in list(names.items()):
        short = _shortened(key)
        if short:
            names[short] = max(names.get(short, 0.0), weight * SHORTENED)
    main = terms(" ".join(resource.conditions) or resource.title)
    told_by = (resource.title, *resource.conditions, *resource.aliases, resource.summary[:SUMMARY_LIMIT])
    words = {word for text in told_by for word in terms(text)}
    return Card(
        id=resource.id,
        title=resource.title,
        kind=kinds_of_help().canonical(resource.kind_of_help),
        main=frozenset(main) - word_lists().function,
        names=names,
        words=frozenset(words),
    )
