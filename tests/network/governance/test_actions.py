"""What leaves the network or is read with a reason is asked for, and written down."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from coproduce.clock import WEEK_US, to_us
from coproduce.errors import Absent, InvalidInput, NotAllowed
from coproduce.events import Resolution, Role, codec, kinds
from coproduce.network.database import DatabaseUrls
from coproduce.network.governance.actions import export_log, read_guarded_identity, record_guarded_read
from coproduce.network.governance.queries import log_rows, log_verdict, steward_by_address
from coproduce.network.governance.reasons import Reason
from coproduce.network.log import append, read_frame
from coproduce.network.people.asking import Asking, computer, guest
from coproduce.network.people.models import Account, Identity, Person, RoleHeld
from coproduce.network.people.policy import told

NOON = datetime(2026, 6, 1, 12, 34, 56, tzinfo=UTC)
OPERATOR = computer("operator")
ADDRESS = "steward@example.org"


@pytest.fixture
def network(committed: DatabaseUrls, settings: object, tmp_path: Path) -> Asking:
    """A network with a steward, a patient and two events; gives the steward as somebody who asks."""
    settings.COPRODUCE = replace(settings.COPRODUCE, data=tmp_path / "data")  # type: ignore[attr-defined]
    with told(OPERATOR):
        steward, patient = (Person.objects.create(pseudonym=name) for name in ("Heron", "Sparrow"))
        RoleHeld.objects.create(person=steward, role=Role.STEWARD)
        Account.objects.create(email=ADDRESS, person=steward)
        Account.objects.create(email="patient@example.org", person=patient)
        Identity.objects.create(person=patient, name="A Name")
        append(
            [
                kinds.NeedStated(time=to_us(NOON), actor=patient.pk, subject=900_001, object=patient.pk),
                kinds.NeedConfirmed(time=to_us(NOON), actor=patient.pk, subject=900_001, cause=-2),
            ]
        )
    return Asking(person=steward.pk, roles=frozenset({Role.STEWARD}), at=NOON)


def patient_of(network: Asking) -> int:
    return int(Person.objects.exclude(pk=network.person).get().pk)


def coproduce_log(*arguments: str | Path) -> Result:
    from coproduce.cli import app

    return CliRunner().invoke(app, ["log", *map(str, arguments)])


def test_an_export_is_coarse_unless_a_reason_is_given(network: Asking, tmp_path: Path) -> None:
    export_log(OPERATOR, file=tmp_path / "events.parquet")
    frame, report = codec.read(tmp_path / "events.parquet")
    assert (len(frame), frame.resolution, report.is_clean()) == (2, Resolution.WEEK, True)
    assert 900_001 not in frame.rows["subject"]
    assert (frame.rows["time"] % WEEK_US == 0).all()


def test_a_full_export_is_the_log_and_says_so_in_the_log(network: Asking, tmp_path: Path) -> None:
    before = read_frame().rows
    export_log(network, file=tmp_path / "events.parquet", reason=Reason.DUTY)
    assert codec.read(tmp_path / "events.parquet")[0].rows.equals(before)
    told_in_log = read_frame(after=1).rows.select("kind", "actor", "role", "value", "cause").rows()
    assert told_in_log == [(169, network.person, 6, 3.0, -1), (168, network.person, 6, 1.0, 2)]


def test_a_coarse_export_is_logged_too(network: Asking, tmp_path: Path) -> None:
    export_log(OPERATOR, file=tmp_path / "events.parquet")
    assert read_frame(kinds=[kinds.LogExported]).rows.select("actor", "role", "value").rows() == [(-1, 100, 0.0)]


def test_an_export_is_for_its_owner_only(network: Asking, tmp_path: Path) -> None:
    export_log(OPERATOR, file=tmp_path / "events.parquet")
    assert stat.S_IMODE((tmp_path / "events.parquet").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["events.parquet"]


@pytest.mark.parametrize(
    "asking", [guest(), OPERATOR, Asking(person=1, roles=frozenset({Role.RESEARCHER})), Asking(roles=frozenset(Role))]
)
def test_only_a_steward_by_name_exports_in_full(network: Asking, tmp_path: Path, asking: Asking) -> None:
    with pytest.raises(NotAllowed):
        export_log(asking, file=tmp_path / "events.parquet", reason=Reason.DUTY)
    assert list(tmp_path.iterdir()) == []
    assert len(read_frame()) == 2


@pytest.mark.parametrize("place", ["", "absent/events.parquet"])
def test_a_place_where_no_file_can_be_is_refused_and_nothing_is_logged(
    network: Asking, tmp_path: Path, place: str
) -> None:
    with pytest.raises(InvalidInput):
        export_log(OPERATOR, file=tmp_path / place)
    assert len(read_frame()) == 2


def test_an_export_that_cannot_be_logged_does_not_leave(
    network: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("coproduce.network.governance.actions.append", fails)
    with pytest.raises(RuntimeError):
        export_log(OPERATOR, file=tmp_path / "events.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_steward_reads_an_identity_with_a_reason_and_it_is_logged(network: Asking) -> None:
    patient = patient_of(network)
    assert read_guarded_identity(network, person_id=patient, reason=Reason.SAFETY).name == "A Name"
    (row,) = read_frame(kinds=[kinds.GuardedDataRead]).rows.select("actor", "subject", "value").rows()
    assert row == (network.person, patient, 2.0)


def test_without_a_reason_the_database_itself_shows_a_steward_nobody(network: Asking) -> None:
    with told(network):
        assert not Identity.objects.exists()


def test_the_reason_ends_with_the_reading(network: Asking) -> None:
    with told(network):
        read_guarded_identity(network, person_id=patient_of(network), reason=Reason.SAFETY)
        assert not Identity.objects.exists()


def test_an_identity_that_nobody_has_is_absent_and_nothing_is_logged(network: Asking) -> None:
    with pytest.raises(Absent):
        read_guarded_identity(network, person_id=12345, reason=Reason.SAFETY)
    assert len(read_frame(kinds=[kinds.GuardedDataRead])) == 0


@pytest.mark.parametrize("asking", [guest(), OPERATOR, Asking(person=1, roles=frozenset({Role.CLINICIAN}))])
def test_others_read_no_guarded_data(network: Asking, asking: Asking) -> None:
    for deed in (read_guarded_identity, record_guarded_read):
        with pytest.raises(NotAllowed):
            deed(asking, person_id=patient_of(network), reason=Reason.OWN_CARE)


@pytest.mark.parametrize("asking", [guest(), Asking(person=1, roles=frozenset({Role.STEWARD}))])
def test_the_raw_log_is_for_the_operator_only(network: Asking, asking: Asking) -> None:
    with pytest.raises(NotAllowed):
        log_rows(asking)


def test_whether_the_log_holds_is_for_the_operator_and_the_stewards(network: Asking) -> None:
    assert log_verdict(network).holds
    with pytest.raises(NotAllowed):
        log_verdict(guest())


@pytest.mark.parametrize("address", ["", "patient@example.org", "nobody@example.org", "\x00", "%"])
def test_an_address_that_is_no_stewards_answers_for_nothing(network: Asking, address: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        steward_by_address(OPERATOR, address=address)
    assert not address or address not in str(refused.value)


def test_the_commands_verify_sign_read_and_export(network: Asking, tmp_path: Path) -> None:
    signed = coproduce_log("verify", "--sign", "--json")
    assert (signed.exit_code, json.loads(signed.stdout)["signed_until"]) == (0, 1)
    read = json.loads(coproduce_log("read", "--after", "0", "--limit", "5", "--json").stdout)["events"]
    assert [(event["seq"], event["kind"], event["value"]) for event in read] == [(1, "NeedConfirmed", None)]
    assert "NeedStated" in coproduce_log("read").stdout
    exported = coproduce_log("export", tmp_path / "a.parquet", "--json")
    assert json.loads(exported.stdout) == {"n_events": 2, "full": False}


def test_the_full_export_by_command_names_its_steward_and_prints_no_address(network: Asking, tmp_path: Path) -> None:
    full = coproduce_log("export", tmp_path / "a.parquet", "--full", "--reason", "duty", "--as", ADDRESS.upper())
    assert full.exit_code == 0
    assert "steward@" not in full.output.lower()
    assert pl.read_parquet(tmp_path / "a.parquet")["subject"].to_list() == [900_001, 900_001]


@pytest.mark.parametrize("options", [["--full"], ["--reason", "duty"], ["--full", "--as", ADDRESS]])
def test_the_full_export_takes_all_three_options_or_none(network: Asking, tmp_path: Path, options: list[str]) -> None:
    assert coproduce_log("export", tmp_path / "a.parquet", *options).exit_code == 2
    assert not (tmp_path / "a.parquet").exists()


def test_a_reason_that_does_not_count_is_refused(network: Asking, tmp_path: Path) -> None:
    done = coproduce_log("export", tmp_path / "a.parquet", "--full", "--reason", "curious", "--as", ADDRESS)
    assert isinstance(done.exception, InvalidInput)


def test_a_broken_log_ends_the_command_with_status_1(network: Asking, committed: DatabaseUrls) -> None:
    import psycopg

    with psycopg.connect(committed.owner) as own:
        own.execute("SET coproduce.log_unlocked = 'on'")
        own.execute("UPDATE log_event SET actor = 1 WHERE seq = 1")
    done = coproduce_log("verify", "--json")
    assert (done.exit_code, json.loads(done.stdout)["first_broken"]) == (1, 1)
