"""The figures of a snapshot, each drawn once for its specification and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from coproduce.errors import NotComputable
from coproduce.figures import Bar, Figure, bar_figure
from coproduce.figures.figure import number
from coproduce.measures import Log, Measurement, series_figure, winwin_figure
from coproduce.network.observatory.hiding import WHY
from coproduce.network.observatory.models import Drawing, Picture, Snapshot
from coproduce.network.observatory.plain import LEVELS, WAYS_OUT
from coproduce.network.observatory.plain import title as title_of
from coproduce.statistics.false_signals import false_signals
from coproduce.statistics.suppression import SMALLEST_SHOWN

#: Pixels: legible on a phone without scrolling; a wide page shows two side by side, a little larger.
WIDTH = 320
OVER_TIME = "month."


@dataclass(frozen=True)
class _Drawn:
    """A figure by name, or why there is none."""

    name: str
    figure: Figure | None
    reason: str = ""


def keep_pictures(
    snapshot: Snapshot, log: Log, whole: Mapping[str, Measurement], months: Mapping[str, Sequence[Measurement]]
) -> None:
    """Draws every figure of a snapshot that was not drawn before, and keeps them all."""
    made = list(_figures(log, whole, months))
    figures = {_key(one.figure): one.figure for one in made if one.figure is not None}
    there = set(Drawing.objects.filter(key__in=figures).values_list("key", flat=True))
    Drawing.objects.bulk_create(
        [Drawing(key=key, svg=figure.svg()) for key, figure in figures.items() if key not in there]
    )
    Picture.objects.bulk_create([_picture(snapshot, one) for one in made])


def _key(figure: Figure) -> str:
    """The hash of the specification and of the words that stand in the drawing beside it."""
    return hashlib.sha256("\x1f".join((figure.key, figure.title, figure.summary)).encode()).hexdigest()


def _picture(snapshot: Snapshot, one: _Drawn) -> Picture:
    if one.figure is None:
        return Picture(snapshot=snapshot, name=one.name, summary=one.reason)
    table = one.figure.table
    return Picture(
        snapshot=snapshot, name=one.name, title=one.figure.title, summary=one.figure.summary,
        columns=list(table.columns), rows=[list(row) for row in table.rows], drawing_id=_key(one.figure),
    )  # fmt: skip


def _figures(
    log: Log, whole: Mapping[str, Measurement], months: Mapping[str, Sequence[Measurement]]
) -> Iterator[_Drawn]:
    yield _drawn("winwin", lambda: _winwin(log, whole))
    yield _drawn("ends", lambda: _ends(whole))
    yield _drawn("levels", lambda: _levels(whole))
    for name, points in months.items():
        yield _drawn(f"{OVER_TIME}{name}", lambda points=points: _over_time(points))  # type: ignore[misc]


def _drawn(name: str, draw: Callable[[], Figure]) -> _Drawn:
    """The figure without the title inside it: the page writes it above, where it wraps and is read out once."""
    try:
        figure = draw()
        spec = {part: value for part, value in figure.spec.items() if part != "title"}
        return _Drawn(name, replace(figure, spec=spec, summary=_once(figure)))
    except NotComputable as reason:
        return _Drawn(name, None, str(reason))


def _once(figure: Figure) -> str:
    """The summary without the title that it begins with."""
    return figure.summary.removeprefix(figure.title).removeprefix(".").strip()


def _winwin(log: Log, whole: Mapping[str, Measurement]) -> Figure:
    if whole["N1.needs"].note == WHY:
        raise NotComputable(_too_few())
    return winwin_figure(log, say=_, width=WIDTH)


def _over_time(points: Sequence[Measurement]) -> Figure:
    if not points:
        raise NotComputable(_("There is no whole month yet."))
    figure = series_figure(points, say=_, width=WIDTH)
    title = _("{measure}, month by month").format(measure=title_of(points[0].id))
    n = sum(point.value is not None for point in points)
    return replace(figure, title=title, summary=f"{by_chance(n)} {figure.summary}")


def by_chance(n_points: int) -> str:
    """What the diamonds are, and how many there would be on a chart of this length if nothing had changed."""
    expected = false_signals(n_points)
    said = _(
        "Diamonds stand out from the usual ups and downs. By chance alone, {share} of 100 charts of {n} points have "
        "one or more; a chart has {points} on average."
    )
    points = number_format(round(expected.points, 1), decimal_pos=1, use_l10n=True)
    return said.format(share=round(100 * expected.share_of_charts), n=n_points, points=points)


def _ends(whole: Mapping[str, Measurement]) -> Figure:
    """N1 as bars: where the needs stand now."""
    found = [whole[name] for name in WAYS_OUT]
    _none_to_show(found)
    bars = [Bar(str(label), m.value, m.low, m.high) for label, m in zip(WAYS_OUT.values(), found, strict=True)]
    met = number(whole["N1.confirmed"].value, share=True)
    title = _("{share} of all needs ended with “yes, this is met”").format(share=met)
    summary = _(
        "{title}. Only the person who stated the need can say so. Silent: asked once, and no answer. Out of reach: "
        "cost, insurance, distance, language or time stood in the way. {n} needs."
    ).format(title=title, n=whole["N1.needs"].n)
    return bar_figure(bars, title=title, summary=summary, share=True, width=WIDTH)


def _levels(whole: Mapping[str, Measurement]) -> Figure:
    """E2 as bars: the share of people at each level of engagement; hidden ones have no bar."""
    found = [whole[f"E2.share.{level}"] for level in range(5)]
    _none_to_show(found)
    bars = [Bar(str(label), m.value, m.low, m.high) for label, m in zip(LEVELS, found, strict=True)]
    giving = [m.value for m in found[3:]]
    if None in giving:
        title = _("How people take part")
    else:
        title = _("{share} of people give something to others").format(
            share=number(sum(filter(None, giving)), share=True)
        )
    n = next(m.n for m in found if m.n is not None)
    summary = _(
        "{title}. Takes part: says needs, uses things, votes, thanks. Gives: answers, makes, reviews. Leads: answers "
        "for something and works on it. {n} people, each where they did most."
    ).format(title=title, n=n)
    return bar_figure(bars, title=title, summary=summary, share=True, width=WIDTH)


def _none_to_show(found: Sequence[Measurement]) -> None:
    """Raises NotComputable, with the reason, when not one of these has a value."""
    if all(m.value is None for m in found):
        raise NotComputable(_too_few() if any(m.note == WHY for m in found) else _("There is nothing to show yet."))


def _too_few() -> str:
    return _("There are fewer than {least} needs or people so far. To show so few could point at somebody.").format(
        least=SMALLEST_SHOWN
    )
