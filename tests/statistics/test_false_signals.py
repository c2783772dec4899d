"""How often an XmR chart cries wolf, against what is known of its rules."""

from __future__ import annotations

import pytest

from coproduce.errors import InvalidInput
from coproduce.statistics.control import Convention
from coproduce.statistics.false_signals import false_signals


def test_a_chart_of_two_points_never_signals() -> None:
    assert false_signals(2).share_of_charts == 0


def test_a_longer_chart_signals_more_often() -> None:
    shares = [false_signals(n).share_of_charts for n in (8, 24, 60)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_limits_alone_flag_about_one_point_in_a_hundred_of_a_long_chart() -> None:
    # Limits of 2.66 mean ranges are 3 sigma; estimated from the same points they flag 0.3 to 1 %, the rule of two in
    # three near a limit about as much again; a run of 1,000 never comes.
    found = false_signals(100, Convention(screen=False, run=1_000))
    assert 0.003 < found.points / 100 < 0.02


def test_the_same_question_has_the_same_answer() -> None:
    first = false_signals(17)
    false_signals.cache_clear()
    assert false_signals(17) == first


def test_one_point_is_no_chart() -> None:
    with pytest.raises(InvalidInput):
        false_signals(1)
