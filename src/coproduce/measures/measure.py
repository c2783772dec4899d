"""Everything at once: all measures of a log, for everybody and by group, and one measure over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, datetime
from itertools import pairwise
from typing import Literal

from coproduce.clock import DAY_US, from_us, to_us
from coproduce.errors import InvalidInput
from coproduce.events import EventFrame, Report
from coproduce.measures import (
    backlog,
    collaboration,
    commons_health,
    engagement,
    equity,
    fulfilment,
    outcomes,
    rigor,
    structure,
    topology,
    volume,
    welcome,
    winwin,
)
from coproduce.measures.catalogue import CATALOGUE, chosen
from coproduce.measures.measurement import Answer, Measurement
from coproduce.measures.strata import Strata
from coproduce.measures.study import By, Log, Slice, everybody, groups
from coproduce.measures.tables import NO_TABLES, Tables
from coproduce.statistics.suppression import SMALLEST_SHOWN, hidden_groups

Period = Literal["day", "week", "month", "quarter"]

#: What answers which ids: a function is run only when one of its ids is asked for (the beginnings are of ids).
_ANSWERERS: tuple[tuple[str, Callable[[Slice], Iterator[Answer]]], ...] = (
    ("N1", winwin.states),
    ("N2", winwin.time_to_winwin),
    ("N3", winwin.in_time),
    ("N4", winwin.reuse),
    ("N6", backlog.backlog),
    ("E1", engagement.level_counts),
    ("E2.share", engagement.level_shares),
    ("E2.P", engagement.transitions),
    ("E2.climb", engagement.transitions),
    ("E2.first", engagement.first_contribution),
    ("E7", welcome.welcome),
    ("S0", structure.size),
    ("S1", structure.giant_component),
    ("L1", structure.quality),
    ("N5", fulfilment.match_quality),
    ("N7", fulfilment.unmet),
    ("O1", outcomes.outcomes),
    ("O2", outcomes.linked),
    ("O3", fulfilment.concordance),
    ("O4", fulfilment.friction),
    ("O5", fulfilment.cost),
    ("E3", volume.content_shares),
    ("E4", volume.concentration),
    ("E5", volume.stickiness),
    ("E6", volume.retention),
    ("E8", volume.quiet),
    ("E9", equity.experienced),
    ("C1", collaboration.together),
    ("C2", collaboration.ladder),
    ("C3", collaboration.mixing),
    ("C4", collaboration.answered),
    ("C5", collaboration.teams),
    ("C6", collaboration.survival_of_edits),
    ("S2", topology.centralisation),
    ("S3", topology.communities),
    ("S4", topology.small_world),
    ("S5", topology.brokerage),
    ("S6", topology.core),
    ("S7", topology.assortativity),
    ("S8", topology.hub_dependence),
    ("S9", topology.change),
    ("H1", commons_health.ostrom),
    ("H2", commons_health.free_riding),
    ("H2", equity.draw_and_give),
    ("H3", commons_health.turnover),
    ("H4", rigor.provenance),
    ("H5", commons_health.load),
    ("H6", commons_health.enclosure),
    ("H6.paths", topology.path_capture),
    ("H7", commons_health.justice),
    ("Q1", rigor.falsehood),
    ("Q2", rigor.correction),
    ("Q3", rigor.grading),
    ("Q4", rigor.readability),
    ("Q5", rigor.support),
    ("Q6", rigor.trust),
    ("Q6.survey", equity.trusting),
    ("Q7", rigor.leadership),
    *((name, equity.fairness) for name in ("D1", "D2")),
    ("M1", equity.maturity),
)
#: One wrong clock in the far past must not make a hundred thousand empty periods.
MOST_PERIODS = 1_000
#: Measures of the log or of the whole network; a group has none of its own.
_WHOLE_ONLY = (
    "L1", "C1", "C4", "S2", "S3", "S4", "S6", "S7", "S8", "S9", "H1", "H6", "Q5", "D1", "D2", "M1",
)  # fmt: skip
#: Numbers of such a family that a group has too.
_OF_GROUPS_TOO = frozenset({"C1.people", "S6.share", "S6.patients"})


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to measure: the last `window_days` (None: the whole log), ids or families, groups, null networks."""

    window_days: float | None = None
    only: tuple[str, ...] = ()
    by: By | None = None
    null: int = 0
    seed: int = 0


def measure_all(
    frame: EventFrame | Log,
    request: Request = Request(),
    *,
    at: datetime | None = None,
    strata: Strata | None = None,
    tables: Tables = NO_TABLES,
    report: Report | None = None,
    tell: Callable[[str], None] | None = None,
) -> list[Measurement]:
    """Every declared measure of a log as it was known at the moment `at`, then again for each group if asked.

    A pure function: the same frame and request give the same numbers. `tell` hears the name of each step (progress).
    In groups, those with fewer than 11 needs or people behind a number are hidden, with the others that would give
    them away.
    Raises InvalidInput for an unknown id, a window that is not positive, or --by stratum or outcome without its table.
    """
    if request.window_days is not None and not 0 < request.window_days < 1e6:
        raise InvalidInput(given="a window that is not positive", expected="a number of days above 0")
    declared = chosen(request.only)
    log = frame if isinstance(frame, Log) else Log.of(
        frame, at=None if at is None else to_us(at), strata=strata, tables=tables, report=report
    )  # fmt: skip
    end = log.at + 1
    start = log.first_us if request.window_days is None else end - int(request.window_days * DAY_US)
    wanted = [one.id for one in declared]
    whole = everybody(log, start, end, null=request.null, seed=request.seed)
    found = _measured(whole, wanted, tell)
    if request.by is not None:
        kept = [name for name in wanted if _is_of(request.by, name)]
        parts = [m for part in groups(whole, request.by) for m in _measured(part, kept, tell)]
        found += _suppressed(parts)
    return found


def _is_of(by: By, name: str) -> bool:
    """Whether a measure is told of groups of this kind."""
    family = name.partition(".")[0]
    return family == "O1" if by == "outcome" else name in _OF_GROUPS_TOO or family not in _WHOLE_ONLY


def timeline(
    frame: EventFrame | Log,
    measure_id: str,
    period: Period = "month",
    *,
    at: datetime | None = None,
    seed: int = 0,
) -> list[Measurement]:
    """One measure for each whole period of the log, oldest first; the input of a control chart. See `timelines`."""
    return timelines(frame, (measure_id,), period, at=at, seed=seed)[measure_id]


def timelines(
    frame: EventFrame | Log,
    measure_ids: Sequence[str],
    period: Period = "month",
    *,
    at: datetime | None = None,
    seed: int = 0,
) -> dict[str, list[Measurement]]:
    """Several measures for each whole period of the log, oldest first; each period is looked at once for all of them.

    Needs belong to the period in which they were stated and are followed to the end of the log, so that late
    periods are the least certain; people and ties are those of the period. Periods that have not ended, a first one
    that was cut, and all but the last 1,000 are left out. Raises InvalidInput for an unknown id.
    """
    if not set(measure_ids) <= set(CATALOGUE):
        raise InvalidInput(given="an unknown measure id", expected="an id of the catalogue")
    log = frame if isinstance(frame, Log) else Log.of(frame, at=None if at is None else to_us(at))
    edges = _edges(log.first_us, log.at + 1, period)[-MOST_PERIODS - 1 :]
    found: dict[str, list[Measurement]] = {name: [] for name in measure_ids}
    for start, end in pairwise(edges):
        for m in _measured(everybody(log, start, end, seed=seed), list(found), None):
            found[m.id].append(m)
    return found


def _measured(part: Slice, wanted: Sequence[str], tell: Callable[[str], None] | None) -> list[Measurement]:
    """The wanted measures of one slice, in the order of the catalogue; each is answered exactly once."""
    asked = set(wanted)
    answers: dict[str, Answer] = {}
    for function in _functions(wanted):
        if tell is not None:
            tell(function.__name__.replace("_", " "))
        answers.update((answer.id, answer) for answer in function(part) if answer.id in asked)
    window = part.window
    return [_labelled(answers[name], part, window) for name in wanted]


def _functions(wanted: Iterable[str]) -> list[Callable[[Slice], Iterator[Answer]]]:
    names = list(wanted)
    needed = [f for start, f in _ANSWERERS if any(n == start or n.startswith(f"{start}.") for n in names)]
    return list(dict.fromkeys(needed))


def _labelled(answer: Answer, part: Slice, window: tuple[str, str] | None) -> Measurement:
    return Measurement(
        answer.id,
        answer.value,
        CATALOGUE[answer.id].unit,
        answer.n,
        answer.low,
        answer.high,
        answer.missing,
        part.by,
        window,
        answer.note,
    )


def _suppressed(parts: list[Measurement]) -> list[Measurement]:
    """The same, with small groups and their partners hidden, measure by measure."""
    sizes: dict[str, dict[str, int]] = {}
    for m in parts:
        sizes.setdefault(m.id, {})[str(m.by)] = m.n or 0
    hidden = {name: hidden_groups(groups_) for name, groups_ in sizes.items()}
    note = f"hidden: fewer than {SMALLEST_SHOWN} in this group or in one that it would give away"
    return [
        replace(m, value=None, n=None, low=None, high=None, missing=None, note=note) if str(m.by) in hidden[m.id] else m
        for m in parts
    ]


def _edges(first: int, end: int, period: Period) -> list[int]:
    """Borders of the last whole periods between first and end, at least the last MOST_PERIODS of them."""
    if period in ("day", "week"):
        length = DAY_US if period == "day" else 7 * DAY_US
        begin = -(-max(first, end - (MOST_PERIODS + 2) * length) // length) * length
        return list(range(begin, end + 1, length))
    step = 1 if period == "month" else 3
    begin = max(first, end - (MOST_PERIODS + 2) * step * 31 * DAY_US)
    moment = from_us(begin).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    moment = moment.replace(month=(moment.month - 1) // step * step + 1)
    edges = []
    while to_us(moment) <= end and moment.year < MAXYEAR:
        if to_us(moment) >= begin:
            edges.append(to_us(moment))
        months = moment.month - 1 + step
        moment = moment.replace(year=moment.year + months // 12, month=months % 12 + 1)
    return edges
