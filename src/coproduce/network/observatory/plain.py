"""Measures in plain words: what a parent reads first. What a methodologist needs stands on the measure's own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coproduce.measures import CATALOGUE, Declared
from coproduce.measures.declared import Direction
from coproduce.network.design.parts import Text
from coproduce.network.design.spoken import spoken

#: The levels of engagement, lowest first.
LEVELS: tuple[Text, ...] = (
    gettext_lazy("No trace"),
    gettext_lazy("Looks around"),
    gettext_lazy("Takes part"),
    gettext_lazy("Gives"),
    gettext_lazy("Leads"),
)

#: Where a need can stand at the end of the log, as parts of all needs.
WAYS_OUT: Mapping[str, Text] = MappingProxyType(
    {
        "N1.confirmed": gettext_lazy("Met"),
        "N1.open": gettext_lazy("Still open"),
        "N1.expired": gettext_lazy("Silent"),
        "N1.withdrawn": gettext_lazy("Taken back"),
        "N1.unreachable": gettext_lazy("Out of reach"),
        "N1.redirected": gettext_lazy("Urgent care"),
    }
)


class Plain(NamedTuple):
    """A measure's title and one sentence on what it says."""

    title: Text
    says: Text


#: The measures of the Network page, in plain words; the others keep the catalogue's own name.
PLAIN: Mapping[str, Plain] = MappingProxyType(
    {
        "S0": Plain(gettext_lazy("People here"), gettext_lazy("Everybody who joined and has not left.")),
        "S0.active": Plain(
            gettext_lazy("People who took part"), gettext_lazy("They said a need, used something, helped or led.")
        ),
        "S0.sites": Plain(gettext_lazy("Care sites"), gettext_lazy("Places of care with at least one person here.")),
        "N1.needs": Plain(
            gettext_lazy("Needs stated"), gettext_lazy("Each time somebody said what they need, or opened it again.")
        ),
        "N2.F24h": Plain(
            gettext_lazy("Met within a day"), gettext_lazy("The clock stops when the person says: this is met.")
        ),
        "N2.F7d": Plain(
            gettext_lazy("Met within a week"), gettext_lazy("Needs that nobody spoke of again count as not met.")
        ),
        "N2.F30d": Plain(
            gettext_lazy("Met within 30 days"), gettext_lazy("Needs that are still open count as waiting, not as lost.")
        ),
        "N2.median": Plain(gettext_lazy("Usual wait"), gettext_lazy("After this time half of all needs are met.")),
        "N3": Plain(
            gettext_lazy("Met when it was needed"),
            gettext_lazy("Of needs with a “by when”, those met before it. Only those whose time is over."),
        ),
        "N4": Plain(
            gettext_lazy("Met by what was there"),
            gettext_lazy("Of the needs met, those met by what was there, made before for somebody else."),
        ),
        "N6": Plain(
            gettext_lazy("Do the clocks agree?"),
            gettext_lazy(
                "A check of the counting itself: open needs against how many come and how long they stay open. Close "
                "to 0 is right."
            ),
        ),
        "N6.open": Plain(gettext_lazy("Open at a time"), gettext_lazy("Needs that wait at the same time, on average.")),
        "E2.climb": Plain(
            gettext_lazy("Doing more than before"),
            gettext_lazy("People who took a bigger part in three months than in the three before."),
        ),
        "E2.first.F90d": Plain(
            gettext_lazy("Gave something in 90 days"),
            gettext_lazy("New people who gave something in their first 90 days: an answer, a text or a check."),
        ),
        "E7.F24h": Plain(
            gettext_lazy("First need answered in a day"),
            gettext_lazy("New people who got a reply to their first need within a day."),
        ),
        "E7.median": Plain(
            gettext_lazy("Wait for a first reply"), gettext_lazy("After this time half of the new people had a reply.")
        ),
        "E7.asked_again": Plain(
            gettext_lazy("Came back with a need"), gettext_lazy("New people who stated another need within 90 days.")
        ),
        "S1": Plain(
            gettext_lazy("Linked to each other"),
            gettext_lazy("The largest group of people who are tied to each other by help, thanks or work."),
        ),
        "S1.tied": Plain(
            gettext_lazy("Have a tie"), gettext_lazy("People who helped, thanked or worked with at least one other.")
        ),
        "S1.ties": Plain(gettext_lazy("Ties"), gettext_lazy("Pairs of people who helped, thanked or worked together.")),
    }
)

_BETTER: Mapping[Direction, Text] = MappingProxyType(
    {
        "up": gettext_lazy("More is better."),
        "down": gettext_lazy("Less is better."),
        "zero": gettext_lazy("Close to 0 is better."),
        "none": gettext_lazy("Neither more nor less is better by itself."),
    }
)

_UNITS: Mapping[str, Text] = MappingProxyType(
    {
        "share": "",
        "days": gettext_lazy("days"),
        "needs": gettext_lazy("needs"),
        "people": gettext_lazy("people"),
        "sites": gettext_lazy("sites"),
        "ties": gettext_lazy("ties"),
        "needs a day": gettext_lazy("needs a day"),
        "ratio": "",
        "rows": gettext_lazy("rows"),
    }
)


#: What the measures are about, by the first letter of their id; in this order on the page of all numbers.
SUBJECTS: Mapping[str, Text] = MappingProxyType(
    {
        "N": gettext_lazy("Needs, and what becomes of them"),
        "E": gettext_lazy("Taking part"),
        "C": gettext_lazy("Working together"),
        "S": gettext_lazy("Who is here, and the ties between them"),
        "H": gettext_lazy("Health and care"),
        "O": gettext_lazy("What is shared in the commons"),
        "R": gettext_lazy("Can it be trusted?"),
        "Q": gettext_lazy("Is it fair?"),
        "M": gettext_lazy("How far the network has come"),
        "L": gettext_lazy("The log itself"),
    }
)


def subject(measure_id: str) -> Text:
    """What a measure is about."""
    return SUBJECTS.get(measure_id[0], _("Other numbers"))


def title(measure_id: str) -> Text:
    """What the measure is called where people read it."""
    plain = PLAIN.get(measure_id)
    return plain.title if plain else _(CATALOGUE[measure_id].name)


def declared(measure_id: str) -> Declared:
    """What the catalogue declares, in the reader's language."""
    one = CATALOGUE[measure_id]
    return replace(
        one, name=_(one.name), formula=_(one.formula), unit=_(one.unit), limits=_(one.limits), source=_(one.source)
    )


def note(said: object) -> str:
    """What a measure remarks on its own number, in the reader's language; empty for nothing."""
    return spoken(str(said)) if said else ""


def says(measure_id: str) -> Text:
    """What the measure says, in one sentence; its formula where nobody has said it more plainly."""
    plain = PLAIN.get(measure_id)
    return plain.says if plain else ""


def better(measure_id: str) -> Text:
    """Which way is better."""
    return _BETTER[CATALOGUE[measure_id].direction]


def unit(measure_id: str) -> Text:
    """The unit as it stands behind the number; a share carries its own sign."""
    return _UNITS.get(CATALOGUE[measure_id].unit, _(CATALOGUE[measure_id].unit))


def value(measure_id: str, number: float | None) -> str:
    """The number as people read it; empty for none."""
    if number is None:
        return ""
    kind = CATALOGUE[measure_id].unit
    if kind == "share":
        tenths = 0 < abs(number) < 0.0995 or 0.9905 < number < 1
        return _("{number} %").format(number=_written(100 * number, 1 if tenths else 0))
    if kind in ("needs", "people", "sites", "ties", "rows") and abs(number) >= 100:
        return _written(number, 0)
    digits = 0 if float(number).is_integer() else 1 if abs(number) >= 10 else 2
    return _written(number, digits)


def counted(measure_id: str, n: int | None) -> str:
    """What a number rests on: needs for N, people for E and S, rows for L."""
    if n is None:
        return ""
    said = {"n": _written(n, 0)}
    if measure_id.startswith("N"):
        return ngettext("from %(n)s need", "from %(n)s needs", n) % said
    if measure_id.startswith("L"):
        return ngettext("from %(n)s row of the log", "from %(n)s rows of the log", n) % said
    return ngettext("from %(n)s person", "from %(n)s people", n) % said


def of_hundred(share: float) -> int:
    """A share as so many of a hundred."""
    return round(100 * share)


def _written(number: float, digits: int) -> str:
    text = number_format(round(number, digits), decimal_pos=digits, use_l10n=True, force_grouping=True)
    return text.replace("-", "−")
