"""The index: one writer, many readers, noticed when lost or damaged."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
import tantivy

from coproduce.errors import InvalidInput, Unavailable
from coproduce.matching import (
    Constraints,
    Index,
    IndexBusy,
    IndexDamaged,
    Resource,
    open_index,
    parse_need,
    rank,
    rebuild_index,
    suggest,
)
from tests.matching.conftest import SHELF


def found(index: Index, text: str, constraints: Constraints | None = None) -> list[str]:
    need = parse_need(text, index.lexicon)
    return [offer.resource_id for offer in rank(need, index, constraints or Constraints()).offers]


def test_a_resource_is_findable_after_commit_and_not_before(tmp_path: Path) -> None:
    writer, reader = open_index(tmp_path / "index"), open_index(tmp_path / "index")
    writer.replace([Resource("7", "Stoma care", ("Stoma",))])
    assert found(reader, "stoma") == []
    writer.commit()
    assert found(reader, "stoma") == found(writer, "stoma") == ["7"]


def test_a_replaced_resource_is_found_by_its_new_words_only(tmp_path: Path) -> None:
    index = rebuild_index(tmp_path / "index", [Resource("7", "Stoma care", ("Stoma",))])
    index.replace([Resource("7", "Travel with medicine", ("Travel",))])
    index.commit()
    assert (found(index, "stoma"), found(index, "travel"), len(index)) == ([], ["7"], 1)


def test_a_removed_resource_is_gone_and_unknown_ids_do_not_matter(tmp_path: Path) -> None:
    index = rebuild_index(tmp_path / "index", SHELF)
    index.remove([5, "6", "no such id"])
    index.commit()
    assert found(index, "azathioprine") == []
    assert index.card(5) is None


def test_a_rebuild_leaves_no_word_of_an_erased_resource_in_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "index"
    rebuild_index(path, [*SHELF, Resource("99", "Quixotically", ("Zanzibarian",))])
    assert any(b"zanzibarian" in file.read_bytes() for file in path.iterdir())
    rebuild_index(path, SHELF)
    left = [file for folder in tmp_path.iterdir() for file in folder.iterdir()]
    assert not any(b"anzibarian" in file.read_bytes() for file in left)


def test_a_rollback_forgets_changes(tmp_path: Path) -> None:
    index = rebuild_index(tmp_path / "index", SHELF)
    index.remove(["1"])
    index.rollback()
    assert len(index) == len(SHELF)


def twice(number: int) -> list[Resource]:
    return [Resource("7", "Stoma care"), Resource("8", "Sleep"), Resource("7", f"Stoma supplies {number}")]


def test_an_id_repeated_in_one_batch_is_kept_once_as_it_came_last(tmp_path: Path) -> None:
    changed = open_index(tmp_path / "changed")
    changed.replace(twice(1))
    changed.replace(twice(2))
    changed.commit()
    for index in (Index.in_memory(twice(2)), rebuild_index(tmp_path / "rebuilt", twice(2)), changed):
        assert len(index) == 2
        card = index.card("7")
        assert card is not None
        assert card.title == "Stoma supplies 2"


def test_a_second_writer_waits_and_is_told(tmp_path: Path) -> None:
    first, second = open_index(tmp_path / "index"), open_index(tmp_path / "index")
    second.patience = 0.05
    first.replace(SHELF[:1])
    with pytest.raises(IndexBusy):
        second.replace(SHELF[1:2])
    first.commit()
    second.replace(SHELF[1:2])
    second.commit()
    assert len(first) == 2


def test_threads_of_one_index_take_turns_at_writing() -> None:
    index = Index.in_memory()

    def write(number: int) -> None:
        index.replace([Resource(number, "Stoma", ("Stoma",))])
        if number % 2:
            index.rollback()
        else:
            index.commit()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found(index, "stoma")) == ["0", "2", "4", "6"]


def test_a_thread_that_waits_too_long_is_told() -> None:
    index = Index.in_memory()
    index.patience = 0.05
    index.replace([SHELF[0]])
    with ThreadPoolExecutor(1) as pool, pytest.raises(IndexBusy):
        pool.submit(index.replace, [SHELF[1]]).result()
    index.commit()
    assert len(index) == 1


def test_a_reader_follows_a_rebuild(tmp_path: Path) -> None:
    reader = rebuild_index(tmp_path / "index", SHELF)
    assert found(reader, "azathioprine")
    rebuild_index(tmp_path / "index", [Resource("7", "Stoma care", ("Stoma",))])
    assert (found(reader, "azathioprine"), found(reader, "stoma")) == ([], ["7"])


def test_a_writer_follows_a_rebuild(tmp_path: Path) -> None:
    writer = rebuild_index(tmp_path / "index", SHELF)
    rebuild_index(tmp_path / "index", SHELF[:1])
    writer.replace(SHELF[1:2])
    writer.commit()
    assert len(open_index(tmp_path / "index")) == 2


def _write_one(path: Path, number: int) -> None:
    index = open_index(path)
    index.replace([Resource(number, f"Resource {number}", ("Stoma",))])
    index.commit()


def test_writers_in_several_processes_take_turns(tmp_path: Path) -> None:
    reader = open_index(tmp_path / "index")
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_one, args=(tmp_path / "index", number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len(reader) == 3


def _write_until_killed(path: Path, started: Event) -> None:
    index = open_index(path)
    for turn in count():
        index.replace([replace(resource, title=f"{resource.title} turn{turn}") for resource in SHELF])
        index.commit()
        if turn == 1:
            started.set()


@pytest.mark.parametrize("seconds", [0.0, 0.011, 0.023, 0.037])
def test_a_writer_killed_in_the_middle_leaves_a_whole_index_that_others_write_to(
    tmp_path: Path, seconds: float
) -> None:
    reader = rebuild_index(tmp_path / "index", SHELF)
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    writer = context.Process(target=_write_until_killed, args=(tmp_path / "index", started))
    writer.start()
    assert started.wait(30)
    time.sleep(seconds)
    writer.kill()
    writer.join()
    for index in (reader, open_index(tmp_path / "index")):
        assert len(index) == len(SHELF)
        turns = {card.title.rsplit("turn", 1)[1] for _, card in index.search(tantivy.Query.all_query(), 100)}
        assert len(turns) == 1
    reader.remove([SHELF[0].id])
    reader.commit()
    assert len(open_index(tmp_path / "index")) == len(SHELF) - 1


@pytest.mark.parametrize("damage", ["stamp", "meta", "segment", "version", "not a folder"])
def test_a_damaged_folder_is_noticed_and_can_be_rebuilt(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "index"
    rebuild_index(path, SHELF)
    _damage(path, damage)
    with pytest.raises(IndexDamaged, match="Rebuild"):
        rank(parse_need("sleep", open_index(path).lexicon), open_index(path))
    assert found(rebuild_index(path, SHELF), "sleep")[0] == "9"


def _damage(path: Path, damage: str) -> None:
    if damage == "stamp":
        (path / "coproduce-index.json").unlink()
    elif damage == "meta":
        (path / "meta.json").write_text("{")
    elif damage == "version":
        (path / "coproduce-index.json").write_text('{"format": 0}')
    elif damage == "segment":
        for file in path.glob("*.store"):
            file.unlink()
    else:
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
        path.write_text("no folder")


def test_a_folder_that_is_lost_while_in_use_is_noticed(tmp_path: Path) -> None:
    index = rebuild_index(tmp_path / "index", SHELF)
    (tmp_path / "index").rename(tmp_path / "elsewhere")
    with pytest.raises(IndexDamaged):
        len(index)


def test_a_missing_folder_is_made_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged):
        open_index(tmp_path / "index", create=False)
    assert len(open_index(tmp_path / "index")) == 0


def test_a_rebuild_that_fails_leaves_the_old_index(tmp_path: Path) -> None:
    rebuild_index(tmp_path / "index", SHELF)

    def failing() -> object:
        yield SHELF[0]
        raise InvalidInput(given="a bad row", expected="a good one")

    with pytest.raises(InvalidInput):
        rebuild_index(tmp_path / "index", failing())  # type: ignore[arg-type]
    assert len(open_index(tmp_path / "index")) == len(SHELF)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        rebuild_index(tmp_path / "file" / "index", SHELF)


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        (Constraints(languages=frozenset({"fr"})), {"4"}),
        (Constraints(languages=frozenset({"en"}), max_risk_class=1), {"1", "2"}),
        (Constraints(exclude=frozenset({"1", "2", "3"})), {"4"}),
        (Constraints(licences=frozenset({"CC-BY-4.0"})), set()),
    ],
)
def test_constraints_filter_before_ranking(shelf: Index, constraints: Constraints, expected: set[str]) -> None:
    assert set(found(shelf, "crohn's disease", constraints)) == expected


@pytest.mark.parametrize(
    ("constraints", "passes"),
    [
        (Constraints(audiences=frozenset({"family"}), places=frozenset({"NL", "DE"})), True),
        (Constraints(audiences=frozenset({"clinician"})), False),
        (Constraints(places=frozenset({"DE"})), False),
        (Constraints(licences=frozenset({"CC-BY-4.0"})), True),
    ],
)
def test_a_declared_audience_place_or_licence_must_fit(shelf: Index, constraints: Constraints, passes: bool) -> None:
    assert ("8" in found(shelf, "school letter", constraints)) is passes


def test_a_constraint_does_not_change_a_score(shelf: Index) -> None:
    need = parse_need("sleep in a flare", shelf.lexicon)
    free, bound = rank(need, shelf), rank(need, shelf, Constraints(languages=frozenset({"en"})))
    assert free.offers[0].score == pytest.approx(bound.offers[0].score)


@pytest.mark.parametrize("typed", ["sle", "Sleep in", "in a fla", "flare sleep"])
def test_titles_are_suggested_while_typing(shelf: Index, typed: str) -> None:
    assert suggest(shelf, typed) == ["Sleep in a flare"]


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "zzz", '"*', "a" * 5000])
def test_nothing_is_suggested_for_nothing(shelf: Index, typed: str) -> None:
    assert suggest(shelf, typed) == []


@pytest.mark.parametrize("values", [{"id": ""}, {"id": "a\x00b"}, {"id": "x" * 300}, {"id": "1", "risk_class": 4}])
def test_a_resource_that_cannot_be_kept_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Resource(**{"title": "A title", **values})  # type: ignore[arg-type]


def test_hostile_resources_are_kept_and_found() -> None:
    body = "<script>alert(1)</script> \x00 \ud800 😀 متلازمة " + "long " * 100_000
    index = Index.in_memory([Resource(1, "Stoma \x00 \ud800 care", ("Stoma" * 20_000, "Stoma"), body=body)])
    assert found(index, "stoma") == ["1"]
