"""Who stands behind a need: for whom it is, how old they are, in which language; kept apart from what is asked.

English only, like the cues; what is not recognised is simply not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from coproduce.matching.wordlists import read_toml

#: Nobody is older (the oldest age on record is 122).
_OLDEST = 122
_NUMBER = r"(?P<age>\d{1,3})"
_AGES = (
    re.compile(rf"\b{_NUMBER}(?P<months>\s*-?\s*months?)[\s-]*old\b", re.IGNORECASE),
    re.compile(rf"\b{_NUMBER}\s*-?\s*(?:years?|yrs?)[\s-]*(?:old|of age)\b", re.IGNORECASE),
    re.compile(rf"\b{_NUMBER}\s*-?\s*(?:yo|y/o|y\.o\.)(?!\w)", re.IGNORECASE),
    re.compile(rf"\b(?:aged|age(?: of| is)?:?)\s+{_NUMBER}\b(?!\s*(?:years|months|weeks|days|%))", re.IGNORECASE),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behind:
    """What a message says of the person it is for; a part that it does not say is empty or None.

    `whom` is an id of `people.toml` (child, parent ...), `age` is in years, `language` is a BCP 47 tag.
    """

    whom: str = ""
    age: float | None = None
    language: str = ""


#: Nothing is said of the person.
NOBODY = Behind()


@dataclass(frozen=True)
class _Speech:
    """How people speak of each other and of languages."""

    relations: dict[str, str]
    languages: dict[str, str]
    ages: frozenset[str]
    of_relations: re.Pattern[str]
    of_languages: re.Pattern[str]


@cache
def _speech() -> _Speech:
    lists = read_toml("people.toml")
    relations = {word: whom for whom, words in lists["relations"].items() for word in words.split()}
    languages = {name: tag for tag, names in lists["languages"].items() for name in names.split()}
    return _Speech(
        relations,
        languages,
        frozenset(lists["ages"]["words"].split()),
        re.compile(rf"\b(?:my|our)\s+(?:[\w'-]+\s+){{0,2}}?({'|'.join(relations)})\b", re.IGNORECASE),
        re.compile(
            rf"\b(?:in|into|speaks?|reads?|understands?)\s+(?:only\s+)?({'|'.join(languages)})\b", re.IGNORECASE
        ),
    )


def person_behind(text: str) -> tuple[Behind, str]:
    """Who a message is for, and the message with spaces where it says so: its length stays.

    The first mention counts. Words for an age of life (child, baby) stay: much is written about them.

    >>> person_behind("My daughter, 12 years old, needs a diet. In Spanish please.")[0]
    Behind(whom='child', age=12.0, language='es')
    """
    speech = _speech()
    relation = speech.of_relations.search(text)
    language = speech.of_languages.search(text)
    ages = sorted(_ages(text), key=lambda found: found[0].start())
    behind = Behind(
        whom=speech.relations[relation[1].lower()] if relation else "",
        age=ages[0][1] if ages else None,
        language=speech.languages[language[1].lower()] if language else "",
    )
    apart = [found.span() for found, _ in ages]
    if language:
        apart.append(language.span())
    if relation and relation[1].lower() not in speech.ages:
        apart.append(relation.span(1))
    for first, last in apart:
        text = f"{text[:first]}{' ' * (last - first)}{text[last:]}"
    return behind, text


def _ages(text: str) -> Iterator[tuple[re.Match[str], float]]:
    for pattern in _AGES:
        for match in pattern.finditer(text):
            age = int(match["age"]) / (12 if "months" in match.groupdict() else 1)
            if age <= _OLDEST:
                yield match, age
