"""What the simulator writes obeys the rules of the shared vocabulary."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from coproduce.events import Event, EventFrame, Resolution, inspect, kinds
from coproduce.simulator import Result, Scenario, run
from coproduce.simulator.recorder import COMPUTER_ID, Recorder, Silent, sample

CLOSING = (kinds.NeedConfirmed, kinds.NeedUnreachable, kinds.NeedWithdrawn, kinds.NeedExpired)
MOVING = (kinds.ResourceMatched, kinds.PersonMatched, kinds.ResourceUsed, kinds.Replied, kinds.OutcomeReported)


def code(kind: type[Event]) -> int:
    return kind.meaning.code


def test_frame_of_a_run_is_clean(result: Result) -> None:
    assert inspect(result.frame.rows).is_clean()
    assert result.frame.resolution == Resolution.WEEK
    assert result.frame.runs() == [1]


def test_every_cause_comes_before_its_effect(result: Result) -> None:
    caused = result.frame.rows.filter(pl.col("cause") >= 0)
    before = caused.join(
        result.frame.rows.select(pl.col("seq").alias("cause"), pl.col("time").alias("then")), on="cause"
    )
    assert before.height == caused.height
    assert (before["cause"] < before["seq"]).all()
    assert (before["then"] <= before["time"]).all()


@pytest.mark.parametrize(
    ("effect", "causes"),
    [
        (kinds.ResourceMatched, (kinds.NeedStated, kinds.ResourceShared)),
        (kinds.PersonMatched, (kinds.NeedStated,)),
        (kinds.ResourceShown, (kinds.ResourceMatched,)),
        (kinds.ResourceOpened, (kinds.ResourceShown,)),
        (kinds.Replied, (kinds.PersonMatched,)),
        (kinds.HelpDeclined, (kinds.PersonMatched,)),
        (kinds.ResourceUsed, (kinds.ResourceMatched,)),
        (kinds.OutcomeReported, (kinds.ResourceUsed, kinds.Replied, kinds.NeedFollowedUp)),
        (kinds.NeedConfirmed, (kinds.OutcomeReported,)),
        (kinds.NeedUnreachable, (kinds.ResourceUsed,)),
        (kinds.NeedFollowedUp, (kinds.NeedStated,)),
        (kinds.NeedExpired, (kinds.NeedFollowedUp,)),
        (kinds.LessonDrawn, (kinds.OutcomeReported,)),
        (kinds.ResourceShared, (kinds.ResourceCreated, kinds.ResourceRevised)),
        (kinds.ResourceRevised, (kinds.LessonDrawn,)),
        (kinds.Thanked, (kinds.OutcomeReported,)),
        (kinds.TreatmentStarted, (kinds.EncounterHeld,)),
        (kinds.MeasureObserved, (kinds.EncounterHeld,)),
    ],
)
def test_effects_have_the_causes_that_their_kind_declares(
    result: Result, effect: type[Event], causes: tuple[type[Event], ...]
) -> None:
    rows = result.frame.of(effect)
    cause = rows.join(result.frame.rows.select(pl.col("seq").alias("cause"), pl.col("kind").alias("by")), on="cause")
    assert rows.height == cause.height > 0
    assert set(cause["by"].unique()) <= {code(kind) for kind in causes}


def test_each_need_is_stated_once_first_and_closed_at_most_once_last(result: Result) -> None:
    needs = set(result.needs["id"].to_list())
    rows = result.frame.rows.filter(pl.col("subject").is_in(needs))
    for _, events in rows.group_by("subject"):
        listed = events.sort("seq")["kind"].to_list()
        assert listed[0] == code(kinds.NeedStated)
        assert listed.count(code(kinds.NeedStated)) == 1
        closed = [i for i, kind in enumerate(listed) if kind in {code(c) for c in CLOSING}]
        assert len(closed) <= 1
        if closed:
            assert not {code(kind) for kind in MOVING} & set(listed[closed[0] :])


def test_only_the_person_who_stated_a_need_confirms_it(result: Result) -> None:
    stated = result.frame.of(kinds.NeedStated).select("subject", pl.col("actor").alias("owner"))
    confirmed = result.frame.of(kinds.NeedConfirmed).join(stated, on="subject")
    assert (confirmed["actor"] == confirmed["owner"]).all()


def test_confirmed_needs_were_matched_with_what_they_name(result: Result) -> None:
    matched = result.frame.of(kinds.ResourceMatched, kinds.PersonMatched).select("subject", "object").unique()
    confirmed = result.frame.of(kinds.NeedConfirmed).select("subject", "object")
    # A resource may have been revised between its match and the confirmation; people may not.
    versions = result.frame.of(kinds.ResourceRevised)["object"].implode()
    assert confirmed.join(matched, on=["subject", "object"], how="anti").filter(
        ~pl.col("object").is_in(versions)
    ).is_empty()  # fmt: skip


def test_nobody_acts_before_joining_or_after_leaving(result: Result) -> None:
    acts = result.frame.rows.filter(pl.col("actor") != COMPUTER_ID).group_by("actor").agg(
        pl.col("seq").min().alias("first"), pl.col("seq").max().alias("last")
    )  # fmt: skip
    joined = result.frame.of(kinds.Joined).select("actor", pl.col("seq").alias("joined"))
    left = result.frame.of(kinds.Left).select("actor", pl.col("seq").alias("gone"))
    story = acts.join(joined, on="actor", how="left").join(left, on="actor", how="left")
    assert (story["first"] == story["joined"]).all()
    assert story.filter(pl.col("last") > pl.col("gone")).is_empty()


def test_people_needs_resources_and_versions_share_one_id_space(result: Result) -> None:
    ids = pl.concat([
        result.people["id"], result.needs["id"], result.resources["id"],
        result.frame.of(kinds.ResourceCreated, kinds.ResourceRevised)["object"],
    ])  # fmt: skip
    assert ids.is_unique().all()
    assert ids.min() > COMPUTER_ID


def test_tables_agree_with_the_log(result: Result) -> None:
    assert result.needs.height == result.frame.of(kinds.NeedStated).height
    assert result.resources.height == result.frame.of(kinds.ResourceCreated).height
    assert result.people.height == result.frame.of(kinds.Joined).height
    for state, kind in (("confirmed", CLOSING[0]), ("unreachable", CLOSING[1]), ("withdrawn", CLOSING[2])):
        assert (result.needs["state"] == state).sum() == result.frame.of(kind).height


def test_series_agree_with_the_log(result: Result) -> None:
    start, week = result.scenario.start_us, result.scenario.resolution
    for column, kind in (
        ("encounters", kinds.EncounterHeld),
        ("needs_stated", kinds.NeedStated),
        ("needs_confirmed", kinds.NeedConfirmed),
    ):
        ticks = ((result.frame.of(kind)["time"] - start) // week).value_counts().sort("time")
        counted = dict(ticks.iter_rows())
        assert [counted.get(t + 1, 0) for t in range(result.series.height)] == result.series[column].to_list()


def test_recording_changes_nothing_in_the_run(small: Scenario, result: Result) -> None:
    silent = run(small, 11, record=False)
    assert len(silent.frame) == 0
    assert_frame_equal(silent.series, result.series)
    assert_frame_equal(silent.needs, result.needs)


def test_a_sample_keeps_whole_stories_and_clean_numbers(small: Scenario) -> None:
    part = run(small, 11, sampled=0.3)
    assert inspect(part.frame.rows).is_clean()
    whole = run(small, 11)
    share = part.frame.of(kinds.NeedStated).height / whole.frame.of(kinds.NeedStated).height
    assert 0.1 < share < 0.5
    assert part.frame.of(kinds.Joined).height == whole.frame.of(kinds.Joined).height


def test_sampling_an_empty_frame_gives_an_empty_frame() -> None:
    owners = pl.DataFrame({"id": [1], "owner": [1]})
    assert len(sample(EventFrame.empty(), owners, 0.5, 1)) == 0


@given(st.lists(st.integers(0, 5), max_size=10))
def test_seq_counts_without_gaps_whatever_the_batches(sizes: list[int]) -> None:
    recorder = Recorder(3)
    seqs = [seq for n in sizes for seq in recorder.write(kinds.Joined, n, actor=1).tolist()]
    assert seqs == list(range(sum(sizes)))
    assert len(recorder.frame(1)) == sum(sizes)
    assert Silent().write(kinds.Joined, 2, actor=1).tolist() == [-1, -1]


def test_a_column_given_as_an_array_and_places_is_looked_up_when_it_is_written() -> None:
    recorder, held = Recorder(1), np.array([5, 6, 7, 8])
    recorder.write(kinds.Joined, 2, actor=(held, (np.array([3, 0, 1]), np.array([0, 2]))), site=(held, held > 6))
    held[:] = 0
    rows = recorder.frame(1).rows
    assert rows["actor"].to_list() == [8, 6]
    assert rows["site"].to_list() == [7, 8]
