"""Ranked offers with true reasons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.matching import Constraints, Index, Resource, explain, parse_need, rank, shipped_weights
from coproduce.matching.features import candidates
from coproduce.matching.ranking import GROUNDS, TIE, ordered, signs
from coproduce.matching.resource import OPEN
from coproduce.matching.text import SUMMARY_LIMIT
from coproduce.matching.weights import FEATURES, Weights

NEEDS = ["what causes crohn's disease", "azathioprine side effects", "sleep in a flare", "what is hepatitis", "school"]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("what causes crohn's disease", "2"),
        ("how is regional enteritis treated", "3"),
        ("what are the side effects of imuran", "5"),
        ("azathioprin how much should i take", "6"),
        ("I need a letter for my daughter's school", "8"),
        ("how can he sleep in a flare", "9"),
    ],
)
def test_the_resource_that_answers_comes_first(shelf: Index, text: str, best: str) -> None:
    assert rank(parse_need(text, shelf.lexicon), shelf).offers[0].resource_id == best


def check_that_offers_fall_without_their_reasons(text: str, index: Index) -> int:
    """Takes the grounds of each reason away from ten offers and sees each fall; gives how many it walked."""
    need = parse_need(text, index.lexicon)
    pool = candidates(need, index, OPEN)
    weights = shipped_weights(dense=index.encoder is not None)
    order, _, _ = ordered(pool.features @ weights.vector, pool.cards, weights)
    offers = rank(need, index).offers
    for offer in offers:
        assert offer.reasons
        alone = [(reason,) for reason in offer.reasons if reason.contribution > offer.margin + TIE]
        for removed in alone or [offer.reasons]:
            features = pool.features.copy()
            row = order[offer.rank - 1]
            for reason in removed:
                for name in GROUNDS[reason.ground][0]:
                    features[row, FEATURES.index(name)] = 0
            scores = features @ weights.vector
            without, _, _ = ordered(scores, pool.cards, weights)
            last_of_all = offer.rank == len(order)
            assert without.index(row) > offer.rank - 1 or (last_of_all and scores[row] < offer.score)
    return len(offers)


@pytest.mark.parametrize("text", NEEDS)
def test_without_the_grounds_of_its_reasons_an_offer_falls(shelf: Index, text: str) -> None:
    assert check_that_offers_fall_without_their_reasons(text, shelf)


def test_ten_thousand_resources_of_one_title_are_ranked_and_explained() -> None:
    index = Index.in_memory(Resource(number, "Sleep in a flare", ("Sleep",)) for number in range(10_000))
    found = rank(parse_need("how to sleep", index.lexicon), index, k=10)
    assert len({offer.resource_id for offer in found.offers}) == 10
    assert all(offer.reasons for offer in found.offers)


def test_a_language_in_which_nothing_is_declared_gives_no_offers() -> None:
    index = Index.in_memory([Resource(1, "Sleep in a flare", ("Sleep",), language="en")])
    found = rank(parse_need("sleep", index.lexicon), index, Constraints(languages=frozenset({"xx"})))
    assert (found.offers, found.answerable) == ((), 0.0)


def test_what_the_constraints_rule_out_is_never_scored(shelf: Index) -> None:
    found = rank(parse_need("treatments for crohn's disease", shelf.lexicon), shelf, Constraints(max_risk_class=1))
    assert "3" not in {offer.resource_id for offer in found.offers}
    assert (
        found.n_candidates == rank(parse_need("treatments for crohn's disease", shelf.lexicon), shelf).n_candidates - 1
    )


def test_the_words_that_the_best_offers_hold_count_for_the_chance_of_an_answer(shelf: Index) -> None:
    need = parse_need("sleep and azathioprine", shelf.lexicon)
    pool = candidates(need, shelf, OPEN)
    rows = [at for at, card in enumerate(pool.cards) if card.id in ("5", "6")]
    held = sum(word.weight for word in need.words if word.stem.startswith("azathioprin"))
    assert signs(need, pool, rows)[0] == pytest.approx(held / sum(word.weight for word in need.words))
    assert signs(need, pool, []).tolist() == [0, 0, 0]


def test_a_word_that_no_resource_uses_lowers_the_chance_of_an_answer(shelf: Index) -> None:
    known, unknown = (rank(parse_need(text, shelf.lexicon), shelf) for text in ("sleep", "sleep and sourdough"))
    assert unknown.offers[0].resource_id == known.offers[0].resource_id == "9"
    assert unknown.answerable < known.answerable - 0.1


def test_a_need_that_names_nothing_is_not_held_to_a_name() -> None:
    letter = Resource(1, "A letter for school", ("Inflammatory bowel disease",))
    index = Index.in_memory([letter, Resource(2, "Sleep in a flare", ("Inflammatory bowel disease",))])
    found = rank(parse_need("My daughter needs a letter for school", index.lexicon), index)
    assert found.offers[0].resource_id == "1"
    assert found.answerable > shipped_weights().little_hope


def test_a_summary_tells_what_a_resource_is_about() -> None:
    index = Index.in_memory(
        [
            Resource(
                1, "My going-out kit", summary="What to pack so that a leak is a small thing.", body="Pack wipes."
            ),
            Resource(2, "Living with it", summary="One day.", body="Once there was a leak. " * 3),
        ]
    )
    first = rank(parse_need("what to pack for a leak", index.lexicon), index).offers[0]
    assert first.resource_id == "1"
    assert "It has your words: pack, leak." in {str(reason) for reason in first.reasons}


def test_a_summary_without_end_is_read_to_its_limit() -> None:
    index = Index.in_memory([Resource(1, "Kit", summary="word " * SUMMARY_LIMIT + "zanzibar")])
    assert index.lexicon.in_names("word") == 1
    assert index.lexicon.in_names("zanzibar") == 0


def test_chat_alone_gives_little_hope() -> None:
    index = Index.in_memory([Resource(1, "How to help somebody"), Resource(2, "Sleep in a flare")])
    assert (
        rank(parse_need("Please help me, thank you", index.lexicon), index).answerable < shipped_weights().little_hope
    )


def test_reasons_name_what_moved_the_offer(shelf: Index) -> None:
    offer = rank(parse_need("what causes crohn's disease", shelf.lexicon), shelf).offers[0]
    sentences = [str(reason) for reason in offer.reasons]
    assert "It is about crohn disease." in sentences
    assert "It answers what you ask for: What causes it." in sentences


def test_a_feature_without_weight_is_no_reason(shelf: Index) -> None:
    weights = shipped_weights()
    silent = tuple(0.0 if name == "kind" else value for name, value in zip(FEATURES, weights.features, strict=True))
    need = parse_need("what causes crohn's disease", shelf.lexicon)
    offers = rank(need, shelf, weights=replace(weights, features=silent)).offers
    assert not any(reason.ground == "kind" for offer in offers for reason in offer.reasons)


def test_scores_never_rise_down_the_list(shelf: Index) -> None:
    scores = [offer.score for offer in rank(parse_need("crohn's disease sleep school", shelf.lexicon), shelf).offers]
    assert scores == sorted(scores, reverse=True)


def test_more_of_the_same_gives_way_to_something_new() -> None:
    same = [Resource(number, f"Stoma part {number}", ("Stoma",)) for number in range(12)]
    index = Index.in_memory([*same, Resource("travel", "Travel", ("Travel",))])
    need = parse_need("stoma and travel", index.lexicon)
    weights = shipped_weights()
    varied = [offer.resource_id for offer in rank(need, index, k=13).offers]
    plain = [offer.resource_id for offer in rank(need, index, k=13, weights=replace(weights, diversity_loss=0)).offers]
    assert varied.index("travel") <= plain.index("travel")


def test_every_candidate_is_ordered_once() -> None:
    index = Index.in_memory(Resource(number, f"Stoma {number}", ("Stoma",)) for number in range(60))
    offers = rank(parse_need("stoma", index.lexicon), index, k=60).offers
    assert sorted(int(offer.resource_id) for offer in offers) == list(range(60))


def test_an_empty_need_gives_no_offers_and_no_hope(shelf: Index) -> None:
    ranking = rank(parse_need("", shelf.lexicon), shelf)
    assert (ranking.offers, ranking.answerable) == ((), 0.0)


def test_an_empty_index_gives_no_offers() -> None:
    index = Index.in_memory()
    assert rank(parse_need("crohn's disease", index.lexicon), index).offers == ()


def test_a_need_with_an_answer_looks_more_answerable_than_one_without(shelf: Index) -> None:
    known = rank(parse_need("what causes crohn's disease", shelf.lexicon), shelf)
    unknown = rank(parse_need("gut toilets wakes", shelf.lexicon), shelf)
    assert known.answerable > unknown.answerable


def test_any_resource_can_be_explained(shelf: Index) -> None:
    need = parse_need("what causes crohn's disease", shelf.lexicon)
    offer = explain(need, shelf, 3)
    assert offer is not None
    assert offer.features["name"] == 1.0
    assert explain(need, shelf, "no such id") is None


def test_features_lie_between_0_and_1(shelf: Index) -> None:
    for text in NEEDS:
        features = candidates(parse_need(text, shelf.lexicon), shelf, OPEN).features
        assert np.all((features >= 0) & (features <= 1))


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_an_impossible_number_of_offers_is_refused(shelf: Index, k: int) -> None:
    with pytest.raises(InvalidInput):
        rank(parse_need("sleep", shelf.lexicon), shelf, k=k)


@pytest.mark.parametrize("value", [None, "1", True, float("nan")])
def test_a_weight_that_is_no_number_is_refused(value: object) -> None:
    data = {"features": dict.fromkeys(FEATURES, 1.0) | {"kind": value}, "diversity": {"loss": 0, "most": 0}}
    with pytest.raises(InvalidInput, match=r"features\.kind"):
        Weights.from_mapping(data)
