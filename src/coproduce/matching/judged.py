"""Needs with judged resources, ranked anew under any weights: the gate that learned weights must pass."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from coproduce.errors import InvalidInput
from coproduce.matching.evaluation import RELEVANT, Judgments, ndcg
from coproduce.matching.features import Candidates, candidates
from coproduce.matching.index import Index
from coproduce.matching.need import parse_need
from coproduce.matching.ranking import ordered
from coproduce.matching.resource import OPEN
from coproduce.matching.weights import Weights


def judged_quality(pool: Candidates, grades: Mapping[str, int], weights: Weights) -> float:
    """nDCG at 10 of the candidates of one need in the order of these weights, variety included."""
    order, _, _ = ordered(pool.features @ weights.vector, pool.cards, weights)
    return ndcg([pool.cards[row].id for row in order], grades)


class JudgedShelf:
    """A shelf, needs in words, and which resources answer each; the candidates of each need are found once.

    Needs without a relevant resource (grade 2 or more) say nothing about an order and are left out. Raises InvalidInput
    when none is left.
    """

    def __init__(self, index: Index, needs: Mapping[str, str], judgments: Judgments) -> None:
        self.judgments = {
            need: grades
            for need, grades in judgments.items()
            if need in needs and max(grades.values(), default=0) >= RELEVANT
        }
        if not self.judgments:
            raise InvalidInput(
                given="no need with a resource that was judged right",
                expected="at least one, with a grade of 2 or more",
            )
        self._pools = {need: candidates(parse_need(needs[need], index.lexicon), index, OPEN) for need in self.judgments}

    def __len__(self) -> int:
        return len(self.judgments)

    def quality(self, weights: Weights) -> float:
        """The mean nDCG at 10 of the needs, each ordered under these weights."""
        return fmean(judged_quality(self._pools[need], grades, weights) for need, grades in self.judgments.items())
