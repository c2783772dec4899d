"""The worker's duties: one that fails leaves the others alone, each comes round when it is due, none is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError

from coproduce import clock
from coproduce.errors import Unavailable
from coproduce.network import worker
from coproduce.network.worker import Duty

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def failing(problem: Exception) -> Callable[[datetime], int]:
    def fail(_at: datetime) -> int:
        raise problem

    return fail


class Clock:
    """A clock and a stop sign: waiting moves the clock on, and at the end the worker is told to stop."""

    def __init__(self, ends: float) -> None:
        self.now, self.ends = 100.0, 100.0 + ends

    def is_set(self) -> bool:
        return self.now >= self.ends

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return self.is_set()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Duty], float], None]:
    """Runs duties for so many seconds of a clock that nobody waits for."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)

    def until(duties: list[Duty], seconds: float) -> None:
        fake = Clock(seconds)
        monkeypatch.setattr(clock, "monotonic", lambda: fake.now)
        worker.run(fake, duties)  # type: ignore[arg-type]  # stands in for threading.Event

    return until


@pytest.mark.parametrize(
    "problem", [Unavailable("The index is gone."), OperationalError("gone"), KeyError("a fault")], ids=repr
)
def test_a_failing_duty_leaves_the_others(problem: Exception) -> None:
    done = worker.run_once([Duty("first", 1, failing(problem)), Duty("second", 1, lambda _at: 3)], NOON)
    assert done == {"first": 0, "second": 3}


@pytest.mark.parametrize("problem", [OperationalError("Key (words)=(my belly)"), KeyError("my belly")], ids=repr)
def test_what_failed_is_written_down_without_anybodys_words(
    problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    worker.run_once([Duty("mail", 1, failing(problem))], NOON)
    assert "'mail'" in caplog.text
    assert type(problem).__name__ in caplog.text
    assert "belly" not in caplog.text


def test_a_failing_duty_is_tried_again_when_it_is_due(run: Callable[[list[Duty], float], None]) -> None:
    tries: list[datetime] = []

    def fail_at_first(at: datetime) -> int:
        tries.append(at)
        if len(tries) == 1:
            raise OperationalError
        return 1

    run([Duty("mail", 5, fail_at_first)], 9)
    assert len(tries) == 2


def test_each_duty_comes_round_at_its_own_pace(run: Callable[[list[Duty], float], None]) -> None:
    done: list[str] = []

    def note(name: str) -> Callable[[datetime], int]:
        return lambda _at: done.append(name) or 1  # type: ignore[func-returns-value]  # append gives None

    run([Duty("often", 2, note("often")), Duty("seldom", 60, note("seldom"))], 9)
    assert (done.count("often"), done.count("seldom")) == (5, 1)


def test_mail_and_matching_do_not_wait_for_a_count_that_takes_long() -> None:
    stop, mailed, counting = threading.Event(), threading.Semaphore(0), threading.Event()
    done: list[str] = []

    def count(_at: datetime) -> int:
        counting.set()
        done.append("mail twice" if mailed.acquire(timeout=30) and mailed.acquire(timeout=30) else "nothing")
        stop.set()
        return 1

    def mail(_at: datetime) -> int:
        assert counting.wait(timeout=30)
        mailed.release()
        return 1

    worker.run(stop, [Duty("measures", 60, count, is_long=True), Duty("mail", 0.01, mail)])
    assert done == ["mail twice"]


def test_of_the_real_duties_only_counting_is_left_to_the_side() -> None:
    assert {duty.name for duty in worker.duties() if duty.is_long} == {"measures"}


def test_a_worker_that_was_told_to_stop_does_nothing_more() -> None:
    stop = threading.Event()
    stop.set()
    worker.run(stop, [Duty("mail", 1, failing(AssertionError()))])


@pytest.mark.django_db
def test_in_an_empty_network_every_duty_runs_and_none_fails(caplog: pytest.LogCaptureFixture) -> None:
    duties = worker.duties()
    done = worker.run_once(duties, NOON)
    assert len(done) == len(duties), "two duties of one name"
    assert {name for name, n in done.items() if n} <= {"sign of life", "signed head of the log", "measures"}
    assert "failed" not in caplog.text


def test_the_sign_of_life_is_the_time_of_the_last_round(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = replace(settings.COPRODUCE, data=tmp_path / "data")
    monkeypatch.setattr(settings, "COPRODUCE", ours)
    assert worker.last_beat(ours) is None
    worker.beat(NOON)
    assert worker.last_beat(ours) == NOON
