"""Shelves of any size: real resources, and beyond those new ones recombined from their parts."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.matching.data import Reference
from coproduce import rng
from coproduce.matching import Resource
from coproduce.matching.evaluation import RELEVANT

#: Letters of each of the two bodies that a made resource gets.
_HALF = 300


def shelf(data: Reference, size: int) -> Iterator[Resource]:
    """The relevant resources of the development needs, other real ones, then made ones, up to `size`.

    A made one is about the first words of one subject and the last words of another; its title, names and text are
    made of theirs. Nobody judged it, so it counts as not relevant.
    """
    draws = rng.stream(1, "match.shelf")
    by_id = {resource.id: resource for resource in data.resources}
    relevant = {one for grades in data.judgments.values() for one, grade in grades.items() if grade >= RELEVANT}
    first = [by_id[one] for one in sorted(relevant & by_id.keys())][:size]
    others = sorted(by_id.keys() - relevant)
    real = [*first, *(by_id[others[place]] for place in draws.permutation(len(others)))][:size]
    yield from real
    sources = [resource for resource in data.resources if resource.conditions]
    for number in range(size - len(real)):
        about, before, after = (sources[place] for place in draws.integers(len(sources), size=3))
        head, tail = before.conditions[0].split(), after.conditions[0].split()
        subject = " ".join([*head[: max(1, len(head) - 1)], tail[-1]])
        yield Resource(
            id=f"made-{number}",
            title=about.title.replace(about.conditions[0], subject),
            conditions=(subject,),
            body=f"{before.body[:_HALF]} {after.body[-_HALF:]}",
            kind_of_help=about.kind_of_help,
        )
