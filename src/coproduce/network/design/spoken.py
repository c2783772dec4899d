"""What parts without Django say, in the reader's language.

Measures, their notes and refused input are said in English by parts that know no gettext. `make messages` collects
these sentences (`said_in`, `said_by_measures`); where one reaches a page, `spoken` looks up its translation. A number
inside a sentence is a place in the message: "692 silent" is the message "{0} silent".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import count

from django.utils.translation import gettext

from coproduce.errors import CoproduceError, InvalidInput
from coproduce.measures import CATALOGUE

#: Between two remarks in one note.
BREAK = "; "
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PLACE = re.compile(r"\{(\d+)\}")


def spoken(said: str) -> str:
    """A sentence of a part without Django, translated; as it is where there is no translation.

    >>> spoken("692 silent")
    '692 silent'
    """
    return BREAK.join(_spoken(part) for part in said.split(BREAK))


def _spoken(part: str) -> str:
    message, numbers = _message(part)
    return _PLACE.sub(
        lambda place: numbers[int(place[1])] if int(place[1]) < len(numbers) else place[0], gettext(message)
    )


def _message(part: str) -> tuple[str, list[str]]:
    places = count()
    return _NUMBER.sub(lambda _number: f"{{{next(places)}}}", part), _NUMBER.findall(part)


def told(raised: CoproduceError) -> str:
    """What went wrong, in the reader's language; what to do next stands beside it."""
    if isinstance(raised, InvalidInput):
        given, expected = spoken(str(raised.given)), spoken(str(raised.expected))
        return gettext("Given: %(given)s. Expected: %(expected)s.") % {"given": given, "expected": expected}
    return spoken(str(raised.problem))


def whole(raised: CoproduceError) -> str:
    """What went wrong and what to do next, in the reader's language, for the head of a form."""
    return f"{told(raised)} {spoken(str(raised.next_step))}".strip()


def said_by_measures() -> Iterator[str]:
    """Every text of the catalogue of measures."""
    for one in CATALOGUE.values():
        yield from filter(None, (one.name, one.formula, one.unit, one.limits, one.source))


def said_in(source: str) -> Iterator[str]:
    """The messages in a module: strings of two words or more that are no docstring; what is filled in is a place.

    >>> list(said_in("note = f'{n} silent'; reason = 'no need was open'; word = 'share'"))
    ['{0} silent', 'no need was open']
    """
    tree = ast.parse(source)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        text = _text(node) if id(node) not in silent else ""
        for part in text.split(BREAK):
            message, _numbers = _message(part)
            if re.search(r"[^\W\d_]{2,}", message) and " " in message:
                yield message


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        # A filled-in place stands as a digit, so that it is counted with the numbers around it.
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.values)
    return ""
