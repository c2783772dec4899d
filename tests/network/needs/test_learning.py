"""Learning from thanks in the live network: lists that can teach, what they teach, and the way back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.matching.thanks import World
from benchmarks.matching.thanks import showings as made_showings
from django.db import ProgrammingError
from typer.testing import CliRunner, Result

from coproduce.cli import app
from coproduce.errors import InvalidInput, NotAllowed
from coproduce.events import LineOfWork, Role, kinds
from coproduce.matching import Weights, shipped_weights
from coproduce.matching.showing import SWAP
from coproduce.matching.thanks import HELPED, OPENED
from coproduce.matching.weights import FEATURES
from coproduce.network.commons.models import Resource
from coproduce.network.log import events_about
from coproduce.network.needs import reading
from coproduce.network.needs.actions import Outcome, Wish, correct_need, report_outcome, state_need, use_offer
from coproduce.network.needs.actions.stating import Chips
from coproduce.network.needs.learning import learn_from_thanks, showings, take_back
from coproduce.network.needs.models import LearnedWeights, Need, Offer
from coproduce.network.needs.queries import need_page
from coproduce.network.people.actions import erase_person, join
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told
from tests.network.needs.conftest import START, Town

OPERATOR = computer("operator")
#: Words that bring up all four resources of the shelf.
BROAD = "Crohn's disease: ostomy, sleep, tiredness, a letter for school"


@pytest.fixture
def broad(town: Town, shelf: dict[str, Resource]) -> Need:
    return state_need(town.daniel, wish=Wish(words=BROAD, line_of_work=LineOfWork.EVERYDAY_LIFE))


def offers_of(need: Need) -> list[Offer]:
    with told(OPERATOR):
        return list(need.offers.filter(version__isnull=False).order_by("place"))


def test_a_list_is_kept_as_it_was_shown(town: Town, broad: Need) -> None:
    offers = offers_of(broad)
    assert [offer.place for offer in offers] == [1, 2, 3, 4]
    assert [offer.rank for offer in offers[:2]] == [1, 2]
    swapped = offers[2].rank == 4
    assert [offer.propensity for offer in offers] == [1, 1, *[SWAP if swapped else 1 - SWAP] * 2]
    assert all(len(offer.features or ()) == len(FEATURES) for offer in offers)
    shown = {row.object: row.value for row in events_about([broad.pk]) if row.what is kinds.ResourceShown}
    assert shown == {offer.version_id: offer.place for offer in offers}
    page = need_page(town.daniel, need_id=broad.pk)
    assert [offer.pk for offer in page.resources] == [offer.pk for offer in offers]


def test_near_neighbours_change_places_for_some_needs(town: Town, shelf: dict[str, Resource]) -> None:
    needs = [state_need(town.daniel, wish=Wish(words=BROAD)) for _ in range(30)]
    ranks = {tuple(offer.rank for offer in offers_of(need)) for need in needs}
    assert ranks == {(1, 2, 3, 4), (1, 2, 4, 3)}


def test_an_urgent_need_sees_the_ranking_as_it_is(town: Town, shelf: dict[str, Resource], broad: Need) -> None:
    with told(OPERATOR):
        Need.objects.filter(pk=broad.pk).update(urgent_sign="fever")
    correct_need(town.daniel, need_id=broad.pk, chips=Chips(words=("sleep", "ostomy", "letter", "crohn")))
    offers = offers_of(broad)
    assert [offer.place for offer in offers] == [offer.rank for offer in offers]
    assert {offer.propensity for offer in offers} == {1.0}


def test_what_helped_is_what_a_list_teaches(town: Town, broad: Need) -> None:
    third = offers_of(broad)[2]
    report_outcome(town.daniel, need_id=broad.pk, offer_id=third.pk, outcome=Outcome(answer="yes"))
    (list_shown,) = showings(OPERATOR)
    assert list_shown.reward.tolist() == [0, 0, HELPED, 0]
    assert list_shown.account == town.daniel.person
    assert list_shown.groups == ("know-how",) * 4


def test_what_was_only_used_counts_as_an_opening(town: Town, broad: Need) -> None:
    use_offer(town.daniel, need_id=broad.pk, offer_id=offers_of(broad)[0].pk)
    assert showings(OPERATOR)[0].reward.tolist() == [OPENED, 0, 0, 0]


def test_a_list_that_changes_after_somebody_chose_from_it_teaches_nothing(town: Town, broad: Need) -> None:
    use_offer(town.daniel, need_id=broad.pk, offer_id=offers_of(broad)[0].pk)
    correct_need(town.daniel, need_id=broad.pk, chips=Chips(words=("sleep", "ostomy")))
    assert showings(OPERATOR) == []


def test_what_an_erased_person_was_shown_teaches_nothing(town: Town, broad: Need) -> None:
    erase_person(town.daniel, person_id=town.daniel.actor)
    assert showings(OPERATOR) == []
    assert {offer.features for offer in Offer.objects.filter(need=broad)} <= {None}


@pytest.fixture
def thanked(town: Town, shelf: dict[str, Resource]) -> None:
    """300 lists as made people thank for them, kept as if shown here: the kind of help counts more than we thought."""
    made = made_showings(300, World(), 1, shipped_weights())
    like = {"created_at": START, "fingerprint": b"", "title": "Made"}
    example = computer("example")
    with told(example):
        resource = next(iter(shelf.values()))
        versions = [resource.versions.create(number=2 + place, **like) for place in range(10)]
        people = [join(example, pseudonym=f"Made {at}", role=Role.PATIENT) for at in range(len(made))]
        needs = [
            Need.objects.create(
                stated_by=one, for_person=one, words="", line_of_work=1, stated_at=START, last_answer_at=START
            )
            for one in people
        ]
        Offer.objects.bulk_create(
            Offer(
                need=need, version=version, place=at + 1, propensity=shown.propensities[at], matched_seq=0, at=START,
                features=shown.features[at].tolist(),
                state=Offer.State.HELPED if shown.reward[at] else Offer.State.SHOWN,
            )
            for need, shown in zip(needs, made, strict=True)
            for at, version in enumerate(versions)
        )  # fmt: skip


def rank_of_kind(weights: Weights) -> int:
    """Where the weight of the kind of help stands among the others, 0 first."""
    return sorted(weights.features, reverse=True).index(weights.features[FEATURES.index("kind")])


def test_thanks_teach_and_what_was_learned_holds_until_it_is_taken_back(town: Town, thanked: None) -> None:
    shipped = shipped_weights()
    with told(town.daniel):
        assert reading.present_weights() == shipped
    update, ships = learn_from_thanks(OPERATOR, judged=lambda weights: 1.0, ship=True)
    assert ships
    assert update.n_showings == 300
    with told(town.daniel):
        learned = reading.present_weights()
    assert learned == update.weights
    assert rank_of_kind(learned) < rank_of_kind(shipped)
    assert take_back(OPERATOR)
    with told(town.daniel):
        assert reading.present_weights() == shipped
    assert not take_back(OPERATOR)


def test_what_was_learned_orders_the_next_need(town: Town, thanked: None) -> None:
    weights = dict(zip(FEATURES, replace(shipped_weights(), features=(0.0,) * 6 + (1.0,)).features, strict=True))
    before = state_need(town.daniel, wish=Wish(words=BROAD))
    with told(OPERATOR):
        LearnedWeights.objects.create(is_dense=False, weights=weights, n_lists=2, at=START)
    after = state_need(town.daniel, wish=Wish(words=BROAD))
    assert offers_of(before)[0].score > 1
    assert max(offer.score for offer in offers_of(after)) == 0


def test_without_being_told_to_ship_nothing_changes(town: Town, thanked: None) -> None:
    update, ships = learn_from_thanks(OPERATOR, judged=lambda weights: 1.0, ship=False)
    assert (update.ships, ships) == (True, False)
    assert not LearnedWeights.objects.exists()


def test_what_human_judgments_refuse_does_not_hold(town: Town, thanked: None) -> None:
    shipped = shipped_weights()
    _, ships = learn_from_thanks(OPERATOR, judged=lambda weights: float(weights == shipped), ship=True)
    assert not ships
    assert not LearnedWeights.objects.exists()


@pytest.mark.parametrize("weights", [{}, {"name": 1.0}, dict.fromkeys([*FEATURES, "mood"], 1.0)])
def test_what_was_learned_for_other_features_does_not_hold(town: Town, weights: dict[str, float]) -> None:
    with told(OPERATOR):
        LearnedWeights.objects.create(is_dense=False, weights=weights, n_lists=2, at=START)
        assert reading.present_weights() == shipped_weights()


def test_what_was_learned_with_meanings_does_not_hold_without(town: Town) -> None:
    with told(OPERATOR):
        LearnedWeights.objects.create(is_dense=True, weights=dict.fromkeys(FEATURES, 1.0), n_lists=2, at=START)
        assert reading.present_weights() == shipped_weights()


@pytest.mark.parametrize("who", ["daniel", "josephine"])
def test_only_the_operator_learns(town: Town, who: str) -> None:
    for deed in (showings, take_back):
        with pytest.raises(NotAllowed):
            deed(getattr(town, who))


def test_with_the_policy_off_nobody_else_writes_weights(town: Town) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), told(town.daniel):
        LearnedWeights.objects.create(is_dense=False, weights={}, n_lists=2, at=START)


def test_thanks_of_one_person_teach_nothing(town: Town, broad: Need) -> None:
    report_outcome(town.daniel, need_id=broad.pk, offer_id=offers_of(broad)[0].pk, outcome=Outcome(answer="yes"))
    with pytest.raises(InvalidInput, match="two accounts"):
        learn_from_thanks(OPERATOR, judged=lambda weights: 1.0, ship=True)


def command(*words: str) -> Result:
    return CliRunner().invoke(app, ["match", *words])


def test_the_command_says_what_was_learned_and_ships_only_when_told(town: Town, thanked: None) -> None:
    told_plain = command("learn")
    assert told_plain.exit_code == 0, told_plain.output
    assert "Nothing was changed" in told_plain.output or "human judgments" in told_plain.output
    lesson = json.loads(command("learn", "--json").stdout)
    assert lesson["n_lists"] == 300
    assert lesson["gain"]["low"] > 0
    assert lesson["exposure"] == {"know-how": {"before": 1.0, "after": 1.0}}
    assert 0.5 < lesson["judged"]["before"] < 1
    assert not LearnedWeights.objects.exists()
    shipped = json.loads(command("learn", "--ship", "--json").stdout)
    assert shipped["shipped"] == shipped["passes"] == LearnedWeights.objects.exists()


def test_the_command_takes_back(town: Town) -> None:
    with told(OPERATOR):
        LearnedWeights.objects.create(is_dense=False, weights=dict.fromkeys(FEATURES, 1.0), n_lists=2, at=START)
    assert "Taken back" in command("take-back").output
    assert "shipped weights hold" in command("take-back").output


def test_own_judgments_need_all_three_files(town: Town, tmp_path: Path) -> None:
    refused = command("learn", "--needs", str(tmp_path / "needs.jsonl"))
    assert refused.exit_code == 2


def test_own_judgments_are_read_from_files(town: Town, thanked: None, tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"id": "1", "title": "A letter for school"}\n{"id": "2", "title": "Sleep"}\n')
    (tmp_path / "n.jsonl").write_text('{"qid": "a", "subject": "", "message": "a letter for school"}\n')
    (tmp_path / "j.tsv").write_text("a\t1\t3\n")
    files = ["--resources", "r.jsonl", "--needs", "n.jsonl", "--judgments", "j.tsv"]
    given = [str(tmp_path / part) if "." in part else part for part in files]
    assert json.loads(command("learn", "--json", *given).stdout)["judged"] == {"before": 1.0, "after": 1.0}
