"""N1 to N4: what became of needs and how long it took."""

import pytest
from lifelines import AalenJohansenFitter

from coproduce.clock import DAY_US
from coproduce.events import Resolution, kinds
from tests.measures.story import at, log, measured, value


def needs(*ends, deadline=float("nan"), resolution=Resolution.MICROSECOND):
    """Needs of persons 1, 2, ... stated on day 0; `ends` are (kind, day) or None; the log ends on day 40."""
    events = [at(kinds.NeedStated, 0, i, 100 + i, value=deadline) for i in range(1, len(ends) + 1)]
    events += [at(end[0], end[1], i, 100 + i) for i, end in enumerate(ends, start=1) if end]
    return log(*events, at(kinds.Joined, 40, 1), resolution=resolution)


MET = kinds.NeedConfirmed


def test_f_is_the_share_confirmed_by_then_when_nobody_is_censored_before():
    frame = needs((MET, 0.02), (MET, 0.9), (MET, 5), (MET, 20), (kinds.NeedWithdrawn, 1), None)
    found = [value(frame, f"N2.{key}") for key in ("F1h", "F24h", "F7d", "F30d")]
    assert found == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6])


def test_a_withdrawn_need_is_a_competing_exit_not_a_censored_one():
    frame = needs((MET, 10), (kinds.NeedWithdrawn, 1), (kinds.NeedWithdrawn, 2), (MET, 12))
    assert value(frame, "N2.F30d") == pytest.approx(0.5)
    assert value(frame, "N2.F30d.withdrawn") == pytest.approx(0.5)


def test_the_exits_and_the_met_add_up_to_the_incidence_of_lifelines():
    ends = [(MET, 3), (kinds.NeedExpired, 8), (kinds.NeedUnreachable, 2.5), (MET, 9), (kinds.NeedRedirected, 4), None]
    codes = [1, 4, 5, 1, 3, 0]
    waits = [end[1] if end else 40 for end in ends]
    frame = needs(*ends)
    ids = {1: "N2.F7d", 5: "N2.F30d.unreachable", 4: "N2.F30d.expired", 3: "N2.F30d.redirected"}
    for cause, id_ in ids.items():
        theirs = AalenJohansenFitter(calculate_variance=False).fit(waits, codes, event_of_interest=cause)
        horizon = 7 if id_ == "N2.F7d" else 30
        assert value(frame, id_) == pytest.approx(float(theirs.predict(horizon)))


def test_the_median_waits_for_half_of_all_needs_not_of_those_met():
    assert value(needs((MET, 1), (MET, 3), None, None), "N2.median") == 3
    found = measured(needs((MET, 1), None, None, None))["N2.median"]
    assert found.value is None
    assert "fewer than half" in found.note


def test_a_need_met_after_the_end_of_the_log_is_not_known_yet():
    frame = log(at(kinds.NeedStated, 0, 1, 100), at(kinds.Joined, 2, 1))
    found = measured(frame, only=("N2.F7d",))["N2.F7d"]
    assert (found.value, found.n) == (None, 1)
    assert "nobody was followed for 7 days" in found.note


def test_silent_needs_give_bounds_all_met_and_none_met():
    events = [at(kinds.NeedStated, 0, i, 100 + i) for i in range(1, 5)]
    events += [at(MET, 1, 1, 101), at(kinds.ResourceMatched, 2, 9, 102, object=5, role=100)]
    events += [at(kinds.NeedFollowedUp, 4, 9, 103, role=100), at(kinds.NeedExpired, 20, 9, 102, role=100)]
    found = measured(log(*events, at(kinds.Joined, 40, 1)))
    assert found["N2.F7d"].value == pytest.approx(1 / 4)
    assert found["N2.F7d.none_met"].value == pytest.approx(1 / 4)
    assert found["N2.F7d.all_met"].value == pytest.approx(3 / 4)
    assert "2 silent" in found["N2.F7d.all_met"].note


def test_a_word_of_the_person_after_the_follow_up_ends_the_silence():
    events = [at(kinds.NeedStated, 0, 1, 101), at(kinds.NeedFollowedUp, 4, 9, 101, role=100)]
    frame = log(*events, at(kinds.OutcomeReported, 5, 1, 101, value=0.5), at(kinds.Joined, 40, 1))
    assert value(frame, "N2.F30d.all_met") == 0


def test_bounds_hold_the_estimate_and_meet_it_where_nobody_is_silent():
    frame = needs((MET, 3), (MET, 9), (kinds.NeedWithdrawn, 2), None)
    found = [value(frame, f"N2.F7d{suffix}") for suffix in (".none_met", "", ".all_met")]
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("resolution", "known"),
    [(Resolution.WEEK, ["F7d", "F30d"]), (Resolution.DAY, ["F24h", "F7d", "F30d"]), (Resolution.MONTH, ["F30d"])],
)
def test_a_log_answers_no_horizon_finer_than_its_resolution(resolution, known):
    found = measured(needs((MET, 7), None, resolution=resolution))
    answered = [key for key in ("F1h", "F24h", "F7d", "F30d") if found[f"N2.{key}"].value is not None]
    assert answered == known
    assert "not computable" in found["N2.F1h"].note


def test_confirmations_by_somebody_else_are_counted_as_missing():
    frame = log(at(kinds.NeedStated, 0, 1, 101), at(MET, 1, 2, 101), at(kinds.Joined, 40, 1))
    found = measured(frame)["N2.F30d"]
    assert (found.value, found.missing) == (0, 1)
    assert "somebody else" in found.note


def test_in_time_counts_needs_whose_own_deadline_has_passed():
    frame = needs((MET, 3), (MET, 9), (kinds.NeedWithdrawn, 1), None, deadline=7.0)
    found = measured(frame)["N3"]
    assert (found.value, found.n) == (0.25, 4)


def test_in_time_leaves_out_deadlines_still_to_come_and_says_how_many_gave_none():
    events = [at(kinds.NeedStated, 0, 1, 101, value=90.0), at(kinds.NeedStated, 0, 2, 102), at(MET, 1, 1, 101)]
    found = measured(log(*events, at(kinds.Joined, 40, 1)))["N3"]
    assert (found.value, found.missing) == (None, 1)
    assert "no deadline has passed yet" in found.note


@pytest.mark.parametrize("bad", [-1.0, float("inf"), float("-inf")])
def test_a_deadline_that_cannot_be_is_missing(bad):
    assert measured(needs((MET, 1), deadline=bad))["N3"].missing == 1


def test_a_deadline_finer_than_the_log_is_not_judged():
    found = measured(needs((MET, 0), deadline=2.0, resolution=Resolution.WEEK))["N3"]
    assert (found.value, found.missing) == (None, 1)


def test_reuse_is_being_met_by_what_was_there_before_the_need():
    made = [at(kinds.ResourceCreated, 1, 9, 50, object=51), at(kinds.ResourceCreated, 12, 9, 60, object=61)]
    stated = [at(kinds.NeedStated, 10, i, 100 + i) for i in (1, 2, 3, 4, 5)]
    met = [at(MET, 20, i, 100 + i, object=o) for i, o in ((1, 51), (2, 61), (3, 9), (4, 777), (5, -1))]
    found = measured(log(*made, *stated, *met))["N4"]
    assert (found.value, found.n, found.missing) == (0.5, 4, 1)


def test_states_are_shares_of_episodes():
    frame = needs((MET, 1), (MET, 2), (kinds.NeedExpired, 3), None)
    found = measured(frame, only=("N1",))
    names = ("needs", "confirmed", "expired", "open", "reopened")
    assert [found[f"N1.{name}"].value for name in names] == [4, 0.5, 0.25, 0.25, 0]
    assert found["N1.consistent"].value == 1


def test_a_window_takes_the_needs_stated_in_it():
    events = [at(kinds.NeedStated, 0, 1, 101), at(kinds.NeedStated, 35, 2, 102), at(kinds.Joined, 40, 1)]
    found = measured(log(*events), only=("N1.needs",), window_days=10)["N1.needs"]
    assert (found.value, found.window) == (1, ("2026-01-31", "2026-02-10"))


def test_a_shift_of_all_times_changes_no_measure_but_its_window():
    import polars as pl

    from coproduce.events import EventFrame

    frame = needs((MET, 3), (kinds.NeedExpired, 8), None)
    shift = 123 * DAY_US
    moved = EventFrame(frame.rows.with_columns(pl.col("time") + shift, pl.col("recorded") + shift))
    ours, theirs = measured(frame), measured(moved)
    assert [m.value for m in ours.values()] == pytest.approx([m.value for m in theirs.values()], nan_ok=True)
