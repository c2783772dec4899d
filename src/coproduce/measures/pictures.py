"""Measures as figures, each with one message: time to WINWIN, levels of engagement, and a measure over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from gettext import gettext

from coproduce.clock import DAY_US, to_us
from coproduce.errors import InvalidInput, NotComputable
from coproduce.events import EventFrame
from coproduce.figures import Bar, ControlSeries, Curve, Figure, Words, bar_figure, control_figure, incidence_figure
from coproduce.figures.figure import WIDE, number
from coproduce.measures.acts import Level
from coproduce.measures.catalogue import CATALOGUE
from coproduce.measures.engagement import level_shares
from coproduce.measures.measure import Period, timeline
from coproduce.measures.measurement import Measurement
from coproduce.measures.study import Log, Slice, everybody
from coproduce.measures.winwin import incidence, silent
from coproduce.statistics.control import NHS, Convention, Signal, xmr
from coproduce.statistics.survival import Incidence

#: Turns a message into the reader's language; the Network page passes Django's.
Say = Callable[[str], str]

#: Fewer points than this make no control chart worth reading (Wheeler 1993; NHS England asks for 12, better 20).
FEWEST_POINTS = 10


def winwin_figure(
    frame: EventFrame | Log, *, at: datetime | None = None, say: Say = gettext, width: int = WIDE
) -> Figure:
    """N2 as curves: what share of needs was met by when, with its band and the bounds for silent needs.

    Raises NotComputable when no need was stated.
    """
    part = _whole(frame, at)
    if part.needs.is_empty():
        raise NotComputable(say("No need has been stated yet."))
    found = incidence(part)
    curves = [_curve(say("Confirmed as met"), found, band=True)]
    n_silent = int(silent(part.needs).sum())
    if n_silent:
        curves.append(_curve(say("if every silent need was met"), incidence(part, bound="all_met")))
        curves.append(_curve(say("if no silent need was met"), incidence(part, bound="none_met")))
    title = _winwin_title(found, say)
    summary = say("{title}. Of {n} needs, {silent} are silent: nobody knows whether they were met.").format(
        title=title, n=found.n, silent=n_silent
    )
    words = Words(title=title, summary=summary, x=say("Days since the need was stated"), y=say("Share of needs met"))
    return incidence_figure(curves, words, days=30.0, width=width)


def levels_figure(
    frame: EventFrame | Log, *, at: datetime | None = None, say: Say = gettext, width: int = WIDE
) -> Figure:
    """E2 as bars: the share of people at each level of engagement. Raises NotComputable without people."""
    part = _whole(frame, at)
    if part.people.is_empty():
        raise NotComputable(say("Nobody has joined yet."))
    names = (say("No trace"), say("Aware"), say("Participant"), say("Contributor"), say("Owner"))
    answers = list(level_shares(part))
    bars = [Bar(name, a.value, a.low, a.high) for name, a in zip(names, answers, strict=True)]
    giving = sum(a.value or 0.0 for a in answers[Level.CONTRIBUTOR :])
    title = say("{share} of people give something to others").format(share=number(giving, share=True))
    summary = say("{title}. {n} people; levels as in the measure E2.").format(title=title, n=part.people.height)
    return bar_figure(bars, title=title, summary=summary, share=True, width=width)


def chart_figure(
    frame: EventFrame | Log,
    measure_id: str,
    period: Period = "month",
    *,
    at: datetime | None = None,
    convention: Convention = NHS,
    say: Say = gettext,
    width: int = WIDE,
) -> Figure:
    """One measure over time as a control chart. Raises NotComputable with fewer than 10 periods that have a value."""
    return series_figure(timeline(frame, measure_id, period, at=at), convention=convention, say=say, width=width)


def series_figure(
    points: Sequence[Measurement], *, convention: Convention = NHS, say: Say = gettext, width: int = WIDE
) -> Figure:
    """The points of one measure's timeline as a control chart.

    Raises NotComputable with fewer than 10 periods that have a value.
    """
    n = sum(p.value is not None for p in points)
    if n < FEWEST_POINTS:
        raise NotComputable(
            say("A chart over time needs {least} periods with a value; there are {n}.").format(least=FEWEST_POINTS, n=n)
        )
    try:
        chart = xmr([p.value for p in points], convention)
    except InvalidInput as problem:  # every second period is missing: nothing says how much is usual
        raise NotComputable(say("No two periods in a row have a value.")) from problem
    declared = CATALOGUE[points[0].id]
    title = _chart_title(
        declared.name, [s for p, s in zip(points, chart.signals, strict=True) if p.value is not None], say
    )
    share = declared.unit == "share"
    summary = say("{title}. Centre {centre}, limits {lower} to {upper}, {n} points. Rules: {convention}.").format(
        title=title,
        centre=number(chart.centre, share=share),
        lower=number(chart.lower, share=share),
        upper=number(chart.upper, share=share),
        n=n,
        convention=convention,
    )
    series = ControlSeries(
        title=title,
        summary=summary,
        measure=declared.name,
        periods=[_first_day(p) for p in points],
        values=[p.value for p in points],
        centre=chart.centre,
        lower=chart.lower,
        upper=chart.upper,
        signals=["" if s is Signal.NONE else say(s.value) for s in chart.signals],
        convention=str(convention),
        share=share,
        columns=(say("Period"), say("Value"), say("Signal")),
    )
    return control_figure(series, width=width)


def _whole(frame: EventFrame | Log, at: datetime | None) -> Slice:
    log = frame if isinstance(frame, Log) else Log.of(frame, at=None if at is None else to_us(at))
    return everybody(log, log.first_us, log.at + 1)


def _curve(label: str, found: Incidence, *, band: bool = False) -> Curve:
    last = float("inf") if found.settled else found.last
    return Curve(
        label=label,
        days=found.times.tolist(),
        share=found.share.tolist(),
        last=last,
        low=found.low.tolist() if band else None,
        high=found.high.tolist() if band else None,
    )


def _winwin_title(found: Incidence, say: Say) -> str:
    middle = found.quantile(0.5)
    if middle is not None:
        if middle.value * DAY_US < 2 * DAY_US:
            return say("Half of all needs are met within {hours} hours").format(hours=f"{24 * middle.value:.0f}")
        return say("Half of all needs are met within {days} days").format(days=f"{middle.value:.3g}")
    days = min(30.0, found.last)
    known = found.at(days)
    share = number(known.value if known else None, share=True)
    return say("{share} of needs are met within {days} days").format(share=share, days=f"{days:.3g}")


def _chart_title(name: str, signals: Sequence[Signal], say: Say) -> str:
    special = sum(s is not Signal.NONE for s in signals)
    if signals[-1] is not Signal.NONE:
        return say("{name}: the latest point is special ({why})").format(name=name, why=say(signals[-1].value))
    if special:
        return say("{name}: {special} of {n} points stand out").format(name=name, special=special, n=len(signals))
    return say("{name}: only its usual variation").format(name=name)


def _first_day(point: Measurement) -> str:
    assert point.window is not None  # a timeline has only windows of a log that is not empty
    return date.fromisoformat(point.window[0]).isoformat()
