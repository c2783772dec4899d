"""From what was counted to what is seen: tiles, charts, tables and sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from coproduce.network.design.parts import Chart, Text, Tile
from coproduce.network.design.spoken import spoken
from coproduce.network.observatory import plain
from coproduce.network.observatory.models import Picture
from coproduce.network.observatory.queries import Found, MeasurePage, NetworkPage

#: Names of roles as people read them; the log's own words are codes.
_ROLES: Mapping[str, Text] = {
    "patient": gettext_lazy("patients"),
    "family": gettext_lazy("families"),
    "clinician": gettext_lazy("clinicians"),
    "researcher": gettext_lazy("researchers"),
    "improvement_lead": gettext_lazy("improvement leads"),
    "steward": gettext_lazy("stewards"),
}


#: Words in the tables of figures, as `spoken` looks them up.
_IN_TABLES = (
    gettext_noop("Value"), gettext_noop("Low"), gettext_noop("High"), gettext_noop("{0} % ({1} % to {2} %)"),
    gettext_noop("centre"), gettext_noop("lower limit"), gettext_noop("upper limit"),
)  # fmt: skip


class Row(NamedTuple):
    """One line of a table of numbers."""

    name: str
    value: str
    interval: str
    n: str
    note: str
    url: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the Network page: its question, tiles and charts."""

    id: str
    heading: Text
    intro: Text
    measures: Sequence[str]
    pictures: Sequence[tuple[str, str]]


#: The Network page, from the question that matters most to the fine print; figures with the measure they show.
SECTIONS: tuple[Section, ...] = (
    Section(
        "soon",
        gettext_lazy("How soon do people get what they need?"),
        gettext_lazy("The clock starts when somebody says what they need. It stops when they say that it is met."),
        ("N2.F24h", "N2.F7d", "N2.F30d", "N2.median"),
        (("winwin", "N2.F30d"), ("month.N2.F7d", "N2.F7d")),
    ),
    Section(
        "needs",
        gettext_lazy("What becomes of needs?"),
        gettext_lazy("A need that nobody speaks of again is asked about once, kindly. It is never counted as met."),
        ("N1.needs", "N3", "N4", "N6.open", "N6"),
        (("ends", "N1.confirmed"),),
    ),
    Section(
        "people",
        gettext_lazy("Who is here, and who takes part?"),
        gettext_lazy("Taking part comes in many forms. To say what you need is one of them."),
        ("S0", "S0.active", "S0.sites", "E2.climb", "E2.first.F90d"),
        (("levels", "E2.share.3"),),
    ),
    Section(
        "welcome",
        gettext_lazy("How are new people met?"),
        gettext_lazy("What happens when somebody states their first need."),
        ("E7.F24h", "E7.median", "E7.asked_again"),
        (),
    ),
    Section(
        "ties",
        gettext_lazy("Does the network hang together?"),
        gettext_lazy("Two people are tied when one helped or thanked the other. So are two who worked on one thing."),
        ("S1", "S1.tied", "S1.ties"),
        (),
    ),
)


def sections(page: NetworkPage) -> Iterator[tuple[Section, list[Tile], list[Chart]]]:
    """Each part of the Network page with its tiles and those of its charts that can be drawn."""
    for section in SECTIONS:
        tiles = [tile(page.numbers[name]) for name in section.measures if name in page.numbers]
        charts = [
            chart(page.pictures[name], measure_id)
            for name, measure_id in section.pictures
            if name in page.pictures and page.pictures[name].drawing is not None
        ]
        yield section, tiles, charts


def headline(page: NetworkPage) -> str:
    """The whole page in one sentence."""
    week, month = (_value(page.numbers.get(name)) for name in ("N2.F7d", "N2.F30d"))
    if week is None or month is None:
        return _("Too few needs were stated so far to say how soon they are met.")
    return _(
        "Of 100 needs stated here, about {week} were met within a week. Within a month it was about {month}."
    ).format(week=plain.of_hundred(week), month=plain.of_hundred(month))


def silence(page: NetworkPage) -> str:
    """What the silent needs make uncertain; empty when none is silent."""
    share = _value(page.numbers.get("N1.expired"))
    low, high = (_value(page.numbers.get(f"N2.F7d.{bound}")) for bound in ("none_met", "all_met"))
    if not share or low is None or high is None:
        return ""
    said = _(
        "For about {silent} of 100 needs, nobody told us how it went. If none of them was met in time, {low} of 100 "
        "were met within a week. If all were, {high} of 100."
    )
    return said.format(silent=plain.of_hundred(share), low=plain.of_hundred(low), high=plain.of_hundred(high))


def tile(found: Found) -> Tile:
    """A measure as a tile that opens its definition, formula, source and data."""
    name = str(found["id"])
    declared, number = plain.declared(name), _value(found)
    note = " ".join(str(part) for part in (plain.says(name), plain.better(name)) if part)
    if number is None:
        note = plain.note(found["note"])
    return Tile(
        title=plain.title(name),
        value=plain.value(name, number) or None,
        unit=plain.unit(name),
        n=cast("int | None", found["n"]),
        counted=plain.counted(name, cast("int | None", found["n"])),
        low=plain.value(name, cast("float | None", found["low"])),
        high=plain.value(name, cast("float | None", found["high"])),
        missing=cast("int | None", found["missing"]) or 0,
        note=note,
        definition=declared.name,
        formula=declared.formula,
        source=declared.source,
        url=reverse("observatory:measure", args=[name]),
        csv_url=reverse("observatory:measure_csv", args=[name]),
    )


def chart(picture: Picture, measure_id: str) -> Chart:
    """A kept figure as a chart."""
    assert picture.drawing is not None  # the caller has seen to it
    return Chart(
        title=picture.title,
        svg=picture.drawing.svg,
        summary=picture.summary,
        columns=[spoken(column) for column in picture.columns],
        rows=[[spoken(str(cell)) for cell in cells] for cells in picture.rows],
        csv_url=reverse("observatory:measure_csv", args=[measure_id]),
        definition_url=reverse("observatory:measure", args=[measure_id]),
    )


def row(found: Found, name: str = "") -> Row:
    """One answer as a line of a table."""
    measure_id = str(found["id"])
    low, high = (plain.value(measure_id, cast("float | None", found[end])) for end in ("low", "high"))
    n = cast("int | None", found["n"])
    return Row(
        name or str(plain.title(measure_id)),
        " ".join(filter(None, (plain.value(measure_id, _value(found)), str(plain.unit(measure_id))))).strip()
        if _value(found) is not None
        else "–",
        _("{low} to {high}").format(low=low, high=high) if low and high else "–",
        "–" if n is None else number_format(n, use_l10n=True, force_grouping=True),
        plain.note(found["note"]),
    )


def by_subject(found: Mapping[str, Found]) -> list[tuple[Text, list[Row]]]:
    """Every measure under what it is about, each with the way to its page."""
    groups: dict[Text, list[Row]] = {}
    for name, one in found.items():
        address = reverse("observatory:measure", args=[name])
        line = row(one, plain.declared(name).name)._replace(url=address)
        groups.setdefault(plain.subject(name), []).append(line)
    return list(groups.items())


def by_site(page: MeasurePage) -> list[Row]:
    """The measure at each place, places of the same kind together by name; unknown ones last."""
    named = [(_group(found, "site"), found) for found in page.number.sites]
    rows = [
        row(found, page.sites.get(cast("int", code), _("place {number}").format(number=code)) if code is not None
            else _("no place named"))
        for code, found in named
    ]  # fmt: skip
    return sorted(rows, key=lambda one: (one.name == _("no place named"), one.name))


def by_role(page: MeasurePage) -> list[Row]:
    """The measure in each role."""
    return [row(found, role_name(_group(found, "role"))) for found in page.number.roles]


def role_name(code: object) -> str:
    """A role as people read it."""
    return str(_ROLES.get(str(code), code)) if code is not None else _("no role named")


def _group(found: Found, by: str) -> object:
    return cast("Mapping[str, object]", found["by"])[by]


def _value(found: Found | None) -> float | None:
    return None if found is None else cast("float | None", found["value"])
