"""E1, E2 and E7: levels, climbing, and the welcome of newcomers."""

import pytest

from coproduce.events import Resolution, Role, kinds
from tests.measures.story import at, log, measured, value

END = at(kinds.VoteCast, 400, 999, 5)


def levels(*events):
    found = measured(log(*events), only=("E1",))
    return [int(found[f"E1.{level}"].value) for level in range(5)]


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (at(kinds.Joined, 1, 1), 1),
        (at(kinds.ResourceOpened, 1, 1, object=50), 1),
        (at(kinds.NeedStated, 1, 1, 100), 2),
        (at(kinds.ResourceUsed, 1, 1, 100, object=50), 2),
        (at(kinds.Replied, 1, 1, 100), 3),
        (at(kinds.ResourceCreated, 1, 1, 40, object=50), 3),
        (at(kinds.EncounterHeld, 1, 1, 2), 0),
    ],
)
def test_an_act_shows_its_level(event, level):
    assert levels(event)[level] == 1


def test_the_highest_act_in_the_window_counts():
    assert levels(at(kinds.Joined, 0, 1), at(kinds.NeedStated, 1, 1, 100), at(kinds.Replied, 2, 1, 101)) == [
        0,
        0,
        0,
        1,
        0,
    ]


def test_one_who_did_nothing_in_the_window_is_still_counted():
    found = measured(log(at(kinds.Joined, 0, 1), at(kinds.VoteCast, 100, 2, 5)), only=("E1",), window_days=28)
    assert [found[f"E1.{i}"].value for i in range(3)] == [1, 0, 1]


def test_an_owner_is_one_who_acts_on_what_they_own_while_they_own_it():
    owned = at(kinds.OwnerAssigned, 1, 9, 40, object=1)
    other = at(kinds.ResourceCreated, 0, 2, 40, object=50)
    assert levels(other, owned, at(kinds.ReviewDateSet, 2, 1, 40))[4] == 1
    assert levels(other, owned, at(kinds.ResourceOpened, 2, 1, object=50))[4] == 1
    assert levels(other, owned, at(kinds.ReviewDateSet, 2, 1, 41))[4] == 0
    assert levels(other, owned, at(kinds.OwnerAssigned, 2, 9, 40, object=3), at(kinds.ReviewDateSet, 3, 1, 40))[4] == 0
    assert levels(other, owned, at(kinds.ResourceRetired, 2, 9, 40), at(kinds.ReviewDateSet, 3, 1, 40))[4] == 0


def test_a_confirmed_help_makes_the_helper_a_contributor_not_the_computer():
    stated = [at(kinds.NeedStated, 0, 1, 100), at(kinds.Joined, 0, 2), at(kinds.NeedConfirmed, 3, 1, 100, object=2)]
    assert levels(*stated) == [0, 0, 1, 1, 0]
    assert levels(at(kinds.ResourceCreated, 0, 7, 40, object=50, role=Role.COMPUTER), *stated) == [0, 0, 1, 1, 0]


def test_one_who_left_before_the_window_is_no_longer_counted():
    found = measured(log(at(kinds.Joined, 0, 1), at(kinds.Left, 5, 1), END), only=("E1",), window_days=28)
    assert sum(m.value for m in found.values()) == 1


def test_shares_of_levels_add_up_to_one():
    frame = log(*(at(kinds.Joined, 0, i) for i in range(9)), at(kinds.Replied, 1, 3, 100), END)
    assert sum(value(frame, f"E2.share.{i}") for i in range(5)) == pytest.approx(1)


def test_transitions_count_steps_of_90_days_that_end_with_the_window():
    # The log ends just after day 180: steps are days 0 to 90 and 90 to 180. Persons 1 to 4 vote in the first.
    events = [at(kinds.VoteCast, 10, i, 5) for i in (1, 2, 3, 4)]
    events += [
        at(kinds.Replied, 100, 1, 100),
        at(kinds.VoteCast, 180, 2, 5),
        at(kinds.ResourceOpened, 120, 3, object=9),
    ]
    found = measured(log(at(kinds.Joined, -0.001, 9), *events), only=("E2",))
    row = [found[f"E2.P.2.{j}"].value for j in range(5)]
    assert row == [0.25, 0.25, 0.25, 0.25, 0]
    assert found["E2.climb"].value == pytest.approx(1 / 5)


def test_a_log_of_less_than_two_steps_has_no_transitions():
    found = measured(log(at(kinds.VoteCast, 0, 1, 5), at(kinds.VoteCast, 100, 1, 5)), only=("E2.climb",))["E2.climb"]
    assert found.value is None
    assert "two whole steps" in found.note


def test_time_to_first_contribution_waits_for_those_who_have_not_given_yet():
    joined = [at(kinds.Joined, 0, i) for i in (1, 2, 3, 4)]
    gave = [at(kinds.Replied, 10, 1, 100), at(kinds.Replied, 30, 2, 100)]
    found = measured(log(*joined, *gave, at(kinds.Left, 20, 3), END), only=("E2.first",))
    # At day 10 one of 4; person 3 is censored at day 20; at day 30 one of the 2 left: 1 - 3/4 x 1/2.
    assert found["E2.first.F90d"].value == pytest.approx(1 - 0.75 * 0.5)
    assert found["E2.first.median"].value == 30


def test_newcomers_wait_for_another_person_not_for_a_computer():
    events = [at(kinds.NeedStated, 0, 1, 100), at(kinds.NeedStated, 0, 2, 101)]
    events += [at(kinds.Replied, 0.5, 3, 100), at(kinds.Replied, 0.1, 8, 101, role=Role.COMPUTER)]
    found = measured(log(*events, at(kinds.Replied, 3, 3, 101), END), only=("E7",))
    assert (found["E7.F24h"].value, found["E7.F24h"].n) == (0.5, 2)
    assert found["E7.median"].value == 0.5


def test_only_a_persons_first_need_is_a_newcomers():
    events = [at(kinds.NeedStated, 0, 1, 100), at(kinds.NeedStated, 50, 1, 101), at(kinds.Replied, 50.1, 3, 101)]
    found = measured(log(*events, END), only=("E7",))
    assert (found["E7.F24h"].value, found["E7.F24h"].n) == (0, 1)
    assert found["E7.asked_again"].value == 1


def test_a_weekly_log_does_not_say_how_many_were_answered_within_a_day():
    frame = log(at(kinds.NeedStated, 0, 1, 100), at(kinds.Replied, 7, 2, 100), resolution=Resolution.WEEK)
    found = measured(frame, only=("E7",))
    assert found["E7.F24h"].value is None
    assert found["E7.median"].value == 7
