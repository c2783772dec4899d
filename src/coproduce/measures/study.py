"""What a measure is given: a log read once, the window it looks at, and the group of needs and people it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, TypeVar, cast

import polars as pl

from coproduce.clock import from_us
from coproduce.errors import InvalidInput
from coproduce.events import KINDS, EventFrame, Report, Role, kinds
from coproduce.measures.acts import Level, act_table
from coproduce.measures.measurement import Cell
from coproduce.measures.needs import NeedTable, need_table
from coproduce.measures.people import members, people_table
from coproduce.measures.strata import Strata
from coproduce.measures.tables import NO_TABLES, Tables

By = Literal["site", "role", "stratum", "outcome"]
T = TypeVar("T")

#: Times outside the years 1 to 9999 are no times; rows that carry them are left out and counted.
_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999


@dataclass(frozen=True)
class Log:
    """A frame with what every measure needs from it, each worked out once and on demand.

    `frame` holds the events up to `at` (microseconds); what lies after is not yet known then. `n_future`, `n_timeless`
    and `n_repeated` count the rows left out: after `at`, with an impossible time, or with the key of an earlier row.
    """

    frame: EventFrame
    at: int
    fixed_end: bool
    strata: Strata | None = None
    tables: Tables = NO_TABLES
    n_future: int = 0
    n_timeless: int = 0
    n_repeated: int = 0
    report: Report | None = None
    _made: dict[tuple[str, int, int], object] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        frame: EventFrame,
        *,
        at: int | None = None,
        strata: Strata | None = None,
        tables: Tables = NO_TABLES,
        report: Report | None = None,
    ) -> Log:
        """The log as known at the moment `at`.

        Without `at` the log ends when its last row was written down (`recorded`), so that a wrong clock that dates an
        event into the future does not stretch it; where most rows are recorded before they happened, `recorded`
        says nothing and the last time counts.
        """
        rows = frame.rows.filter(pl.col("time").is_between(_EARLIEST, _LATEST))
        n_timeless = len(frame) - rows.height
        unique = rows.unique(subset=["run", "seq"], keep="first", maintain_order=True)
        end = at if at is not None else _end(unique)
        known = unique.filter(pl.col("time") <= end)
        return cls(
            frame=EventFrame(known, frame.resolution),
            at=end,
            fixed_end=at is not None,
            strata=strata,
            tables=tables,
            n_future=unique.height - known.height,
            n_timeless=n_timeless,
            n_repeated=max(rows.height - unique.height, report.n_duplicate if report else 0),
            report=report,
        )

    @property
    def resolution(self) -> int:
        """The finest time the log tells apart, microseconds."""
        return self.frame.resolution

    @cached_property
    def first_us(self) -> int:
        """The time of the earliest event; `at` in an empty log."""
        return self.at if not len(self.frame) else int(self.frame.rows["time"].min())  # type: ignore[arg-type]

    @cached_property
    def ends(self) -> pl.DataFrame:
        """Until when each run was observed: run, end_us."""
        runs = self.frame.rows.group_by("run").agg(pl.col("time").max().alias("end_us"))
        if self.fixed_end or runs.height == 1:
            return runs.with_columns(pl.lit(self.at, dtype=pl.Int64).alias("end_us"))
        return runs

    @cached_property
    def needs(self) -> NeedTable:
        """Every need as episodes, with the group columns site, role and stratum (of the person it is for)."""
        table = need_table(self.frame, self.ends)
        episodes = table.episodes
        if self.strata is None:
            return replace(table, episodes=episodes.with_columns(pl.lit(None, dtype=pl.String).alias("stratum")))
        whom = self.strata.assign(episodes, person="person", time="opened_us")
        asker = self.strata.assign(episodes, person="owner", time="opened_us")
        stratum = pl.select(pl.coalesce(whom, asker).alias("stratum")).to_series()
        return replace(table, episodes=episodes.with_columns(stratum))

    @cached_property
    def people(self) -> pl.DataFrame:
        """Every person, with the group columns site, role and stratum (at the end of the log)."""
        people = people_table(self.frame).with_columns(pl.lit(self.at, dtype=pl.Int64).alias("at"))
        if self.strata is None:
            return people.with_columns(pl.lit(None, dtype=pl.String).alias("stratum")).drop("at")
        stratum = self.strata.assign(people, person="person", time="at").alias("stratum")
        return people.with_columns(stratum).drop("at")

    @cached_property
    def acts(self) -> pl.DataFrame:
        """What people did, by the level of engagement it shows: run, person, time, level."""
        return act_table(self.frame)

    @cached_property
    def first_contributions(self) -> pl.DataFrame:
        """The first act at level 3 or above: run, person, act_us."""
        acts = self.acts.filter(pl.col("level") >= Level.CONTRIBUTOR)
        return acts.group_by("run", "person").agg(pl.col("time").min().alias("act_us"))

    def levels(self, start: int, end: int) -> pl.DataFrame:
        """The highest level that each person showed in start <= time < end: run, person, level; kept for next time."""

        def made() -> pl.DataFrame:
            inside = self.acts.filter(pl.col("time").is_between(start, end, closed="left"))
            return inside.group_by("run", "person").agg(pl.col("level").max())

        return self.once(("levels", start, end), made)

    def once(self, key: tuple[str, int, int], made: Callable[[], T]) -> T:
        """What `made` gives, made once for a name and window, since every group asks for it again."""
        if key not in self._made:
            self._made[key] = made()
        return cast(T, self._made[key])

    @cached_property
    def versions(self) -> pl.DataFrame:
        """Versions of resources: run, version, resource, author, made_us (the first time it was written of)."""
        made = self.frame.of(kinds.ResourceCreated, kinds.ResourceRevised, kinds.ResourceShared)
        made = made.filter(pl.col("object") >= 0).sort("run", "time", "seq")
        return made.group_by("run", pl.col("object").alias("version"), maintain_order=True).agg(
            pl.col("subject").first().alias("resource"),
            pl.col("actor").first().alias("author"),
            pl.col("time").first().alias("made_us"),
        )

    @cached_property
    def n_unknown_kind(self) -> int:
        """Rows of a kind that this version does not know: kept, and counted in no measure but L1."""
        return self.frame.rows.filter(~pl.col("kind").is_in(list(KINDS))).height


@dataclass(frozen=True)
class Slice:
    """One group in one window: what a measure counts.

    `needs` are the episodes opened in the window (start <= t < end), followed to the end of the log; `people` the
    members of the window; both only of the group that `by` names (None: everybody). `code` is the group's own value
    in those columns; `null` the number of null networks to draw, 0 for none. `outcome`: the declared outcome that the
    slice is of, with everybody in it; None for all of them.
    """

    log: Log
    start: int
    end: int
    by: Mapping[str, Cell] | None
    needs: pl.DataFrame
    people: pl.DataFrame
    null: int = 0
    seed: int = 0
    code: Cell = None
    outcome: int | None = None

    @property
    def by_group(self) -> bool:
        """Whether this slice holds the people of one group only."""
        return self.by is not None and self.outcome is None

    def only_group(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows whose site, role or stratum column is this slice's; all of them for everybody."""
        if self.by is None:
            return rows
        column = next(iter(self.by))
        return rows.filter(pl.col(column).eq_missing(pl.lit(self.code, dtype=rows.schema[column])))

    def about(self, rows: pl.DataFrame, column: str) -> pl.DataFrame:
        """The rows whose `column` names one of this group's people; all of them for everybody."""
        if not self.by_group:
            return rows
        mine = self.people.select("run", pl.col("person").alias(column))
        return rows.join(mine, on=["run", column], how="semi")

    def touching(self, ties: pl.DataFrame) -> pl.DataFrame:
        """The ties (run, a, b) with one end or both in this group; all of them for everybody."""
        if not self.by_group:
            return ties
        mine = self.people.select("run", "person")
        ends = [
            ties.select("run", pl.col(end).alias("person")).join(
                mine.with_columns(pl.lit(True).alias("inside")), on=["run", "person"], how="left", maintain_order="left"
            )["inside"]
            for end in ("a", "b")
        ]
        return ties.filter(ends[0].fill_null(False) | ends[1].fill_null(False))

    @property
    def window(self) -> tuple[str, str] | None:
        """The first and the last day of the window, UTC; None for an empty log."""
        if not len(self.log.frame):
            return None
        first, last = (min(max(t, _EARLIEST), _LATEST) for t in (self.start, max(self.start, self.end - 1)))
        return from_us(first).date().isoformat(), from_us(last).date().isoformat()


def everybody(log: Log, start: int, end: int, *, null: int = 0, seed: int = 0) -> Slice:
    """The slice of all needs and people of a window."""
    opened = log.needs.episodes.filter(pl.col("opened_us").is_between(start, end, closed="left"))
    return Slice(log, start, end, None, opened, members(log.people, start, end), null, seed)


def groups(whole: Slice, by: By) -> Iterator[Slice]:
    """The slices of each site, role or stratum, in order; those in no known group come last, under null."""
    if by == "stratum" and whole.log.strata is None:
        raise InvalidInput(
            given="--by stratum without strata", expected="a table of strata", next_step="Give --strata."
        )
    if by == "outcome":
        yield from _of_outcomes(whole)
        return
    found = pl.concat([whole.needs[by], whole.people[by]]).unique().to_list()
    for key in sorted(found, key=_order(whole, by)):
        part = replace(whole, by={by: _label(by, key)}, code=key)
        yield replace(part, needs=part.only_group(whole.needs), people=part.only_group(whole.people))


def _of_outcomes(whole: Slice) -> Iterator[Slice]:
    """Everybody, once for each declared outcome."""
    declared = whole.log.tables.get("outcomes")
    if declared is None:
        raise InvalidInput(
            given="--by outcome without outcomes", expected="the table 'outcomes'", next_step="Give --tables."
        )
    for topic in declared["topic"].unique().sort().to_list():
        yield replace(whole, by={"outcome": topic}, code=topic, outcome=topic)


def _order(whole: Slice, by: By) -> Callable[[Cell], tuple[bool, int]]:
    ranks = {name: place for place, name in enumerate(whole.log.strata.order())} if whole.log.strata else {}

    def key(cell: Cell) -> tuple[bool, int]:
        unknown = _label(by, cell) is None
        return unknown, 0 if unknown else ranks.get(str(cell), 0) if by == "stratum" else int(cell or 0)

    return key


def _label(by: By, cell: Cell) -> Cell:
    if by == "stratum" or cell is None:
        return cell
    code = int(cell)
    if by == "site":
        return code if code >= 0 else None
    if code == Role.UNKNOWN:
        return None
    return Role(code).name.lower() if code in set(Role) else f"role {code}"


def _end(rows: pl.DataFrame) -> int:
    if rows.is_empty():
        return 0
    backwards = rows.filter(pl.col("recorded") < pl.col("time")).height
    column = "time" if 2 * backwards > rows.height else "recorded"
    return min(int(rows[column].max()), _LATEST)  # type: ignore[arg-type]
