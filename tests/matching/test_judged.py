"""A judged shelf: the gate of learned weights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coproduce.errors import InvalidInput
from coproduce.matching import Index, parse_need, rank, shipped_weights
from coproduce.matching.evaluation import ndcg
from coproduce.matching.judged import JudgedShelf
from coproduce.matching.weights import FEATURES

NEEDS = {"sleep": "how to sleep in a flare", "causes": "what causes crohn's disease", "nothing": "a bicycle"}
JUDGMENTS = {"sleep": {"9": 3}, "causes": {"2": 3, "1": 1}, "nothing": {"1": 0}, "unasked": {"1": 3}}


def test_its_quality_is_that_of_the_ranking(shelf: Index) -> None:
    """The oracle is the ranker itself, asked need by need."""
    judged = JudgedShelf(shelf, NEEDS, JUDGMENTS)
    assert len(judged) == 2
    only_text = tuple(float(name == "text") for name in FEATURES)
    for weights in (shipped_weights(), replace(shipped_weights(), features=only_text)):
        lists = {
            need: [
                one.resource_id for one in rank(parse_need(NEEDS[need], shelf.lexicon), shelf, weights=weights).offers
            ]
            for need in ("sleep", "causes")
        }
        assert judged.quality(weights) == pytest.approx(sum(ndcg(lists[n], JUDGMENTS[n]) for n in lists) / 2)


@pytest.mark.parametrize("judgments", [{}, {"nothing": {"1": 1}}, {"unasked": {"1": 3}}, {"sleep": {}}])
def test_where_nothing_was_judged_right_there_is_no_gate(shelf: Index, judgments: dict[str, dict[str, int]]) -> None:
    with pytest.raises(InvalidInput, match="judged right"):
        JudgedShelf(shelf, NEEDS, judgments)
