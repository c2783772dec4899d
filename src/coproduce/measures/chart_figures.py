"""Control charts as figures, each with one message, in the words of those who read it: patients or leaders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from gettext import gettext

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.figures import (
    ControlSeries,
    Figure,
    FunnelSeries,
    Multiples,
    Panel,
    SumSeries,
    control_figure,
    funnel_figure,
    multiples_figure,
    sums_figure,
)
from coproduce.figures.figure import WIDE, number
from coproduce.statistics.control import NHS, Assurance, Chart, Cusum, FunnelKind, Kind, Rules, many_charts
from coproduce.statistics.control.answer import plain
from coproduce.statistics.false_signals import false_signals

#: Turns a message into the reader's language.
Say = Callable[[str], str]


class Audience(StrEnum):
    """Who reads the words: people of the network in plain words, or those who lead improvement, in the field's."""

    PATIENTS = "patients"
    LEADERS = "leaders"


def figure_of(
    chart: Chart,
    measure: str,
    *,
    audience: Audience = Audience.LEADERS,
    share: bool | None = None,
    say: Say = gettext,
    width: int = WIDE,
) -> Figure:
    """The figure of a chart: its title is the one thing to know, its summary the reason, its table the numbers.

    `measure` names what is measured; `share`: values between 0 and 1 are read as percentages, as they are for
    proportions where it is not said.
    """
    share = _is_proportion(chart) if share is None else share
    title = message(chart, measure, audience, say)
    summary = say("{title}. {why}").format(title=title, why=reason(chart, audience, share, say))
    if chart.funnel is not None:
        return funnel_figure(_sites(chart, measure, (title, summary), share=share), width=width)
    if chart.sums is not None:
        return sums_figure(_sums(chart, chart.sums, measure, (title, summary)), width=width)
    series = ControlSeries(
        title=title, summary=summary, measure=measure, periods=chart.labels, values=plain(chart.y),
        centre=_level(chart.centre), lower=_level(chart.lower), upper=_level(chart.upper), signals=_signals(chart, say),
        convention=str(chart.convention()["estimator"]), share=share, target=chart.spec.target,
        breaks=[phase.first - 1 for phase in chart.phases[1:]], columns=(say("Period"), say("Value"), say("Signal")),
    )  # fmt: skip
    return control_figure(series, width=width)


def message(chart: Chart, measure: str, audience: Audience = Audience.LEADERS, say: Say = gettext) -> str:
    """The one thing to know of a chart."""
    n_special, n_points = int(chart.special().sum()), int((~np.isnan(chart.y)).sum())
    shift = next((shift for phase in reversed(chart.phases) for shift in reversed(phase.shifts)), None)
    if chart.spec.chart is Kind.FUNNEL:
        text = (
            say("{measure}: {special} of {n} sites differ more than chance allows")
            if n_special
            else say("{measure}: sites differ no more than chance allows")
        )
    elif audience is Audience.PATIENTS:
        text = (
            say("{measure}: something has changed") if chart.is_special() else say("{measure}: the usual ups and downs")
        )
    elif shift is not None:
        text = say("{measure}: shift candidate since {since}, {run} points: what is the cause?")
    elif chart.is_special():
        text = say("{measure}: {special} of {n} points stand out") if n_special else say("{measure}: unusual runs")
    else:
        text = say("{measure}: only its usual variation")
    since, run = (shift.label, shift.n_points) if shift else ("", 0)
    return text.format(measure=measure, special=n_special, n=n_points, since=since, run=run)


def reason(chart: Chart, audience: Audience = Audience.LEADERS, share: bool = False, say: Say = gettext) -> str:
    """Why the message is so, in a few sentences."""
    if audience is Audience.PATIENTS:
        told = [
            say("The line in the middle is what is usual. Diamonds are points that chance alone rarely makes."),
            _hope(chart, say),
        ]
    else:
        told = [_lines(chart, share, say), _rules(chart, say), _hope(chart, say), *map(say, chart.notes)]
    return " ".join(sentence for sentence in told if sentence)


def _lines(chart: Chart, share: bool, say: Say) -> str:
    centre, lower, upper = (
        number(float(values[-1]), share=share) for values in (chart.centre, chart.lower, chart.upper)
    )
    if np.isnan(chart.upper[-1]):
        return say("Centre {centre}.").format(centre=centre)
    return say("Now: centre {centre}, limits {lower} to {upper}.").format(centre=centre, lower=lower, upper=upper)


def _rules(chart: Chart, say: Say) -> str:
    return say("Limits: {estimator}. Rules: {rules}.").format(
        estimator=chart.convention()["estimator"], rules=", ".join(str(rules) for rules in chart.spec.rules)
    )


def _is_proportion(chart: Chart) -> bool:
    of_people = chart.spec.chart in {Kind.P, Kind.PP}
    of_sites = chart.funnel is not None and chart.funnel.kind is FunnelKind.PROPORTION
    return chart.spec.multiply == 1 and (of_people or of_sites)


def _hope(chart: Chart, say: Say) -> str:
    """What may be expected of the target, if there is one."""
    said = {
        Assurance.PASS: say("As it is now, the target will be met."),
        Assurance.FAIL: say("As it is now, the target will not be met: something has to change first."),
        Assurance.UNCERTAIN: say("As it is now, the target will sometimes be met and sometimes not."),
    }
    reached = chart.assurance()
    return "" if reached is None else said[reached]


def _signals(chart: Chart, say: Say) -> list[str]:
    """For each point why it stands out; empty for most."""
    told = [["beyond a limit"] if beyond else [] for beyond in chart.beyond]
    for name, flags in chart.flags.items():
        rules, _, rule = name.partition(".")
        for place in np.flatnonzero(flags):
            told[place].append(rule if len(rule) > 2 else f"{rules} {rule}")
    return [", ".join(dict.fromkeys(say(reason) for reason in reasons)) for reasons in told]


def _level(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | list[float | None]:
    """One number where all points share it, else one a point."""
    same = np.unique(values)
    return float(same[0]) if len(same) == 1 and not np.isnan(same[0]) else plain(values)


def _sites(chart: Chart, measure: str, words: tuple[str, str], *, share: bool) -> FunnelSeries:
    if chart.n is None:
        raise InvalidInput(given="a funnel without denominators", expected="a denominator for each site")
    return FunnelSeries(
        title=words[0], summary=words[1], measure=measure, sites=chart.labels, sizes=plain(chart.n),
        values=plain(chart.y),
        target=float(chart.centre[0]), inner=(plain(chart.lower_warning), plain(chart.upper_warning)),
        outer=(plain(chart.lower), plain(chart.upper)), signals=_signals(chart, gettext), share=share,
    )  # fmt: skip


def _sums(chart: Chart, sums: Cusum, measure: str, words: tuple[str, str]) -> SumSeries:
    return SumSeries(
        title=words[0], summary=words[1], measure=measure, periods=chart.labels, high=plain(sums.high),
        low=plain(sums.low), limit=float(sums.limit[0]), signals=_signals(chart, gettext),
    )  # fmt: skip


def multiples_of(
    sites: Sequence[str],
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    measure: str,
    *,
    share: bool = False,
    say: Say = gettext,
    width: int = WIDE,
) -> Figure:
    """A network at a glance: one small XmR chart a site (a row of `values`, NaN where missing), on one scale.

    Read by the rules of NHS England; the sites with the most points that stand out come first. The title says how many
    sites stand out, beside how many would by chance alone.
    Raises InvalidInput when there is not one name a row.
    """
    if len(sites) != len(values):
        raise InvalidInput(given=f"{len(sites)} names for {len(values)} sites", expected="one for each")
    found = many_charts(values, [Rules.NHS], factor=NHS.factor, screen=NHS.screen)
    counts = found.special.sum(axis=1)
    lengths = (~np.isnan(values)).sum(axis=1)
    expected = sum(false_signals(int(n)).share_of_charts for n in lengths if n > 1)
    title = say("{measure}: {special} of {n} sites stand out; by chance alone {expected} would").format(
        measure=measure, special=int((counts > 0).sum()), n=len(sites), expected=round(expected, 1)
    )
    why = say("{title}. Each site is held to its own usual variation; all are drawn on one scale.")
    panels = [
        Panel(
            site=sites[i],
            values=plain(values[i]),
            centre=float(found.centre[i]),
            lower=float(found.centre[i] - 3 * found.sigma[i]),
            upper=float(found.centre[i] + 3 * found.sigma[i]),
            signals=np.flatnonzero(found.special[i]).tolist(),
        )
        for i in np.argsort(-counts, kind="stable")
    ]
    return multiples_figure(
        Multiples(title=title, summary=why.format(title=title), panels=panels, share=share), width=width
    )
