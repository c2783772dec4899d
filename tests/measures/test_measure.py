"""All measures at once: every declared id answered once, groups hidden when small, tolerant of odd logs."""

import json
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coproduce import measures
from coproduce.clock import DAY_US, from_us
from coproduce.errors import InvalidInput, NotComputable
from coproduce.events import KINDS, SCHEMA, EventFrame, kinds
from coproduce.measures import (
    CATALOGUE,
    Log,
    Request,
    Strata,
    chart_figure,
    levels_figure,
    measure_all,
    reference_page,
    timeline,
    timelines,
    winwin_figure,
)
from tests.measures.story import START, at, day, log, measured


def busy(n=60, days=400, seed=3):
    """A little network: people of four sites state needs, some answer, most are met, some stay silent."""
    draws = np.random.default_rng(seed)
    events = [at(kinds.Joined, 0, i, value=1 + i % 2, site=i % 4, role=1 + i % 2) for i in range(n)]
    for need, moment in enumerate(np.sort(draws.uniform(0, days - 20, 8 * n)), start=1_000):
        who, helper = draws.integers(0, n, 2)
        columns = {"site": int(who) % 4, "role": 1 + int(who) % 2}
        events.append(at(kinds.NeedStated, moment, int(who), need, value=7.0, **columns))
        events.append(at(kinds.Replied, moment + draws.exponential(2), int(helper), need, site=int(helper) % 4))
        end = kinds.NeedConfirmed if draws.random() < 0.7 else kinds.NeedExpired
        events.append(at(end, moment + draws.exponential(6), int(who), need, **columns))
    return log(*[e for e in events if e.time < day(days)], at(kinds.VoteCast, days, 0, 5, site=0))


@pytest.fixture(scope="module")
def frame():
    return busy()


def test_what_is_loaded_late_is_there_when_it_is_asked_for():
    assert all(getattr(measures, name) is not None for name in measures.__all__)
    with pytest.raises(AttributeError, match="nobody_knows"):
        _ = measures.nobody_knows


def test_every_declared_measure_is_answered_exactly_once(frame):
    assert [m.id for m in measure_all(frame)] == list(CATALOGUE)


def test_a_measure_without_a_value_says_why(frame):
    for m in [*measure_all(frame), *measure_all(EventFrame.empty())]:
        assert m.value is not None or m.note, m.id


def test_values_are_finite_and_lie_inside_their_intervals(frame):
    for m in measure_all(frame, Request(null=5)):
        assert m.value is None or math.isfinite(m.value)
        if m.low is not None and m.high is not None:
            assert m.low <= m.value + 1e-9, m.id
            assert m.value <= m.high + 1e-9, m.id


#: A census has no interval, nor has what an instrument finds or not; S3.z is told beside the networks it comes from.
CENSUS = {"people", "sites", "ties", "topics", "communities", "resources", "concerns", "organisations", "flag"}
WITHOUT_INTERVAL = {"S3.z", "S3.stability", "S8.hubs", "H1.mean", "H2.draw", "H6.paths", "O5.money"}


def test_every_number_that_could_have_come_out_otherwise_has_an_interval(frame):
    bare = {
        m.id for m in measure_all(frame, Request(null=20))
        if m.value is not None and m.low is None and m.high is None and m.unit not in CENSUS
    }  # fmt: skip
    assert bare <= WITHOUT_INTERVAL


def test_every_answer_can_be_written_as_json(frame):
    text = json.dumps([m.as_json() for m in measure_all(frame, Request(by="site"))], allow_nan=False)
    first = json.loads(text)[0]
    assert list(first) == ["id", "value", "unit", "n", "low", "high", "missing", "by", "window", "note"]


def test_the_same_log_gives_the_same_numbers_in_whatever_order_its_rows_come(frame):
    shuffled = EventFrame.from_rows(frame.rows.sample(fraction=1, shuffle=True, seed=1))
    assert measure_all(shuffled) == measure_all(frame)


def test_a_repeated_row_changes_no_measure_but_the_quality_of_the_log(frame):
    twice = EventFrame.from_rows(pl.concat([frame.rows, frame.rows.head(50)]))
    ours = [m for m in measure_all(twice) if m.id != "L1"]
    assert ours == [m for m in measure_all(frame) if m.id != "L1"]


def test_what_lies_after_the_moment_asked_is_not_known_then(frame):
    early = measure_all(frame, at=from_us(day(100)))
    cut = EventFrame(frame.rows.filter(pl.col("time") <= day(100)), frame.resolution)
    same = [m for m in measure_all(cut, at=from_us(day(100))) if m.id != "L1"]
    assert [m for m in early if m.id != "L1"] == same


def test_an_event_dated_into_the_future_does_not_stretch_the_log(frame):
    wrong = frame.rows.tail(1).with_columns(
        pl.col("seq") + 1,
        pl.lit(day(40_000)).alias("time"),
        pl.lit(kinds.ResourceOpened.meaning.code, pl.UInt8).alias("kind"),
    )
    odd = EventFrame.from_rows(pl.concat([frame.rows, wrong]))
    ours = {m.id: m.value for m in measure_all(odd) if m.id != "L1"}
    assert ours == {m.id: m.value for m in measure_all(frame) if m.id != "L1"}


def test_families_and_single_ids_can_be_chosen(frame):
    assert {m.id.partition(".")[0] for m in measure_all(frame, Request(only=("N2", "S1.size")))} == {"N2", "S1"}
    for name in ("N3", "S1", "N2.F7d"):
        assert [m.id for m in measure_all(frame, Request(only=(name,)))] == [name]
    assert len(measure_all(frame, Request(only=("S1.*",)))) == 5


@pytest.mark.parametrize("request_", [Request(only=("N",)), Request(window_days=0), Request(window_days=float("nan"))])
def test_what_cannot_be_asked_is_refused(frame, request_):
    with pytest.raises(InvalidInput):
        measure_all(frame, request_)


def test_strata_must_be_given_to_group_by_them(frame):
    with pytest.raises(InvalidInput, match="without strata"):
        measure_all(frame, Request(by="stratum"))


def test_groups_add_up_to_the_whole(frame):
    found = measured(frame, by="site")
    assert sum(found[f"N1.needs site={i}"].value for i in range(4)) == found["N1.needs"].value
    assert sum(found[f"S0 site={i}"].value for i in range(4)) == found["S0"].value


def test_roles_are_named(frame):
    assert {"N3 role=patient", "N3 role=family"} <= set(measured(frame, by="role", only=("N3",)))


def test_a_group_under_11_is_hidden_with_another_that_would_give_it_away():
    events = [at(kinds.NeedStated, 0, i, 100 + i, site=0 if i < 5 else 1 if i < 20 else 2) for i in range(60)]
    found = measured(log(*events), by="site", only=("N1.needs",))
    assert found["N1.needs"].value == 60
    assert [found[f"N1.needs site={i}"].value for i in range(3)] == [None, None, 40]
    assert found["N1.needs site=0"].n is None
    assert "hidden" in found["N1.needs site=0"].note


def test_strata_group_needs_by_whom_they_are_for_and_else_by_who_stated_them():
    rows = [(str(i), "", "", "far" if i < 20 else "near", "2" if i < 20 else "1") for i in range(40)]
    strata = Strata.from_table(pl.DataFrame(rows, schema=["actor", "from", "to", "stratum", "rank"], orient="row"))
    events = [at(kinds.NeedStated, 0, 30, 100 + i, object=i) for i in range(20)]
    events += [at(kinds.NeedStated, 0, i, 200 + i) for i in range(20, 40)]
    found = measured(log(*events), strata=strata, by="stratum", only=("N1.needs",))
    assert [key for key in found if " " in key] == ["N1.needs stratum=near", "N1.needs stratum=far"]
    assert found["N1.needs stratum=far"].value == 20


def test_a_timeline_has_whole_months_only_and_follows_their_needs_to_the_end(frame):
    points = timeline(frame, "N2.F7d")
    assert [p.window[0] for p in points[:2]] == ["2026-01-01", "2026-02-01"]
    assert points[-1].window == ("2027-01-01", "2027-01-31")
    assert all(p.value is not None for p in points)


@pytest.mark.parametrize(("period", "least"), [("day", 395), ("week", 55), ("quarter", 4)])
def test_other_periods_can_be_asked_for(frame, period, least):
    assert len(timeline(frame, "N1.needs", period)) >= least


def test_several_timelines_at_once_are_those_one_by_one(frame):
    together = timelines(frame, ("N2.F7d", "S0", "N1.needs"))
    assert together == {name: timeline(frame, name) for name in ("N2.F7d", "S0", "N1.needs")}


def test_the_months_of_a_timeline_add_up_to_the_needs_of_their_time(frame):
    points = timeline(frame, "N1.needs")
    inside = frame.of(kinds.NeedStated).filter(pl.col("time") < START + 396 * DAY_US).height
    assert sum(p.value for p in points) == inside


def test_figures_carry_the_message_of_their_measure(frame):
    read_once = Log.of(frame)
    assert "Half of all needs are met within" in winwin_figure(read_once).title
    assert "silent" in winwin_figure(read_once).summary
    assert levels_figure(read_once).title.endswith("of people give something to others")
    assert chart_figure(read_once, "N2.F7d").title.startswith("Needs met within 7 days")


def test_a_log_without_needs_has_no_curve_and_a_short_one_no_chart():
    with pytest.raises(NotComputable):
        winwin_figure(EventFrame.empty())
    with pytest.raises(NotComputable, match="10 periods"):
        chart_figure(busy(20, 100), "N2.F7d")


def test_what_the_pictures_say_can_be_said_in_another_language(frame):
    assert levels_figure(frame, say=lambda text: text.replace("people", "Menschen")).title.count("Menschen") == 1


def test_the_reference_page_is_what_the_catalogue_says():
    page = Path(__file__).parents[2] / "docs" / "reference" / "measures.md"
    assert page.read_text() == reference_page()


def test_every_declared_measure_has_formula_unit_and_source():
    for one in CATALOGUE.values():
        assert one.name
        assert one.formula
        assert one.unit
        assert one.source


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter"])
def test_a_wrong_clock_ten_thousand_years_away_makes_no_endless_timeline(period):
    ends = [-62_135_596_800_000_000, 253_402_300_799_999_999]
    rows = log(at(kinds.Joined, 0, 1), at(kinds.Joined, 1, 2)).rows.with_columns(time=pl.Series(ends))
    frame = EventFrame.from_rows(rows.with_columns(recorded="time"))
    assert len(timeline(frame, "S0.sites", period)) <= 1_000
    assert measured(frame, only=("E2.climb",))["E2.climb"].n == 39  # 40 steps have 39 pairs


IDS = st.one_of(st.integers(-1, 6), st.sampled_from([2**62, -(2**62), 2**63 - 1, -(2**63)]))
ROW = st.fixed_dictionaries(
    {
        "run": st.integers(0, 1),
        "seq": st.integers(0, 40),
        "time": st.one_of(st.integers(START, START + 100 * DAY_US), IDS),
        "recorded": st.one_of(st.integers(START, START + 100 * DAY_US), IDS),
        "kind": st.one_of(st.sampled_from(sorted(KINDS)), st.integers(0, 255)),
        "actor": IDS,
        "subject": IDS,
        "object": IDS,
        "role": st.integers(0, 255),
        "site": st.integers(-(2**31), 2**31 - 1),
        "topic": st.integers(-1, 40),
        "value": st.floats(),
        "cause": IDS,
    }
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(ROW, max_size=40), by=st.sampled_from([None, "site", "role"]))
def test_any_rows_of_the_right_types_are_measured_without_failing(rows, by):
    hostile = EventFrame.from_rows(pl.DataFrame(rows, schema=dict(SCHEMA)))
    found = measure_all(hostile, Request(by=by, null=1))
    assert [m.id for m in found if m.by is None] == list(CATALOGUE)
    json.dumps([m.as_json() for m in found], allow_nan=False)
