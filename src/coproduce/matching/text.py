"""Words from text, the same way for needs and for resources."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import tantivy

#: Characters read from a need; a message longer than this says what it needs before its end.
NEED_LIMIT = 8_000
#: Characters read from the summary and from the body of a resource.
SUMMARY_LIMIT = 2_000
BODY_LIMIT = 200_000

_ABBREVIATION = 4
_POSSESSIVE = re.compile(r"['’`´](?:s|S)\b")
_APOSTROPHE = re.compile(r"['’`´]")
#: Without its apostrophe it would be read as being ill.
_I_WILL = re.compile(r"\bi['’`´]ll\b", re.IGNORECASE)
_NOT_TEXT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), " ")


def _builder() -> tantivy.TextAnalyzerBuilder:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.remove_long(40), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder


def plain_analyzer() -> tantivy.TextAnalyzer:
    """The analyzer of typing suggestions: letters and digits, lower case, without accents."""
    return _builder().build()


def stemming_analyzer() -> tantivy.TextAnalyzer:
    """The analyzer of every searched field: letters and digits, lower case, without accents, English stems.

    Stems are Porter2 (Porter 2001, https://snowballstem.org/algorithms/english/stemmer.html); words of other scripts
    pass unchanged.
    """
    return _builder().filter(tantivy.Filter.stemmer("english")).build()


_PLAIN = plain_analyzer()
_STEMMING = stemming_analyzer()


def clean(text: str) -> str:
    """The text with one form for each letter, without control characters, possessives and apostrophes."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        # A lone surrogate cannot be written as UTF-8, so it cannot be indexed either.
        text = text.encode("utf-8", "ignore").decode("utf-8")
    text = text.translate(_NOT_TEXT)
    return _APOSTROPHE.sub("", _POSSESSIVE.sub("", _I_WILL.sub("I will", text)))


def terms(text: str) -> list[str]:
    """The stems of the words of a text, in order.

    >>> terms("Crohn's disease: treatments")
    ['crohn', 'diseas', 'treatment']
    """
    return _STEMMING.analyze(clean(text))


def plain_words(text: str) -> list[str]:
    """The words of a text, folded but not stemmed, in order; as many as `terms` gives.

    >>> plain_words("Crohn's Disease")
    ['crohn', 'disease']
    """
    return _PLAIN.analyze(clean(text))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one folded word."""
    stems = _STEMMING.analyze(word)
    return stems[0] if stems else word


def name_key(name: str) -> str:
    """A name as its stems with one space between: two spellings of one name have one key.

    >>> name_key("Crohn's diseases")
    'crohn diseas'
    """
    return key_of(plain_words(name))


def key_of(words: Sequence[str]) -> str:
    """The key of folded words; a short name on its own is an abbreviation and is not stemmed (EDS is not ED)."""
    if len(words) == 1 and len(words[0]) <= _ABBREVIATION:
        return words[0]
    return " ".join(stem(word) for word in words)


_INVERTED = re.compile(r"^(?P<head>[^,(]+?)(?:\s+-\s+|,\s+)(?P<tail>[^,(]+)$")
_BRACKETED = re.compile(r"^(?P<before>.+?)\s*\((?P<inside>[^)]+)\)\s*(?P<after>.*)$")
_FORMERLY = re.compile(r"^(?:formerly|previously|also called|also known as)[:\s]+", re.IGNORECASE)


def spoken_forms(name: str) -> list[str]:
    """A catalogue name and the ways in which people say it: brackets opened, inverted names put straight.

    >>> spoken_forms("Otitis media - chronic")
    ['Otitis media - chronic', 'chronic Otitis media']
    >>> spoken_forms("Normal pressure hydrocephalus (NPH)")
    ['Normal pressure hydrocephalus (NPH)', 'Normal pressure hydrocephalus', 'NPH']
    """
    forms = [name]
    name = _FORMERLY.sub("", name)
    forms.append(name)
    bracketed = _BRACKETED.match(name)
    if bracketed:
        name = f"{bracketed['before']} {bracketed['after']}".strip()
        forms += [name, bracketed["inside"]]
    inverted = _INVERTED.match(name)
    if inverted:
        forms.append(f"{inverted['tail']} {inverted['head']}")
    return list(dict.fromkeys(form for form in forms if form.strip()))
