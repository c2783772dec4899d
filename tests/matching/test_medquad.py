"""The ranking on real needs, resources and human judgments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coproduce.matching import Index, parse_need, rank
from coproduce.matching.evaluation import Judgments, evaluate
from coproduce.matching.files import WrittenNeed, read_judgments, read_needs, read_resources
from tests.matching.test_ranking import check_that_offers_fall_without_their_reasons


@pytest.fixture(scope="module")
def medquad(reference_data: Path) -> Iterator[Index]:
    return Index.in_memory(read_resources(reference_data / "matching" / "medquad.jsonl.gz"))


@pytest.fixture(scope="module")
def needs(reference_data: Path) -> list[WrittenNeed]:
    return read_needs(reference_data / "matching" / "needs-dev.jsonl")


@pytest.fixture(scope="module")
def judgments(reference_data: Path) -> Judgments:
    return read_judgments(reference_data / "matching" / "judgments-dev.tsv")


@pytest.mark.parametrize(("field", "bar"), [("own", 0.53), ("paraphrase", 0.60), ("summary", 0.60)])
def test_needs_find_what_people_judged_right(
    medquad: Index, needs: list[WrittenNeed], judgments: Judgments, field: str, bar: float
) -> None:
    rankings = {need.id: rank(parse_need(need.text(field), medquad.lexicon), medquad, k=100) for need in needs}
    run = {qid: {offer.resource_id: -float(offer.rank) for offer in found.offers} for qid, found in rankings.items()}
    result = evaluate(run, judgments)
    assert (result.n_needs, result.n_left_out) == (36, 12)
    assert result.metrics["ndcg_10"].value >= bar


def test_the_reasons_of_at_least_100_offers_are_true(medquad: Index, needs: list[WrittenNeed]) -> None:
    walked = [check_that_offers_fall_without_their_reasons(need.text("own"), medquad) for need in needs[:12]]
    assert sum(walked) >= 100


def test_every_resource_of_the_file_is_in_the_index(medquad: Index) -> None:
    assert len(medquad) == 47_415
