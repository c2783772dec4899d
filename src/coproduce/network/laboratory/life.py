"""Eighteen months of life for the example network, made by the model and written through the same log.

The model's people become people of the network; its most used resources stand for the example's own, line of work by
line of work, so that every resource page has a true count of what the model's people did with it. All other ids are
drawn from the network's one id space. The time of day of what happens within a week is the example's own assumption
(simulator.example_times).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from coproduce import clock, rng
from coproduce.events import ABSENT, KINDS, Event, kinds
from coproduce.events.frame import CARRIED
from coproduce.network.laboratory.names import pseudonyms
from coproduce.network.laboratory.seeding import Cast
from coproduce.network.log import append, previous
from coproduce.network.log.ids import next_ids
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Person, RoleHeld, Site
from coproduce.network.people.policy import told
from coproduce.simulator import Result, example_times, load, run
from coproduce.simulator.recorder import COMPUTER_ID

WEEKS = 78
#: Which role column means what is the vocabulary's; these columns hold ids of the one id space.
_IDS = ("actor", "subject", "object")
#: What the example's own resources wrote already when they were made.
_MADE_BEFORE = tuple(
    kind.meaning.code
    for kind in (kinds.ResourceCreated, kinds.ResourceShared, kinds.OwnerAssigned, kinds.ReviewDateSet)
)


def seed_life(cast: Cast, start: datetime, until: datetime, *, seed: int, progress: Callable[[float], None]) -> int:
    """Runs the model and writes its events from `start` on and before `until`; gives how many.

    `progress` hears the share that is done.
    """
    result = run(load("example"), seed=seed, run=1)
    progress(0.3)
    ids = _new_ids(result, cast)
    _make_people(result, ids, cast, start, seed)
    return _write(_translated(result, ids, cast, start, until), progress)


def _new_ids(result: Result, cast: Cast) -> dict[int, int]:
    """The network's id for every id of the model that is no place; the computer is nobody."""
    used = np.unique(np.concatenate([result.frame.rows[name].to_numpy() for name in _IDS]))
    used = used[used > COMPUTER_ID]
    ids = dict(zip(used.tolist(), next_ids(len(used)), strict=True))
    ids[COMPUTER_ID] = ids[ABSENT] = ABSENT
    for line in range(3):
        ours = sorted(
            (r for r in cast.resources.values() if r.line_of_work == line and r.latest_id), key=lambda r: r.pk
        )
        theirs = result.resources.filter(pl.col("line_of_work") == line).sort("n_uses", "id", descending=[True, False])
        for resource, (resource_id, version) in zip(ours, theirs.select("id", "version").iter_rows(), strict=False):
            ids[resource_id], ids[version] = resource.pk, resource.latest_id or ABSENT
    return ids


def _make_people(result: Result, ids: dict[int, int], cast: Cast, start: datetime, seed: int) -> None:
    places = _places(result, cast)
    rows = result.people.filter(pl.col("id").is_in(list(ids))).to_dicts()
    names = pseudonyms(len(rows), rng.stream(seed, "pseudonyms"))
    with told(Asking(system="example", at=start)):
        Person.objects.bulk_create(
            (
                Person(
                    id=ids[row["id"]], pseudonym=name, site=places[row["site"]], languages=["en"],
                    joined_at=start + timedelta(weeks=row["joined"]),
                    left_at=None if row["left"] < 0 else start + timedelta(weeks=row["left"]),
                )
                for row, name in zip(rows, names, strict=True)
            ),
            batch_size=1_000,
        )  # fmt: skip
        RoleHeld.objects.bulk_create(
            (
                RoleHeld(person_id=ids[row["id"]], role=row["role"], since=start + timedelta(weeks=row["joined"]))
                for row in rows
            ),
            batch_size=1_000,
        )


def _places(result: Result, cast: Cast) -> dict[int, Site]:
    """The example's place for each of the model's sites; a clinic counts as its site."""
    centres = [site for site in cast.sites.values() if site.kind in {Site.Kind.CENTRE, Site.Kind.CLINIC}]
    sites = result.sites.filter(pl.col("level") == 1)["id"].to_list()
    found = {site: centres[place % len(centres)] for place, site in enumerate(sites)}
    clinics = result.sites.filter(pl.col("level") == 2).select("id", "parent").iter_rows()
    return found | {clinic: found[parent] for clinic, parent in clinics}


def _translated(result: Result, ids: dict[int, int], cast: Cast, start: datetime, until: datetime) -> pl.DataFrame:
    """The model's events in the network's ids, places and dates, in order of time."""
    frame = example_times(result).rows
    first = clock.from_us(int(frame["time"].min() or 0))  # type: ignore[arg-type]
    first_monday = clock.to_us(first - timedelta(days=first.weekday()))
    shift = clock.to_us(start) - first_monday
    ours = [ids[resource_id] for resource_id in result.resources["id"] if ids.get(resource_id) in _pks(cast)]
    places = {site: place.pk for site, place in _places(result, cast).items()} | {ABSENT: ABSENT}
    moved = frame.with_columns(
        *(pl.col(name).replace_strict(ids, return_dtype=pl.Int64) for name in _IDS),
        pl.col("site").replace_strict(places, return_dtype=pl.Int32),
        pl.col("time") + shift,
    )
    made_before = pl.col("kind").is_in(_MADE_BEFORE) & pl.col("subject").is_in(ours)
    of_the_model = [code for code, kind in KINDS.items() if kind.meaning.block == "model"]
    return moved.filter(~made_before, ~pl.col("kind").is_in(of_the_model), pl.col("time") < clock.to_us(until)).sort(
        "time", "seq"
    )


def _pks(cast: Cast) -> set[int]:
    return {resource.pk for resource in cast.resources.values()}


def _write(rows: pl.DataFrame, progress: Callable[[float], None]) -> int:
    """Appends week by week, each as if written down then; causes are carried over to the log's numbers."""
    seqs: dict[int, int] = {}
    weeks = rows.with_columns(week=pl.col("time") // clock.WEEK_US).partition_by("week", maintain_order=True)
    for done, week in enumerate(weeks, 1):
        at = clock.from_us(int(week["time"].max() or 0))  # type: ignore[arg-type]
        place = {seq: position for position, seq in enumerate(week["seq"].to_list())}
        events = [_event(row, seqs, place) for row in week.select("seq", "kind", *CARRIED).iter_rows(named=True)]
        with told(Asking(system="example", at=at)), clock.frozen(at):
            seqs.update(zip(week["seq"].to_list(), append(events), strict=True))
        progress(0.3 + 0.7 * done / len(weeks))
    return rows.height


def _event(row: dict[str, float], seqs: dict[int, int], place: dict[int, int]) -> Event:
    cause, seq = int(row["cause"]), int(row["seq"])
    if cause in seqs:
        cause = seqs[cause]
    elif cause in place and place[cause] < place[seq]:
        cause = previous(place[cause])
    else:
        cause = ABSENT
    return KINDS[int(row["kind"])](**{**{name: row[name] for name in CARRIED}, "cause": cause})  # type: ignore[arg-type]
