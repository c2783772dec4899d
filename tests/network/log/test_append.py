"""Appending to the log: order, holes, causes, and what is refused."""

from __future__ import annotations

import dataclasses
import math
import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, connections, transaction

from coproduce import clock
from coproduce.errors import InvalidInput
from coproduce.events import Event, kinds
from coproduce.network.database import DatabaseUrls
from coproduce.network.log import (
    append,
    append_once,
    caused_by,
    events_about,
    follow,
    head,
    previous,
    read_frame,
    reading,
)
from coproduce.network.log.writing import OutsideTransaction
from tests.network.log.conftest import NOW, US, stated


@pytest.mark.django_db
def test_an_event_is_read_back_as_it_was_written() -> None:
    with clock.frozen(NOW):
        (seq,) = append([stated(site=3, topic=1, value=2.5)])
    row = read_frame().rows.row(0)
    #       run, seq, time, recorded, kind, actor, subject, object, role, site, topic, value, cause
    assert row == (0, seq, US, US, 30, 1, 2, 1, 2, 3, 1, 2.5, -1)


@pytest.mark.django_db
def test_a_chain_of_causes_goes_in_one_call() -> None:
    append([stated()])
    seqs = append([stated(), kinds.ResourceMatched(time=US, subject=2, object=9, value=1.0, cause=previous(0))])
    assert read_frame().rows["cause"].to_list() == [-1, -1, seqs[0]]
    assert [row.seq for row in caused_by(seqs[:1])] == seqs


@pytest.mark.django_db
def test_an_absent_value_stays_absent_and_minus_zero_becomes_zero() -> None:
    append([stated(), stated(value=-0.0)])
    values = read_frame().rows["value"].to_list()
    assert math.isnan(values[0])
    assert math.copysign(1, values[1]) == 1


@pytest.mark.django_db
def test_nothing_to_append_is_nothing_appended() -> None:
    assert append([]) == []
    assert head()[0] == -1


def test_outside_a_transaction_nothing_is_appended(committed: DatabaseUrls) -> None:
    with pytest.raises(OutsideTransaction):
        append([stated()])
    assert head()[0] == -1


def test_a_rollback_leaves_no_hole(committed: DatabaseUrls) -> None:
    with transaction.atomic():
        append([stated()])
    with transaction.atomic():
        append([stated(), stated()])
        transaction.set_rollback(True)
    with transaction.atomic():
        assert append([stated()]) == [1]
    assert read_frame().rows["seq"].to_list() == [0, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns",
    [
        {"value": math.inf},
        {"value": -math.inf},
        {"value": None},
        {"value": "1"},
        {"value": True},
        {"actor": -2},
        {"subject": 2**63},
        {"subject": 1.5},
        {"subject": None},
        {"object": True},
        {"role": 42},
        {"site": 2**31},
        {"topic": -2},
        {"time": clock.to_us(datetime(1899, 12, 31, tzinfo=UTC))},
        {"time": clock.to_us(datetime(2200, 1, 1, tzinfo=UTC))},
        {"time": float(US)},
        {"cause": previous(0)},
        {"cause": previous(5)},
        {"cause": -(2**63)},
    ],
    ids=str,
)
def test_what_no_event_may_hold_is_refused_and_nothing_is_written(columns: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        append([dataclasses.replace(stated(), **columns)])
    assert head()[0] == -1


@pytest.mark.django_db
def test_a_cause_that_is_not_in_the_log_is_refused_by_the_database() -> None:
    with pytest.raises(InvalidInput, match="cause"), transaction.atomic():
        append([stated(cause=0)])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "event",
    [
        Event(time=US),
        type("Rumour", (Event,), {})(time=US),
        kinds.StockMeasured(time=US, topic=1, value=1.0),
        kinds.Left(time=US, actor=1, subject=2),
        kinds.Left(time=US, actor=1, value=2.0),
    ],
    ids=["no kind", "undeclared kind", "the model's own", "undeclared column", "undeclared value"],
)
def test_an_event_that_is_not_of_the_vocabulary_is_refused(event: Event) -> None:
    with pytest.raises(InvalidInput):
        append([event])


@pytest.mark.django_db
def test_refusals_name_no_id() -> None:
    with pytest.raises(InvalidInput) as refused:
        append([stated(subject=-987654)])
    assert "987654" not in str(refused.value)


def test_numbers_commit_in_order_so_a_follower_skips_none(committed: DatabaseUrls) -> None:
    """One transaction appends first and commits last; the second has to wait for it."""
    appended, may_commit, order = threading.Event(), threading.Event(), []

    def slow() -> None:
        with transaction.atomic():
            order.append(append([stated()])[0])
            appended.set()
            may_commit.wait(10)
        connections.close_all()

    def quick() -> None:
        with transaction.atomic():
            order.append(append([stated()])[0])
        connections.close_all()

    first, second = threading.Thread(target=slow), threading.Thread(target=quick)
    first.start()
    appended.wait(10)
    second.start()
    second.join(0.3)
    assert second.is_alive(), "the second transaction got its number before the first one committed"
    assert list(follow()) == []
    may_commit.set()
    first.join()
    second.join()
    assert order == [0, 1] == [row.seq for row in follow()]


def test_a_reader_beside_eight_writers_sees_every_event_once_and_in_order(committed: DatabaseUrls) -> None:
    done = threading.Event()

    def write() -> None:
        for number in range(15):
            with transaction.atomic():
                append([stated(), stated()])
                if number % 5 == 4:
                    transaction.set_rollback(True)
        connections.close_all()

    seen: list[int] = []

    def read() -> None:
        while not done.is_set():
            seen.extend(row.seq for row in follow(seen[-1] if seen else -1))
        seen.extend(row.seq for row in follow(seen[-1] if seen else -1))
        connections.close_all()

    reader, writers = threading.Thread(target=read), [threading.Thread(target=write) for _ in range(8)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert seen == list(range(8 * 12 * 2))


@pytest.mark.django_db
def test_who_follows_some_kinds_gets_all_of_those_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BATCH", 2)
    seqs = append([stated(), opened(), opened(), stated(), opened(version=10), opened(version=11), stated()])
    assert [row.seq for row in follow(-1, [kinds.ResourceOpened])] == [seqs[place] for place in (1, 2, 4, 5)]
    assert [row.seq for row in follow(seqs[3], [kinds.ResourceOpened])] == seqs[4:6]
    assert [row.seq for row in follow(-1, [kinds.ResourceOpened, kinds.NeedStated])] == seqs
    assert list(follow(-1, [])) == []


def opened(*, actor: int = 7, version: int = 9, time: int = US) -> Event:
    return kinds.ResourceOpened(time=time, actor=actor, object=version)


@pytest.mark.django_db
def test_the_same_deed_of_the_same_actor_is_written_once_within_its_time() -> None:
    assert append_once(opened(), since=NOW - timedelta(hours=1)) is not None
    assert append_once(opened(), since=NOW - timedelta(hours=1)) is None
    assert len(events_about([9])) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other", [opened(actor=8), opened(version=10), kinds.ResourceUsed(time=US, actor=7, object=9)], ids=repr
)
def test_another_deed_another_object_and_another_actor_are_written_beside_it(other: Event) -> None:
    append_once(opened(), since=NOW - timedelta(hours=1))
    assert append_once(other, since=NOW - timedelta(hours=1)) is not None


@pytest.mark.django_db
def test_the_same_deed_is_written_again_after_its_time() -> None:
    append_once(opened(), since=NOW - timedelta(hours=1))
    assert append_once(opened(time=US + 1), since=NOW) is not None


@pytest.mark.django_db
def test_the_events_about_a_thing_are_those_that_name_it() -> None:
    append([stated(), stated(subject=7, object=2), stated(subject=8, object=8)])
    assert [row.seq for row in events_about([2])] == [0, 1]
    assert events_about([-1]) == []


@pytest.mark.django_db
def test_a_frame_holds_the_part_that_was_asked_for() -> None:
    append([stated(), kinds.Left(time=US, actor=1), stated(), kinds.Left(time=US, actor=2)])
    assert read_frame(after=0, until=2).rows["seq"].to_list() == [1, 2]
    assert read_frame(kinds=[kinds.Left]).rows["seq"].to_list() == [1, 3]
    assert len(read_frame(kinds=[])) == 0


CHANGES = ("UPDATE log_event SET actor = 5", "DELETE FROM log_event", "TRUNCATE log_event")


def test_the_application_cannot_change_what_was_written(committed: DatabaseUrls) -> None:
    for statement in (
        *CHANGES,
        "INSERT INTO log_event SELECT * FROM log_event",
        "UPDATE log_head SET seq = 7",
        "DELETE FROM log_head",
        "SET coproduce.log_unlocked = 'on'; DELETE FROM log_event",
        "ALTER TABLE log_event DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION log_refuse() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    ):
        with psycopg.connect(committed.application) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute(statement)


def test_even_the_owner_must_say_that_the_log_is_unlocked(committed: DatabaseUrls) -> None:
    for statement in CHANGES:
        with psycopg.connect(committed.owner) as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute(statement)
        with psycopg.connect(committed.owner) as own:
            own.execute("SET coproduce.log_unlocked = 'on'")
            own.execute(statement)


@pytest.mark.django_db
def test_the_tables_own_constraints_hold_beside_the_checks_in_python() -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="log_event_value"):
        cursor.execute(
            "SELECT log_append(0, '{30}', '{0}', '{1}', '{1}', '{1}', '{1}', '{1}', '{1}', '{Infinity}', '{-1}')"
        )
