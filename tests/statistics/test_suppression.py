"""Small cells are hidden, and no hidden cell can be had back from the total and the others."""

from hypothesis import given
from hypothesis import strategies as st

from coproduce.statistics.suppression import SMALLEST_SHOWN, hidden_groups

SIZES = st.dictionaries(st.integers(0, 30), st.integers(0, 60), max_size=12)


@given(SIZES)
def test_no_small_group_is_shown(sizes):
    shown = set(sizes) - hidden_groups(sizes)
    assert all(sizes[g] == 0 or sizes[g] >= SMALLEST_SHOWN for g in shown)


@given(SIZES)
def test_what_the_total_less_the_shown_gives_away_is_no_small_group(sizes):
    hidden = hidden_groups(sizes)
    others = [g for g in sizes if sizes[g] > 0]
    if hidden and len(others) > len(hidden):
        assert len(hidden) >= 2
        assert sum(sizes[g] for g in hidden) >= SMALLEST_SHOWN


def test_nothing_is_hidden_where_all_groups_are_large():
    assert hidden_groups({"a": 11, "b": 200}) == set()


def test_two_small_groups_that_together_are_small_take_a_third_with_them():
    assert hidden_groups({"a": 2, "b": 3, "c": 30, "d": 90}) == {"a", "b", "c"}
