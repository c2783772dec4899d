"""What is counted once for a state of the log: the same numbers as the command, kept until the log has grown."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner

from coproduce import clock
from coproduce.events import codec, kinds
from coproduce.measures import CATALOGUE
from coproduce.network.log import append, head, read_frame
from coproduce.network.observatory import projection, snapshots
from coproduce.network.observatory.hiding import WHY
from coproduce.network.observatory.models import Drawing, Number, Picture, Snapshot
from coproduce.network.observatory.projection import refresh
from coproduce.network.observatory.snapshots import current
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told
from tests.network.observatory.conftest import FIRST_PERSON, START


def wholes() -> dict[str, dict[str, object]]:
    snapshot = current()
    return dict(Number.objects.filter(snapshot=snapshot).values_list("measure_id", "whole"))


def grow() -> None:
    with told(computer("example")):
        append([kinds.Joined(time=clock.to_us(START), actor=FIRST_PERSON + 99)])


def test_the_numbers_are_those_of_the_command_on_the_exported_log(counted: None, tmp_path: Path) -> None:
    from coproduce.cli import app

    codec.write(read_frame(), tmp_path / "events.parquet")
    told_by_command = CliRunner().invoke(app, ["measure", str(tmp_path / "events.parquet"), "--json"])
    expected = {m["id"]: m for m in json.loads(told_by_command.stdout)["measures"]}
    found = wholes()
    assert set(found) == set(CATALOGUE)
    differ = [name for name, m in found.items() if m != expected[name] and m["note"] != WHY]
    assert differ == []
    assert found["N2.F7d"]["value"] == pytest.approx(1 / 3, abs=0.01)


def test_the_groups_are_those_of_the_command_unless_hidden(counted: None) -> None:
    from coproduce.measures import Request, measure_all

    expected = {m.id: m.as_json() for m in measure_all(read_frame(), Request(by="site")) if m.by == {"site": _east()}}
    rows = Number.objects.filter(snapshot=current()).values_list("measure_id", "sites")
    found = {name: part for name, parts in rows for part in parts if part["by"] == {"site": _east()}}
    assert found["N1.needs"] == expected["N1.needs"]
    assert [name for name, part in found.items() if part["note"] != WHY and part != expected[name]] == []


def _east() -> int:
    from coproduce.network.people.models import Site

    return Site.objects.get(slug="east").pk


def test_a_state_of_the_log_is_counted_once(counted: None, django_assert_max_num_queries: object) -> None:
    first = current()
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        assert current().pk == first.pk


def test_it_is_counted_again_when_the_log_has_grown_and_not_sooner_than_it_may(db: None) -> None:
    first = current()
    later = first.made_at + timedelta(hours=1)
    assert refresh(later) == 0
    grow()
    assert refresh(first.made_at + timedelta(seconds=projection.LEAST_SECONDS - 1)) == 0
    assert refresh(later) == 1
    assert current().head_seq == head()[0] > first.head_seq


def test_a_slow_counting_waits_longer_before_the_next(db: None) -> None:
    first = current()
    Snapshot.objects.filter(pk=first.pk).update(took_ms=60_000)
    grow()
    assert refresh(first.made_at + timedelta(minutes=19)) == 0
    assert refresh(first.made_at + timedelta(minutes=21)) == 1


def test_the_projection_can_be_dropped_and_is_the_same_again(counted: None) -> None:
    before, pictures = wholes(), set(Picture.objects.values_list("name", "drawing_id"))
    Snapshot.objects.all().delete()
    Drawing.objects.all().delete()
    assert wholes() == before
    assert set(Picture.objects.values_list("name", "drawing_id")) == pictures


def test_old_snapshots_and_drawings_that_nobody_needs_go(db: None) -> None:
    for turn in range(4):
        grow()
        refresh(clock.now() + timedelta(days=turn + 1))
    assert Snapshot.objects.count() == 2
    assert not Drawing.objects.filter(picture__isnull=True).exists()


def test_new_rules_make_a_new_snapshot(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first = current()
    monkeypatch.setattr(snapshots, "FORM", snapshots.FORM + 1)
    assert current().pk != first.pk


def test_an_empty_log_is_counted_too(db: None) -> None:
    found = wholes()
    assert found["S0"]["value"] == 0
    assert found["N2.F7d"]["value"] is None
    assert found["N2.F7d"]["note"]


def test_what_cannot_be_computed_says_why(client: Client, db: None) -> None:
    page = client.get("/network/N2.F7d/").content.decode()
    assert "Not computable" in page
    assert "no need was stated in this window" in page
    assert "Nothing has happened here yet" in client.get("/network/").content.decode()
