"""Change between windows: what was measured now less what was measured then, each as known when its window ended."""

import math

import pytest

from coproduce.errors import InvalidInput
from coproduce.events import kinds
from coproduce.measures import Request, measure_all
from coproduce.measures.change import changes
from coproduce.statistics.intervals import wilson
from tests.measures.story import at, log

STATED = [at(kinds.NeedStated, 1 + i / 10, i, 100 + i) for i in range(40)]
STATED += [at(kinds.NeedStated, 31 + i / 10, i, 200 + i) for i in range(40)]
MET = [at(kinds.NeedConfirmed, 10, i, 100 + i) for i in range(10)] + [
    at(kinds.NeedConfirmed, 40, i, 200 + i) for i in range(30)
]
FRAME = log(at(kinds.Joined, 0, 99), *STATED, *MET, at(kinds.Joined, 60, 98))


def changed(id, **request):  # noqa: A002 the name of the JSON field
    return {m.id: m for m in changes(FRAME, Request(window_days=30, only=(id,), **request))}[id]


def test_a_change_is_now_less_then_with_an_interval_from_both():
    found = changed("N1.confirmed")
    one, other = wilson(30, 40), wilson(10, 40)
    assert found.value == pytest.approx(0.5)
    assert found.low == pytest.approx(0.5 - math.hypot(0.75 - one.low, other.high - 0.25))
    assert found.high == pytest.approx(0.5 + math.hypot(one.high - 0.75, 0.25 - other.low))


def test_a_log_shorter_than_two_windows_has_no_change():
    found = changes(FRAME, Request(window_days=45, only=("N1.confirmed",)))[0]
    assert (found.value, found.low) == (None, None)
    assert "two windows" in found.note


def test_what_is_not_known_now_or_then_has_no_change_and_says_why():
    assert changed("O3").note == "no decision was made in this window"
    assert changed("O3").value is None


def test_every_measure_of_the_window_has_its_change():
    request = Request(window_days=30)
    assert [m.id for m in changes(FRAME, request)] == [m.id for m in measure_all(FRAME, request)]


def test_a_change_without_a_window_is_refused():
    with pytest.raises(InvalidInput, match="window"):
        changes(FRAME, Request())
