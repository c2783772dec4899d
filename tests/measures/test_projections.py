"""Projections: counted once whatever the pieces, killed anywhere and resumed, undone, and always as a recount says."""

import contextlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coproduce.errors import BadFile, InvalidInput
from coproduce.events import EventFrame, kinds
from coproduce.measures import projections
from coproduce.measures.projections import PROJECTIONS, Kept
from tests.measures.story import START, at, log


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(projections, "BLOCK", 7)


def events(n, seed=0, runs=2):
    draws = np.random.default_rng(seed)
    codes = [k.meaning.code for k in (kinds.NeedStated, kinds.Replied, kinds.VoteCast, kinds.StockMeasured)]
    rows = pl.DataFrame(
        {
            "run": draws.integers(0, runs, n), "time": START + draws.integers(-10, 10, n) * 10**11,
            "kind": draws.choice([*codes, 233], n), "actor": draws.integers(-1, 4, n), "site": draws.integers(-1, 3, n),
            "role": draws.choice([0, 1, 2, 100], n), "value": draws.choice([0.1, 2.5, np.nan, np.inf, -1e300], n),
        }
    )  # fmt: skip
    rows = rows.with_columns(
        seq=pl.int_range(pl.len()).over("run"), recorded="time", subject=-1, object=-1, topic=-1, cause=-1
    )
    return EventFrame.from_rows(rows)


def all_totals(kept):
    return {one.name: kept.totals(one.name).rows() for one in PROJECTIONS}


def recounted(frame):
    return {one.name: one.fold(frame.rows).rows() for one in PROJECTIONS}


class Killed(Exception):
    """The process ends here."""


@contextlib.contextmanager
def killed_at(step, monkeypatch):
    """Kills before the file of this number is put in its place, or after it is; whatever was written so far stays."""
    steps, replace = iter(range(10**6)), Path.replace

    def replacing(self, target):
        if next(steps) == step:
            raise Killed
        done = replace(self, target)
        if next(steps) == step:
            raise Killed
        return done

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replacing)
        with contextlib.suppress(Killed):
            yield


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n=st.integers(0, 60), seed=st.integers(0, 99), cuts=st.lists(st.integers(0, 60), max_size=4),
    kills=st.lists(st.integers(0, 12), max_size=4), undo=st.none() | st.integers(0, 40),
)  # fmt: skip
def test_pieces_kills_and_undoing_end_in_what_a_recount_gives(  # noqa: PLR0917 hypothesis gives what it draws by name
    tmp_path_factory, monkeypatch, n, seed, cuts, kills, undo
):
    frame, kept = events(n, seed), Kept(tmp_path_factory.mktemp("kept"))
    for cut, kill in zip(sorted(cuts), [*kills, *[99] * 4], strict=False):
        with killed_at(kill, monkeypatch):
            kept.fill(EventFrame(frame.rows.filter(pl.col("seq") < cut)))
    if undo is not None:
        kept.undo(undo)
    kept.fill(frame)
    assert all_totals(kept) == recounted(frame)
    assert kept.fill(frame) == 0


def test_only_the_newest_events_are_needed_to_go_on(tmp_path):
    frame, kept = events(50, runs=1), Kept(tmp_path)
    kept.fill(EventFrame(frame.rows.head(30)))
    assert kept.until("events_by_day") == 29
    assert kept.fill(EventFrame(frame.rows.tail(20))) == 20
    assert all_totals(kept) == recounted(frame)


def test_an_event_given_twice_is_counted_once(tmp_path):
    frame, kept = events(20, runs=1), Kept(tmp_path)
    kept.fill(EventFrame(pl.concat([frame.rows, frame.rows.head(5)]).sort("run", "seq")))
    assert all_totals(kept) == recounted(frame)


def test_totals_counted_by_other_rules_are_counted_anew(tmp_path):
    frame = events(30, runs=1)
    first = PROJECTIONS[0]
    changed = projections.Projection(first.name, "", pl.col("kind") < 200, first.keys, first.sums, first.peaks)
    Kept(tmp_path, (changed,)).fill(frame)
    kept = Kept(tmp_path, (first,))
    assert kept.until(first.name) == -1
    kept.fill(frame)
    assert kept.totals(first.name).rows() == first.fold(frame.rows).rows()


def test_levels_are_the_highest_of_the_day(tmp_path):
    kept = Kept(tmp_path)
    kept.fill(log(at(kinds.VoteCast, 0, 1, 5), at(kinds.Replied, 0.2, 1, 100), at(kinds.VoteCast, 1, 1, 5)))
    assert kept.totals("levels_by_day").select("n", "level").rows() == [(2, 3), (1, 2)]


def test_a_damaged_file_and_an_unknown_projection_are_refused(tmp_path):
    kept = Kept(tmp_path)
    kept.fill(events(5, runs=1))
    next((tmp_path / "events_by_day").glob("*.parquet")).write_bytes(b"PAR1 cut")
    with pytest.raises(BadFile, match="counted again"):
        kept.totals("events_by_day")
    with pytest.raises(InvalidInput):
        kept.totals("planets")


def test_an_empty_log_has_empty_totals(tmp_path):
    kept = Kept(tmp_path)
    assert kept.fill(EventFrame.empty()) == 0
    assert all_totals(kept) == recounted(EventFrame.empty())
