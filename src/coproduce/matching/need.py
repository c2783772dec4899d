"""From a person's own words to a need that can be shown back as chips, corrected, and ranked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from coproduce.matching.behind import NOBODY, Behind, person_behind
from coproduce.matching.lexicon import Lexicon
from coproduce.matching.text import NEED_LIMIT, key_of, name_key, plain_words, stem
from coproduce.matching.wordlists import kinds_of_help, word_lists

#: Longest name that is looked for, in words.
_LONGEST_NAME = 8
#: Chips shown and used at most.
_MOST_CONDITIONS, _MOST_WORDS = 6, 14
#: A sentence ends, in a text with one line a sentence or with many.
_SENTENCE = re.compile(r"[^.?!\n]*[.?!\n]*\s*")
#: A question stands on its own when it has a word of this weight that no other question has.
_OWN = 0.5
_ADDRESS = re.compile(r"\bhttps?://\S+|\b\S+@\S+|\b(?:[a-z0-9-]+\.)+(?:gov|com|org|net|edu|int)\b\S*", re.IGNORECASE)
#: A thing named in the subject line counts more than one named further down.
_SUBJECT = 1.25
#: A word of chat that a title, name or summary holds ("tell" where a page is about what to tell friends) counts this
#: much of what any other word would.
_CHAT = 0.3


@dataclass(frozen=True, slots=True)
class NamedThing:
    """A condition, medicine or situation: the words that named it, its key in the index, its weight (0 to 1)."""

    said: str
    key: str
    weight: float


@dataclass(frozen=True, slots=True)
class AskedKind:
    """A kind of help that is asked for, and how clearly (0 to 1)."""

    kind: str
    weight: float


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word that counts: as it was said (repaired when misspelt), its stem, its weight (0 to 1)."""

    said: str
    stem: str
    weight: float


@dataclass(frozen=True, slots=True)
class ParsedNeed:
    """A need as the matcher understood it; every part can be shown as a chip and corrected by the person."""

    conditions: tuple[NamedThing, ...] = ()
    kinds: tuple[AskedKind, ...] = ()
    words: tuple[TellingWord, ...] = ()
    #: Misspelt word and what it was read as.
    repairs: tuple[tuple[str, str], ...] = ()
    #: Words that no resource uses: only their meaning can be compared (dense mode).
    others: tuple[str, ...] = ()
    #: Who it is for, kept apart from what is asked.
    behind: Behind = NOBODY
    #: Where in the text each question stands (first character, last + 1) when it asks two or more unlike things.
    questions: tuple[tuple[int, int], ...] = ()
    #: The end of a very long message was not read.
    cut: bool = False
    corrected: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was understood that could be searched for."""
        return not self.conditions and not self.words

    def correct(
        self,
        lexicon: Lexicon,
        *,
        conditions: Iterable[str] | None = None,
        kinds: Iterable[str] | None = None,
        words: Iterable[str] | None = None,
    ) -> ParsedNeed:
        """The need as the person corrected it; a part that is None stays, an empty one is cleared.

        What the person chose counts in full. Unknown kinds are dropped.
        """
        changed = replace(self, corrected=True)
        if conditions is not None:
            named = [NamedThing(said.strip(), name_key(said), 1.0) for said in conditions if name_key(said)]
            changed = replace(changed, conditions=tuple(named[:_MOST_CONDITIONS]))
        if kinds is not None:
            known = kinds_of_help().kinds
            changed = replace(changed, kinds=tuple(AskedKind(kind, 1.0) for kind in kinds if kind in known))
        if words is not None:
            said = [word for text in words for word in plain_words(text)]
            # Words that fill a message (question, visit) carry the need once somebody picked them on purpose.
            changed = replace(
                changed,
                words=_telling(said, frozenset(), lexicon, picked=True),
                others=_others(said, lexicon, passed_over=word_lists().function),
            )
        elif conditions is not None:
            named_words = [word for thing in changed.conditions for word in plain_words(thing.said)]
            old = {stem for thing in self.conditions for stem in thing.key.split()}
            kept = [word.said for word in self.words if word.stem not in old]
            changed = replace(changed, words=_telling([*named_words, *kept], frozenset(), lexicon))
        return changed

    def to_dict(self) -> dict[str, Any]:
        """The need as plain values, for storing; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ParsedNeed:
        """The need that `to_dict` gave."""
        return cls(
            conditions=tuple(NamedThing(**part) for part in data["conditions"]),
            kinds=tuple(AskedKind(**part) for part in data["kinds"]),
            words=tuple(TellingWord(**part) for part in data["words"]),
            repairs=tuple((said, read) for said, read in data["repairs"]),
            others=tuple(data.get("others", ())),
            behind=Behind(**data.get("behind", {})),
            questions=tuple((first, last) for first, last in data.get("questions", ())),
            cut=data["cut"],
            corrected=data["corrected"],
        )


def parse_need(text: str, lexicon: Lexicon) -> ParsedNeed:
    """What a message asks for: names that resources go by, kinds of help, telling words.

    The first line is read as the subject. Spelling is repaired only towards words that names and cues use. Never
    fails on odd input: what cannot be understood is left out.
    """
    behind, asked = person_behind(_ADDRESS.sub(lambda found: " " * len(found[0]), text[:NEED_LIMIT]))
    subject, _, message = asked.partition("\n")
    said_subject = plain_words(subject) if message.strip() else []
    said = [*said_subject, *plain_words(message if said_subject else asked)]
    read = [lexicon.repaired(word) for word in said]
    stems = [stem(word) for word in read]
    n_subject = len(said_subject)
    spans = _named_spans(read, stems, lexicon)
    in_subject = frozenset(stems[:n_subject])
    words = _telling(read, in_subject, lexicon)
    return ParsedNeed(
        conditions=_conditions(spans, read, n_subject, lexicon),
        kinds=_asked_kinds(stems, spans),
        words=words,
        repairs=tuple(dict.fromkeys((a, b) for a, b in zip(said, read, strict=True) if a != b)),
        others=_others(read, lexicon, passed_over=word_lists().ordinary),
        behind=behind,
        questions=_questions(asked, read, words, end=len(text)),
        cut=len(text) > NEED_LIMIT,
    )


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int
    key: str


def _named_spans(read: Sequence[str], stems: Sequence[str], lexicon: Lexicon) -> list[_Span]:
    """The longest names in the text, from left to right, not overlapping."""
    ordinary, function = word_lists().ordinary, word_lists().function
    usable = [lexicon.in_names(root) > 0 or lexicon.goes_by(word) > 0 for word, root in zip(read, stems, strict=True)]
    spans: list[_Span] = []
    first = 0
    while first < len(stems):
        found = first + 1
        reach = first
        while reach < len(stems) and reach - first < _LONGEST_NAME and usable[reach]:
            reach += 1
        for last in range(reach, first if read[first] not in function else first + 99, -1):
            if all(word in ordinary or word.isdigit() for word in read[first:last]):
                continue
            key = key_of(read[first:last])
            if lexicon.goes_by(key):
                spans.append(_Span(first, last, key))
                found = last
                break
        first = found
    return spans


def _conditions(
    spans: Sequence[_Span], read: Sequence[str], n_subject: int, lexicon: Lexicon
) -> tuple[NamedThing, ...]:
    weights: dict[str, float] = {}
    said: dict[str, str] = {}
    for span in spans:
        telling = sum(lexicon.telling(word) for word in span.key.split())
        weight = telling * (_SUBJECT if span.first < n_subject else 1.0)
        weights[span.key] = max(weights.get(span.key, 0.0), weight)
        said.setdefault(span.key, " ".join(read[span.first : span.last]))
    if not weights:
        return ()
    most = max(weights.values())
    best = sorted(weights, key=lambda key: -weights[key])[:_MOST_CONDITIONS]
    return tuple(NamedThing(said[key], key, round(weights[key] / most, 4)) for key in best)


def _asked_kinds(stems: Sequence[str], spans: Sequence[_Span]) -> tuple[AskedKind, ...]:
    """Kinds whose cues are in the text; the longest cue at a place counts, cues inside names do not."""
    named = {place for span in spans for place in range(span.first, span.last) if span.last - span.first > 1}
    catalogue = kinds_of_help()
    strengths: dict[str, float] = {}
    for place, first in enumerate(stems):
        taken = 0
        for cue, kind, strength in catalogue.cues.get(first, ()):
            if len(cue) < taken or tuple(stems[place : place + len(cue)]) != cue or place in named:
                continue
            taken = len(cue)
            strengths[kind] = strengths.get(kind, 0.0) + strength
    if not strengths:
        return ()
    most = max(strengths.values())
    ranked = sorted(strengths.items(), key=lambda item: -item[1])
    return tuple(AskedKind(kind, round(value / most, 4)) for kind, value in ranked if value >= 0.2 * most)


def _telling(
    said: Sequence[str],
    in_subject: frozenset[str],
    lexicon: Lexicon,
    *,
    picked: bool = False,
) -> tuple[TellingWord, ...]:
    """The most telling words, each once, weighted by how few names hold them.

    A word of chat counts where names hold it, and little unless the person `picked` it; where there is nothing else,
    it counts no more.
    """
    chat = frozenset() if picked else word_lists().chat
    weights: dict[str, float] = {}
    shown: dict[str, str] = {}
    most = 0.0
    for word, root in _saying(said, word_lists().function):
        is_chat = word in chat or root in chat
        if root in weights or not (_says_by_itself(root, lexicon) if is_chat else _is_known(root, lexicon)):
            continue
        weight = lexicon.telling(root) * (_SUBJECT if root in in_subject else 1.0)
        most = max(most, weight)
        weights[root] = weight * (_CHAT if is_chat else 1.0)
        shown[root] = word
    best = sorted(weights, key=lambda root: -weights[root])[:_MOST_WORDS]
    return tuple(TellingWord(shown[root], root, round(weights[root] / most, 4)) for root in best)


def _saying(said: Sequence[str], passed_over: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The words that are not passed over, each with its stem."""
    for word in said:
        root = stem(word)
        if word not in passed_over and root not in passed_over:
            yield word, root


def _says_by_itself(root: str, lexicon: Lexicon) -> bool:
    """Whether a word of chat says something here: a name holds it, and it does not count as a kind of help already."""
    return lexicon.in_names(root) > 0 and root not in kinds_of_help().asked_in_a_word


def _is_known(root: str, lexicon: Lexicon) -> bool:
    return lexicon.in_names(root) > 0 or lexicon.in_bodies(root) > 0


def _others(said: Sequence[str], lexicon: Lexicon, *, passed_over: frozenset[str]) -> tuple[str, ...]:
    """Words that say something and that no resource uses, each once."""
    found = [word for word, root in _saying(said, passed_over) if not _is_known(root, lexicon)]
    return tuple(dict.fromkeys(found))[:_MOST_WORDS]


def _questions(
    text: str, read: Sequence[str], words: Sequence[TellingWord], *, end: int
) -> tuple[tuple[int, int], ...]:
    """Where the questions of a text stand, when there are two or more and each has telling words that no other has.

    What stands before a question belongs to it, what stands after the last one too, to the `end` of the message, also
    where that is longer than what is read. A message that cannot be cut so is one question: ranking it whole is better
    than a wrong cut (docs/explanation/matching.md).
    """
    telling = {word.stem for word in words if word.weight >= _OWN}
    parts: list[tuple[int, int, set[str]]] = []
    start = first_word = word = 0
    for sentence in _SENTENCE.finditer(text):
        word += len(plain_words(sentence[0]))
        if "?" not in sentence[0]:
            continue
        own = {stem(said) for said in read[first_word:word]} & telling
        parts.append((start, sentence.end(), own))
        start, first_word = sentence.end(), word
    is_cut_well = word == len(read) and all(own for *_, own in parts)
    each_alone = sum(len(own) for *_, own in parts) == len(set().union(*(own for *_, own in parts)))
    if len(parts) < 2 or not is_cut_well or not each_alone:
        return ()
    return tuple((first, last if place + 1 < len(parts) else end) for place, (first, last, _) in enumerate(parts))
