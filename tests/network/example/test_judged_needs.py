"""The judged needs of the example: whole, and answered from its small shelf about as well as when they were written."""

from statistics import fmean

import pytest

from coproduce.matching import Index, Ranking, parse_need, rank, shipped_weights
from coproduce.matching.evaluation import RELEVANT, ndcg
from coproduce.network.laboratory import example
from coproduce.network.laboratory.example import JudgedNeed

NEEDS = example.judged_needs()
KEYS = {resource.id for resource in example.shelf()}


@pytest.fixture(scope="module")
def found() -> dict[str, Ranking]:
    index = Index.in_memory(example.shelf())
    return {need.id: rank(parse_need(need.words, index.lexicon), index) for need in NEEDS}


def has_answer(need: JudgedNeed) -> bool:
    return max(need.answers.values(), default=0) >= RELEVANT


def is_warned(ranking: Ranking) -> bool:
    return ranking.answerable < shipped_weights().little_hope


def test_every_need_is_told_once_in_its_own_words() -> None:
    for said in ([need.id for need in NEEDS], [need.words.lower() for need in NEEDS]):
        assert len(set(said)) == len(NEEDS)
    assert all(need.words.strip() for need in NEEDS)


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.id)
def test_what_answers_a_need_is_on_the_shelf_and_graded(need: JudgedNeed) -> None:
    assert need.answers.keys() <= KEYS
    assert set(need.answers.values()) <= {1, 2, 3}


def test_every_resource_answers_some_need() -> None:
    assert {key for need in NEEDS for key, grade in need.answers.items() if grade >= RELEVANT} == KEYS


@pytest.mark.parametrize(("unseen", "bar"), [(False, 0.70), (True, 0.60)])
def test_needs_find_what_answers_them(found: dict[str, Ranking], *, unseen: bool, bar: float) -> None:
    """Measured: 0.746 and 0.635."""
    asked = [need for need in NEEDS if need.unseen is unseen and has_answer(need)]
    lists = {need.id: [offer.resource_id for offer in found[need.id].offers] for need in asked}
    assert fmean(ndcg(lists[need.id], need.answers) for need in asked) >= bar


def test_few_needs_with_an_answer_are_told_that_there_is_nothing_good(found: dict[str, Ranking]) -> None:
    """Measured: 0.15 of those with an answer, 0.49 of those without."""
    told = {
        answered: fmean(is_warned(found[need.id]) for need in NEEDS if has_answer(need) is answered)
        for answered in (True, False)
    }
    assert told[True] <= 0.2
    assert told[False] >= 0.4


def test_the_letter_for_school_is_good(found: dict[str, Ranking]) -> None:
    letter = found["letter-school"]
    assert letter.offers[0].resource_id == "school-letter"
    assert not is_warned(letter)
