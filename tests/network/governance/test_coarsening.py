"""What an export keeps, and what it must not tell."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from coproduce.clock import WEEK_US
from coproduce.events import Event, EventFrame, Resolution, inspect, kinds
from coproduce.network.governance.coarsening import coarsened, regions_of

US = 1_772_366_412_345_678
IDS = ("actor", "subject", "object")


def story(n_people: int = 40) -> EventFrame:
    """Each person states a need, is matched, and confirms, some minutes apart."""
    events: list[Event] = []
    for person in range(n_people):
        facts = {"subject": 70_000 + person, "site": person % 4}
        moment = US + person * 977_000_001
        at = len(events)
        events += [
            kinds.NeedStated(time=moment, actor=50_000 + person, object=50_000 + person, value=2.37, **facts),
            kinds.ResourceMatched(time=moment + 5, object=90_000 + person % 3, value=1.0, cause=at, **facts),
            kinds.NeedConfirmed(time=moment + 9, actor=50_000 + person, cause=at + 1, **facts),
        ]
    return EventFrame.from_events(events)


REGIONS = {0: 100, 1: 100, 2: 200}


def test_pseudonyms_differ_from_one_export_to_the_next() -> None:
    first, second = (coarsened(story(), REGIONS).rows for _ in range(2))
    assert not first.select(IDS).equals(second.select(IDS))


def test_no_id_time_or_site_of_the_network_is_left() -> None:
    frame = story()
    coarse = coarsened(frame, REGIONS).rows
    for name in IDS:
        assert not set(coarse[name]) & {number for number in frame.rows[name] if number >= 0}
    assert set(coarse["time"] % WEEK_US) | set(coarse["recorded"] % WEEK_US) == {0}
    assert set(coarse["site"]) == {-1, 0, 1}


def test_the_resolution_says_weeks() -> None:
    assert coarsened(story(), REGIONS).resolution == Resolution.WEEK


def test_every_story_is_kept_whole() -> None:
    """The same people, needs and causes, under other names."""
    coarse = coarsened(story(), REGIONS).rows
    led = coarse.join(coarse, left_on="cause", right_on="seq", suffix="_cause").filter(pl.col("cause") >= 0)
    assert len(led) == 80
    assert (led["subject"] == led["subject_cause"]).all()
    assert coarse.filter(pl.col("kind") == 30)["actor"].n_unique() == 40
    assert inspect(coarse).is_clean()


def test_a_cause_stays_before_what_it_led_to() -> None:
    coarse = coarsened(story(), REGIONS).rows
    assert (coarse["cause"] < coarse["seq"]).all()


def test_the_order_within_a_week_does_not_tell_who_came_first() -> None:
    """Ranks count up in the log; in the export they come in any order."""
    events = [kinds.ResourceShown(time=US + n, actor=n, subject=n, object=n, value=float(n)) for n in range(200)]
    ranks = coarsened(EventFrame.from_events(events), {}).rows["value"].to_list()
    assert ranks != sorted(ranks) == [float(n) for n in range(200)]


def test_a_deadline_in_days_loses_the_hour() -> None:
    coarse = coarsened(story(), REGIONS).rows
    assert set(coarse.filter(pl.col("kind") == 30)["value"]) == {2.0}


def test_an_empty_log_can_leave_too() -> None:
    assert len(coarsened(EventFrame.empty(), {})) == 0


@given(st.lists(st.tuples(st.integers(-1, 5), st.integers(-1, 5), st.integers(0, 10**15)), max_size=40))
def test_who_was_the_same_stays_the_same_and_nobody_else(rows: list[tuple[int, int, int]]) -> None:
    events = [kinds.Connected(time=moment, actor=one, subject=other) for one, other, moment in rows]
    before = EventFrame.from_events(events)
    after = coarsened(before, {}).rows.sort("seq")
    pairs = before.rows.select("actor", "subject").group_by("actor", "subject").len()["len"].sort()
    assert after.select("actor", "subject").group_by("actor", "subject").len()["len"].sort().equals(pairs)


def test_a_site_goes_by_its_region_or_else_by_its_network() -> None:
    sites = [(1, None, True), (2, 1, True), (3, 2, False), (4, 3, False), (5, 1, False), (6, None, False)]
    assert regions_of(sites) == {1: 1, 2: 2, 3: 2, 4: 2, 5: 1}


def test_sites_in_a_circle_belong_nowhere() -> None:
    assert regions_of([(1, 2, False), (2, 1, False)]) == {}
