"""Measures of a ranking, against closed forms and pytrec_eval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.matching.evaluation import (
    area_under_curve,
    average_precision,
    evaluate,
    ndcg,
    ordered_ids,
    paired_difference,
    per_need,
    recall,
    reciprocal_rank,
    success,
)

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}


def test_ndcg_is_the_closed_form() -> None:
    gained = 1 / math.log2(2) + 3 / math.log2(4)
    ideal = 3 / math.log2(2) + 2 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(["c", "unjudged", "a"], GRADES) == pytest.approx(gained / ideal)


def test_the_best_order_has_ndcg_1() -> None:
    assert ndcg(["a", "b", "c", "d"], GRADES) == pytest.approx(1)


def test_average_precision_counts_relevant_resources_that_were_not_found() -> None:
    assert average_precision(["x", "a"], GRADES) == pytest.approx((1 / 2) / 2)


def test_reciprocal_rank_looks_no_deeper_than_10() -> None:
    assert reciprocal_rank(["x", "y", "b"], GRADES) == pytest.approx(1 / 3)
    assert reciprocal_rank([*map(str, range(10)), "a"], GRADES) == 0


def test_grade_1_is_no_success() -> None:
    assert (success(["c"], GRADES), success(["b"], GRADES)) == (0, 1)


def test_recall_is_a_share_of_the_relevant() -> None:
    assert recall(["b", "c"], GRADES) == 0.5


def test_equal_scores_are_ordered_by_id_from_high_to_low_as_trec_eval_does() -> None:
    assert ordered_ids({"a": 1.0, "c": 1.0, "b": 2.0}) == ["b", "c", "a"]


ids = st.text(alphabet="abcdefgh", min_size=1, max_size=2)
runs = st.dictionaries(ids, st.integers(0, 5).map(float), min_size=1, max_size=30)
grades = st.dictionaries(ids, st.integers(0, 3), min_size=1, max_size=30)


@settings(max_examples=200, deadline=None)
@given(run=runs, judged=grades)
def test_every_measure_agrees_with_trec_eval(run: dict[str, float], judged: dict[str, int]) -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval")
    if max(judged.values()) < 2:
        return
    ours = {name: per_need({"q": run}, {"q": judged}, name)["q"] for name in ("ndcg_10", "map", "recall_100")}
    graded = pytrec_eval.RelevanceEvaluator({"q": judged}, {"ndcg_cut.10"}).evaluate({"q": run})["q"]
    relevant = {"map", "recall.100", "recip_rank", "success.10"}
    oracle = pytrec_eval.RelevanceEvaluator({"q": judged}, relevant, relevance_level=2).evaluate({"q": run})["q"]
    assert ours["ndcg_10"] == pytest.approx(graded["ndcg_cut_10"])
    assert ours["map"] == pytest.approx(oracle["map"])
    assert ours["recall_100"] == pytest.approx(oracle["recall_100"])
    assert per_need({"q": run}, {"q": judged}, "success_10")["q"] == oracle["success_10"]
    if oracle["recip_rank"] >= 0.1:
        assert per_need({"q": run}, {"q": judged}, "mrr_10")["q"] == pytest.approx(oracle["recip_rank"])


def test_needs_without_a_relevant_resource_are_left_out_and_counted() -> None:
    result = evaluate({"1": {"a": 1.0}, "3": {"a": 1.0}}, {"1": {"a": 2}, "2": {"a": 1}})
    assert (result.n_needs, result.n_left_out) == (1, 2)
    assert result.metrics["ndcg_10"].value == 1


def test_a_need_that_the_run_leaves_unanswered_counts_as_zero() -> None:
    result = evaluate({"1": {"a": 1.0}}, {"1": {"a": 2}, "2": {"a": 2}})
    assert result.metrics["success_10"].value == 0.5


def test_the_interval_holds_the_value_and_repeats_with_the_seed() -> None:
    run = {str(need): {"a": 1.0} for need in range(20)}
    judged = {str(need): {"a": 2} if need % 3 else {"b": 2} for need in range(20)}
    first, second = evaluate(run, judged, seed=5), evaluate(run, judged, seed=5)
    assert first == second
    assert all(estimate.low <= estimate.value <= estimate.high for estimate in first.metrics.values())


def test_a_run_about_other_needs_is_refused() -> None:
    with pytest.raises(InvalidInput, match="share no need"):
        evaluate({"9": {"a": 1.0}}, {"1": {"a": 2}})


def test_a_constant_difference_has_no_spread() -> None:
    difference = paired_difference({"1": 0.5, "2": 0.7}, {"1": 0.4, "2": 0.6})
    assert (difference.low, difference.high) == (pytest.approx(0.1), pytest.approx(0.1))


def test_a_difference_over_other_needs_is_refused() -> None:
    with pytest.raises(InvalidInput):
        paired_difference({"1": 0.5}, {"2": 0.5})


@pytest.mark.parametrize(
    ("scores", "labels", "area"),
    [([3, 2, 1], [True, True, False], 1.0), ([1, 1], [True, False], 0.5), ([1, 2, 3], [True, False, True], 0.5)],
)
def test_the_area_under_the_curve_counts_pairs(scores: list[float], labels: list[bool], area: float) -> None:
    assert area_under_curve(scores, labels) == area


def test_the_area_is_unknown_without_both_kinds() -> None:
    assert math.isnan(area_under_curve([1.0], [True]))
