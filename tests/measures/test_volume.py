"""E3 to E6 and E8: shares of volume, concentration, stickiness, retention and quiet help, on logs counted by hand."""

import math

import pytest

from coproduce.events import Resolution, kinds
from coproduce.statistics.hazard import cox_slope
from tests.measures.story import at, log, measured, value

END = at(kinds.VoteCast, 800, 999, 5)


def givers(*amounts):
    """People 1, 2, ... who each reply so many times, and one who only votes."""
    return log(*(at(kinds.Replied, day, who, 100) for who, n in enumerate(amounts, start=1) for day in range(n)), END)


def test_the_first_hundredth_the_next_tenth_and_the_rest_share_what_was_given():
    found = measured(givers(10, 5, 3, 1, 1), only=("E3",))
    assert [found[f"E3.{key}"].value for key in ("top", "next", "rest")] == [0.5, 0.25, 0.25]
    assert [found[f"E3{who}.top"].n for who in ("", ".all")] == [5, 6]


def test_concentration_is_that_of_those_who_gave():
    found = measured(givers(1, 1, 1, 5), only=("E4",))
    assert found["E4.gini"].value == pytest.approx((2 * (1 * 1 + 2 + 3 + 4 * 5) / (4 * 8)) - 5 / 4)
    assert (found["E4.half"].value, found["E4.half_share"].value) == (1, 0.25)
    assert found["E4.gini"].low <= found["E4.gini"].value <= found["E4.gini"].high


def test_nobody_who_gave_is_told_and_not_divided_by():
    found = measured(log(at(kinds.Joined, 0, 1)), only=("E3", "E4"))
    assert {m.value for m in found.values()} == {None}
    assert {m.note for m in found.values()} == {"nobody contributed in this window"}


def test_stickiness_is_active_days_over_people_of_28_days():
    events = [at(kinds.VoteCast, 30 + day, 1, 5) for day in range(14)] + [at(kinds.VoteCast, 57, 2, 5)]
    assert value(log(at(kinds.Joined, 0, 3), *events), "E5") == pytest.approx(15 / 28 / 2)


def test_a_weekly_log_has_no_stickiness():
    frame = log(at(kinds.VoteCast, 0, 1, 5), at(kinds.VoteCast, 60, 1, 5), resolution=Resolution.WEEK)
    assert "does not tell days apart" in measured(frame, only=("E5",))["E5"].note


def test_newcomers_who_come_back_in_their_third_month_are_retained_then():
    events = [at(kinds.Joined, 0, who) for who in (1, 2, 3, 4)] + [at(kinds.VoteCast, 95, 1, 5)]
    found = measured(log(*events, END), only=("E6",))
    assert (found["E6.r3"].value, found["E6.r3"].n) == (0.25, 4)
    assert found["E6.r1"].value == 0


def test_one_has_left_at_the_first_long_silence_and_the_length_is_varied():
    acts = [at(kinds.VoteCast, day, 1, 5) for day in (0, 100, 200, 300, 400, 500, 600, 700, 799)]
    found = measured(log(at(kinds.Joined, 0, 2), *acts, at(kinds.VoteCast, 800, 1, 5)), only=("E6",))
    assert found["E6.left.gap180"].value == pytest.approx(0.5)
    assert found["E6.left.gap90"].value == pytest.approx(1.0)


def test_those_who_waited_longer_leave_sooner_by_the_ratio_of_the_hazards():
    """People wait 1, 2, 4 ... hours for a reply and are last seen so many days after; a silence of 180 days follows."""
    waits = [2.0 ** (i % 6) for i in range(48)]
    stays = [10 + i * 37 % 50 + (5 - i % 6) * 4 for i in range(48)]
    events = []
    for i, (hours, days) in enumerate(zip(waits, stays, strict=True)):
        events += [
            at(kinds.NeedStated, 0, i, 1_000 + i), at(kinds.Replied, hours / 24, 900, 1_000 + i),
            at(kinds.VoteCast, hours / 24 + days, i, 5),
        ]  # fmt: skip
    found = measured(log(*events, END), only=("E6",))["E6.response"]
    slope = cox_slope(stays, [True] * 48, [math.log2(1 + hours) for hours in waits])
    assert found.value == pytest.approx(math.exp(slope.value), rel=1e-6)
    assert found.low == pytest.approx(math.exp(slope.value - 1.959964 * slope.error), rel=1e-6)
    assert (found.n, found.value > 1) == (48, True)


def test_where_nobody_waited_or_nobody_left_no_ratio_is_told():
    asked = [at(kinds.NeedStated, 0, i, 1_000 + i) for i in range(5)]
    assert measured(log(*asked, END), only=("E6",))["E6.response"].value is None
    alike = [at(kinds.Replied, 1, 900, 1_000 + i) for i in range(5)]
    assert "waited alike" in measured(log(*asked, *alike, END), only=("E6",))["E6.response"].note


def test_help_that_left_no_trace_is_quiet():
    stated = [at(kinds.NeedStated, 0, 1, 100), at(kinds.NeedStated, 0, 1, 101), at(kinds.Joined, 0, 2)]
    met = [at(kinds.NeedConfirmed, 5, 1, 100, object=2), at(kinds.NeedConfirmed, 5, 1, 101, object=2)]
    found = measured(log(*stated, at(kinds.Replied, 1, 2, 100), *met), only=("E8",))["E8"]
    assert (found.value, found.n) == (0.5, 2)
