"""Importing files: twice is once, one bad row costs that row, an interrupted import goes on, nothing is quoted."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from coproduce.errors import BadFile, Conflict, InvalidInput, NotAllowed
from coproduce.events import Role, kinds
from coproduce.network.commons import importing
from coproduce.network.commons.actions import retire_resource, revise_resource
from coproduce.network.commons.columns import Defaults
from coproduce.network.commons.importing import Receipt, import_file
from coproduce.network.commons.models import Condition, Import, Resource, Version
from coproduce.network.database import DatabaseUrls
from coproduce.network.log import follow
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.policy import told
from tests.network.commons.conftest import NOON, Cast, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_data")]
IMPORT = Asking(system="import", at=NOON)


def row(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "title": f"About thing {number}", "body": f"Text {number}.", **more}


def json_lines(path: Path, entries: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), "utf-8")
    return path


def run(path: Path, origin: str = "test", **more: Any) -> Receipt:
    return import_file(IMPORT, path, origin=origin, **more)


def counts(receipt: Receipt) -> tuple[int, int, int, int]:
    return receipt.accepted, receipt.changed, receipt.unchanged, receipt.n_rejected


def test_twice_is_once(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "a.jsonl", map(row, range(5)))
    assert [counts(run(path)) for _ in range(2)] == [(5, 0, 0, 0), (0, 0, 5, 0)]
    assert Version.objects.count() == 5


def test_a_changed_row_becomes_a_new_version_and_the_others_stay(tmp_path: Path) -> None:
    run(json_lines(tmp_path / "a.jsonl", map(row, range(5))))
    changed = [row(number, body="New text.") if number == 3 else row(number) for number in range(5)]
    assert counts(run(json_lines(tmp_path / "b.jsonl", changed))) == (0, 1, 4, 0)
    resource = Resource.objects.select_related("latest").get(origin_key="r3")
    assert resource.latest is not None
    assert (resource.latest.number, resource.latest.body) == (2, "New text.")


def test_a_changed_condition_is_a_change(tmp_path: Path) -> None:
    run(json_lines(tmp_path / "a.jsonl", [row(1, conditions=["Asthma"])]))
    assert counts(run(json_lines(tmp_path / "b.jsonl", [row(1, conditions=["Eczema"])]))) == (0, 1, 0, 0)
    assert [condition.slug for condition in Resource.objects.get().conditions.all()] == ["eczema"]


def test_what_people_revised_here_is_not_overwritten(tmp_path: Path, cast: Cast) -> None:
    run(json_lines(tmp_path / "a.jsonl", [row(1)]))
    resource = Resource.objects.get()
    revise_resource(
        cast.steward, resource_id=resource.pk, based_on=resource.latest_id or 0, words=words(body="By a person.")
    )
    assert counts(run(json_lines(tmp_path / "b.jsonl", [row(1)]))) == (0, 0, 1, 0)
    receipt = run(json_lines(tmp_path / "c.jsonl", [row(1, body="New at its source.")]))
    assert counts(receipt) == (0, 0, 0, 1)
    assert "revised here" in receipt.rejected[0]["reason"]


def test_what_was_retired_stays_retired(tmp_path: Path, cast: Cast) -> None:
    run(json_lines(tmp_path / "a.jsonl", [row(1)]))
    retire_resource(cast.steward, resource_id=Resource.objects.get().pk)
    run(json_lines(tmp_path / "b.jsonl", [row(1, body="New.")]))
    assert Resource.objects.get().state == Resource.State.RETIRED


def test_one_bad_row_in_a_thousand_costs_that_row(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "a.jsonl", map(row, range(999)))
    path.write_text(path.read_text() + '{"id": "x", "title": "no end\n')
    receipt = run(path)
    assert counts(receipt) == (999, 0, 0, 1)
    assert receipt.rejected == [{"row": 1000, "field": "", "reason": "not JSON"}]


BAD_ROWS: dict[str, tuple[str, Any]] = {
    "no id": ("id", {"title": "t", "body": "b"}),
    "an id that is a list": ("id", {"id": ["a"], "title": "t", "body": "b"}),
    "an id with a null byte": ("id", {"id": "a\x00", "title": "t", "body": "b"}),
    "an id that is half a character": ("id", {"id": "a\ud800", "title": "t", "body": "b"}),
    "no title": ("title", {"id": "x", "body": "b"}),
    "a title that is a table": ("title", {"id": "x", "title": {"a": 1}, "body": "b"}),
    "a null byte": ("body", {"id": "x", "title": "t", "body": "b\x00"}),
    "half a character": ("title", {"id": "x", "title": "\ud83d", "body": "b"}),
    "half a character in a condition": ("conditions", {"id": "x", "title": "t", "body": "b", "conditions": ["\udc00"]}),
    "a publisher with a null byte": ("source", {"id": "x", "title": "t", "body": "b", "source": "a\x00"}),
    "neither text nor link": ("body", {"id": "x", "title": "t"}),
    "a script as a link": ("link", {"id": "x", "title": "t", "link": "javascript:alert(1)"}),
    "a risk class in words": ("risk_class", {"id": "x", "title": "t", "body": "b", "risk_class": "low"}),
    "a stage of 300 letters": ("stages", {"id": "x", "title": "t", "body": "b", "stages": ["s" * 300]}),
    "an unknown licence": ("license", {"id": "x", "title": "t", "body": "b", "license": "Mine"}),
    "a language of 100 letters": ("language", {"id": "x", "title": "t", "body": "b", "language": "en-" + "a" * 97}),
    "conditions that are numbers": ("conditions", {"id": "x", "title": "t", "body": "b", "conditions": [1]}),
    "sources that are texts": ("sources", {"id": "x", "title": "t", "body": "b", "sources": ["s"]}),
    "an author that is a number": ("authors", {"id": "x", "title": "t", "body": "b", "authors": [{"name": ["a"]}]}),
    "a list": ("", ["a"]),
}


@pytest.mark.parametrize(("name", "bad"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_row_is_named_by_row_field_and_reason_and_not_quoted(name: str, bad: Any, tmp_path: Path) -> None:
    receipt = run(json_lines(tmp_path / "a.jsonl", [row(1), bad, row(2)]))
    assert counts(receipt) == (2, 0, 0, 1)
    assert (receipt.rejected[0]["row"], receipt.rejected[0]["field"]) == (2, name)
    assert "javascript:" not in json.dumps(receipt.rejected)


def test_the_first_of_two_rows_with_one_id_counts_also_the_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    path = json_lines(tmp_path / "a.jsonl", [row(1), row(2), row(3), row(1, body="Other.")])
    receipts = [run(path), run(path)]
    assert [counts(receipt) for receipt in receipts] == [(3, 0, 0, 1), (0, 0, 3, 1)]
    assert receipts[0].rejected[0]["field"] == "id"


def test_a_line_of_50_megabytes_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        file.write(json.dumps(row(1)) + "\n")
        file.write('{"id": "x", "title": "' + "a" * 50_000_000 + '"}\n')
        file.write(json.dumps(row(2)) + "\n")
    receipt = run(path)
    assert counts(receipt) == (2, 0, 0, 1)
    assert receipt.rejected[0]["row"] == 2


def test_windows_files_are_read_like_others(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(json.dumps(row(n)).encode() for n in range(3)) + b"\r\n\r\n")
    assert counts(run(path)) == (3, 0, 0, 0)


def test_a_row_that_is_latin_1_is_rejected_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(json.dumps(row(1)).encode() + b'\n{"id": "x", "title": "caf\xe9", "body": "b"}\n')
    assert run(path).rejected == [{"row": 2, "field": "", "reason": "not UTF-8"}]


def write_csv(path: Path, entries: Iterable[Mapping[str, Any]], **form: Any) -> Path:
    listed = list(entries)
    with path.open("w", newline="", encoding=form.pop("encoding", "utf-8")) as file:
        writer = csv.DictWriter(file, fieldnames=list(listed[0]), **form)
        writer.writeheader()
        writer.writerows(listed)
    return path


def test_csv_with_its_mark_line_ends_and_semicolons_in_cells(tmp_path: Path) -> None:
    entries = [row(n, conditions="Asthma; Eczema", body="Two\r\nlines, with a comma") for n in range(3)]
    path = write_csv(tmp_path / "a.csv", entries, encoding="utf-8-sig")
    assert counts(run(path)) == (3, 0, 0, 0)
    assert sorted(Condition.objects.values_list("slug", flat=True)) == ["asthma", "eczema"]


def test_a_csv_of_latin_1_loses_the_rows_that_cannot_be_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1), row(2, title="café")], encoding="latin-1")
    assert [one["reason"] for one in run(path).rejected] == ["not UTF-8"]


def test_a_cell_of_50_megabytes_and_one_with_a_null_byte_cost_their_rows(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row(1), row(2, body="a" * 50_000_000), row(3, body="a\x00b"), row(4)])
    assert counts(run(path)) == (2, 0, 0, 2)


def test_columns_of_other_names_are_mapped(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "a.jsonl", [{"nr": 7, "head": "T", "text": "B"}])
    assert counts(run(path, defaults=Defaults({"id": "nr", "title": "head"}))) == (1, 0, 0, 0)
    with pytest.raises(InvalidInput):
        Defaults({"colour": "nr"})


NOT_RESOURCES = {
    "nothing": b"",
    "blanks": b" \n\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "a PDF": b"%PDF-1.7, with a comma\n",
    "a page": b"<html>, <body>hello</body>",
    "a JSON array": b'[{"id": "a", "title": "t", "body": "b"}, {}]',
    "a letter": b"Dear Anna,\nHow are you?\n",
    "another table": b"name,age\nAnna,7\n",
    "UTF-16": '{"id": "a"}'.encode("utf-16"),
    "a JSON file about something else": b'{"name": "Anna"}\n',
    "a packed picture": gzip.compress(b"\x89PNG\r\n\x1a\n\x00\x00"),
}


@pytest.mark.parametrize("content", NOT_RESOURCES.values(), ids=NOT_RESOURCES.keys())
def test_a_file_of_another_kind_is_refused_whole(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadFile) as refusal:
        run(path)
    assert "Anna" not in str(refusal.value)
    assert not Resource.objects.exists()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        run(tmp_path / "none.jsonl")


def test_a_cut_packed_file_keeps_the_rows_before_the_cut_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    noise = [row(number, body=os.urandom(200).hex()) for number in range(3_000)]
    whole = gzip.compress("".join(json.dumps(entry) + "\n" for entry in noise).encode())
    path.write_bytes(whole[: len(whole) // 2])
    receipt = run(path)
    assert "cut" in receipt.cut
    assert 0 < receipt.accepted < 3_000
    path.write_bytes(whole)
    again = run(path)
    assert (again.accepted + receipt.accepted, again.unchanged) == (3_000, receipt.accepted)


def test_a_row_without_a_text_points_to_where_it_is_published(tmp_path: Path) -> None:
    medquad = {"id": "A1", "source": "ADAM", "title": "What is gout?", "focus": "Gout", "syn": ["podagra"],
               "qtype": "information", "body": ""}  # fmt: skip
    run(json_lines(tmp_path / "a.jsonl", [medquad]))
    version = Version.objects.get()
    assert (version.body, version.link) == ("", "https://medlineplus.gov/encyclopedia.html")
    assert version.credits.get().name == "MedlinePlus Medical Encyclopedia"
    assert Condition.objects.get().aliases == ["podagra"]


def test_a_folder_of_markdown_with_front_matter_is_imported(tmp_path: Path) -> None:
    fields = 'key = "k"\ntitle = "T"\nkind = "knowledge"\nline_of_work = "everyday-life"\nstage = ["flare"]\n'
    fields += 'authors = [{ person = "Mei", role = "family", contribution = "wrote" }]\n'
    (tmp_path / "a.md").write_text(f"+++\n{fields}+++\n\nHello.")
    (tmp_path / "b.md").write_text("no front matter")
    (tmp_path / "notes.txt").write_text("not looked at")
    assert counts(run(tmp_path)) == (1, 0, 0, 1)
    version = Version.objects.select_related("resource").get()
    assert (version.body, version.stages, version.resource.kind) == ("Hello.", ["flare"], "knowledge")
    assert [(credit.name, credit.contribution) for credit in version.credits.all()] == [("Mei", "wrote")]


def test_every_resource_is_in_the_log_with_how_hard_it_is_to_read(tmp_path: Path) -> None:
    text = "The cat sat on the mat and had a good long nap. " * 3
    run(json_lines(tmp_path / "a.jsonl", [row(1, body=text), row(2)]))
    written = [found.what for found in follow()]
    made = [kinds.ResourceCreated, kinds.ResourceShared]
    read = [kinds.ReadabilityMeasured, kinds.SmogMeasured]
    assert [kind for kind in written if kind in (*made, *read, kinds.ResourcesImported)] == [
        *made, *made, *read, kinds.ResourcesImported,
    ]  # fmt: skip
    assert {found.role for found in follow()} == {Role.COMPUTER}


def test_only_the_machine_and_stewards_import(tmp_path: Path, cast: Cast) -> None:
    path = json_lines(tmp_path / "a.jsonl", [row(1)])
    for asking in (cast.guest, cast.author, cast.doctor):
        with pytest.raises(NotAllowed):
            import_file(asking, path, origin="test")
    assert import_file(cast.steward, path, origin="test").accepted == 1


def test_an_interrupted_import_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = json_lines(tmp_path / "a.jsonl", [*map(row, range(35)), row(3)])

    def stop(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, progress=stop)
    receipt = run(path)
    assert (receipt.resumed_at, *counts(receipt)) == (20, 35, 0, 0, 1)
    assert Import.objects.get().finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_goes_on_and_loses_and_repeats_nothing(
    committed: DatabaseUrls, tmp_path: Path
) -> None:
    n_rows = 3_500  # three batches and a half: it is killed after the first
    path = json_lines(tmp_path / "a.jsonl", map(row, range(n_rows)))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO")},
        "COPRODUCE_DATA": str(tmp_path / "data"),
        "COPRODUCE_DATABASE_URL": committed.application,
        "COPRODUCE_DATABASE_OWNER_URL": committed.owner,
    }
    command = [sys.executable, "-m", "coproduce", "commons", "import", str(path), "--origin", "killed", "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with told(computer("operator")):
        pass
    while not (Import.objects.filter(rows_done__gt=0).exists() or process.poll() is not None):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert Resource.objects.count() == Import.objects.get().rows_done < n_rows
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    receipt = json.loads(done.stdout)
    assert receipt["resumed_at"] > 0
    assert (receipt["accepted"], receipt["unchanged"], receipt["n_rejected"]) == (n_rows, 0, 0)
    assert Resource.objects.count() == Version.objects.count() == n_rows
    again = subprocess.run(
        [sys.executable, "-m", "coproduce", "commons", "reindex", "--json"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(again.stdout) == {"n_resources": n_rows}


def test_one_origin_is_imported_once_at_a_time(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "a.jsonl", [row(1)])
    key = "SELECT pg_advisory_lock(%s)"
    other = importing.connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(key, [importing.lock_of("test")])
        with pytest.raises(Conflict):
            run(path)
    finally:
        other.close()
