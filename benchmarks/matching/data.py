"""The reference needs, resources and judgments."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coproduce.matching import Index, Resource
from coproduce.matching.dense import packaged_encoder
from coproduce.matching.evaluation import RELEVANT, Judgments
from coproduce.matching.files import WrittenNeed, read_judgments, read_needs, read_resources
from coproduce.network.laboratory import example

WORDINGS = ("own", "paraphrase", "summary")


@dataclass(frozen=True)
class Reference:
    """Real resources, needs and human judgments."""

    resources: tuple[Resource, ...]
    needs: tuple[WrittenNeed, ...]
    judgments: Judgments
    index: Index

    @property
    def answerable(self) -> list[WrittenNeed]:
        """The needs for which a judged resource is relevant."""
        return [need for need in self.needs if max(self.judgments[need.id].values(), default=0) >= RELEVANT]


def folder() -> Path:
    """The data named by COPRODUCE_TEST_DATA, by default ../shared/data beside the repository."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("COPRODUCE_TEST_DATA") or beside) / "matching"


@cache
def reference(*, dense: bool = False) -> Reference:
    """The reference data, with an index of its resources, which compares meanings too in dense mode."""
    resources = tuple(read_resources(folder() / "medquad.jsonl.gz"))
    return Reference(
        resources=resources,
        needs=tuple(read_needs(folder() / "needs-dev.jsonl")),
        judgments=read_judgments(folder() / "judgments-dev.tsv"),
        index=Index.in_memory(resources, packaged_encoder() if dense else None),
    )


@cache
def small_shelf(*, unseen: bool, dense: bool = False) -> Reference:
    """The example network's resources with the needs written for them: those that choices were made on, or the others.

    They have one wording, the person's own.
    """
    needs = [need for need in example.judged_needs() if need.unseen is unseen]
    return Reference(
        resources=tuple(example.shelf()),
        needs=tuple(WrittenNeed(need.id, "", need.words, "", "") for need in needs),
        judgments={need.id: dict(need.answers) for need in needs},
        index=Index.in_memory(example.shelf(), packaged_encoder() if dense else None),
    )
