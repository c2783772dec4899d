"""Shelves of any size for the benchmark: real resources first, then made ones of their parts."""

from __future__ import annotations

import pytest
from benchmarks.matching.data import Reference
from benchmarks.searches.shelves import shelf

from coproduce.matching import Index
from tests.matching.conftest import SHELF

DATA = Reference(resources=SHELF, needs=(), judgments={"1": {"9": 3, "2": 1}, "2": {"5": 2}}, index=Index.in_memory())


@pytest.mark.parametrize("size", [0, 1, 2, 5, len(SHELF), 40])
def test_a_shelf_has_its_size_and_each_id_once_and_is_the_same_again(size: int) -> None:
    made = list(shelf(DATA, size))
    assert len({resource.id for resource in made}) == len(made) == size
    assert made == list(shelf(DATA, size))


def test_what_is_relevant_comes_first_and_what_is_real_before_what_is_made() -> None:
    made = list(shelf(DATA, 40))
    assert {resource.id for resource in made[:2]} == {"9", "5"}
    assert {resource.id for resource in made[: len(SHELF)]} == {resource.id for resource in SHELF}
    subjects = {resource.conditions[0] for resource in made[len(SHELF) :]}
    assert len(subjects - {resource.conditions[0] for resource in SHELF}) >= 5
    assert all(resource.id.startswith("made-") for resource in made[len(SHELF) :])
