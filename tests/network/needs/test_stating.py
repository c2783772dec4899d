"""Stating a need: what is kept, what is found, what is refused."""

from __future__ import annotations

from uuid import uuid4

import pytest

from coproduce.errors import Absent, InvalidInput, NotAllowed
from coproduce.events import kinds
from coproduce.network.commons.models import Resource
from coproduce.network.log import events_about
from coproduce.network.needs.actions import Chips, Wish, correct_need, state_need
from coproduce.network.needs.models import Need, Offer
from coproduce.network.people.asking import guest
from coproduce.network.people.policy import told
from tests.network.needs.conftest import SCHOOL, Town

HOSTILE = {
    "emoji": "🤕🤕 belly hurts 🥲 what now?",
    "right to left": "ابنتي مصابة بمرض كرون وتحتاج إلى مساعدة في المدرسة",
    "script": "<script>alert(1)</script> ostomy' OR 1=1; --",
    "only marks": "???",
}


def names_of(need: Need) -> list[str]:
    return [row.what.__name__ for row in events_about([need.pk])]


def test_a_parent_states_a_need_for_her_child_and_the_log_says_who_acted_for_whom(town: Town, school: Need) -> None:
    rows = events_about([school.pk])
    stated = rows[0]
    assert (stated.what, stated.actor, stated.object) == (
        kinds.NeedStated,
        town.josephine.person,
        town.orleans.person,
    )
    acted = next(row for row in events_about([town.orleans.actor]) if row.what is kinds.ActedFor)
    assert (acted.actor, acted.cause) == (town.josephine.person, stated.seq)


def test_what_is_found_stands_in_order_with_a_reason_and_names_its_cause(town: Town, school: Need) -> None:
    with told(town.josephine):
        first = school.offers.filter(version__isnull=False).order_by("rank").select_related("version").first()
    assert first.version.title == "A letter for school"
    assert first.reasons
    matched = next(row for row in events_about([school.pk]) if row.seq == first.matched_seq)
    assert (matched.what, matched.cause) == (kinds.ResourceMatched, school.stated_seq)
    shown = next(row for row in events_about([school.pk]) if row.what is kinds.ResourceShown)
    assert shown.cause == matched.seq


def test_somebody_who_helps_with_the_topic_and_has_room_is_suggested(town: Town, school: Need) -> None:
    with told(town.josephine):
        suggested = school.offers.get(helper__isnull=False)
    assert suggested.helper_id == town.bianca.person
    assert suggested.state == Offer.State.SHOWN


def test_the_same_form_sent_twice_states_one_need(town: Town, shelf: dict[str, Resource]) -> None:
    token = uuid4()
    both = [state_need(town.daniel, wish=Wish(words=SCHOOL), token=token) for _ in range(2)]
    assert both[0].pk == both[1].pk
    assert names_of(both[0]).count("NeedStated") == 1


def test_nobody_states_a_need_for_a_person_they_do_not_act_for(town: Town) -> None:
    with pytest.raises(Absent):
        state_need(town.stranger, wish=Wish(words=SCHOOL), for_person=town.orleans.person)
    with told(town.josephine):
        assert not Need.objects.exists()


def test_a_guest_states_nothing(db: None) -> None:
    with pytest.raises(NotAllowed):
        state_need(guest(), wish=Wish(words=SCHOOL))


@pytest.mark.parametrize("words", ["", "   \n ", "\x00", "a" * 100_000, "word\x00word"], ids=repr)
def test_words_that_cannot_be_kept_are_refused_by_field(town: Town, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        state_need(town.daniel, wish=Wish(words=words))
    assert refused.value.field == "words"
    assert words[:20].strip() == "" or words[:20] not in str(refused.value)


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_strange_words_are_kept_as_they_were_said(town: Town, shelf: dict[str, Resource], words: str) -> None:
    need = state_need(town.daniel, wish=Wish(words=words))
    with told(town.daniel):
        assert Need.objects.get(pk=need.pk).words == words


def test_a_corrected_chip_finds_something_else(town: Town, school: Need) -> None:
    correct_need(town.josephine, need_id=school.pk, chips=Chips(conditions=[], kinds=[], words=["ostomy"]))
    with told(town.josephine):
        best = school.offers.filter(rank=1, version__isnull=False).select_related("version").get()
    assert best.version.title == "Living with an ostomy"


def test_a_condition_taken_away_is_written_as_removed(town: Town, school: Need) -> None:
    correct_need(town.josephine, need_id=school.pk, chips=Chips(conditions=[]))
    clarified = [row.value for row in events_about([school.pk]) if row.what is kinds.NeedClarified]
    assert clarified == [1.0, 0.0]


def test_looking_again_offers_nothing_twice(town: Town, school: Need) -> None:
    with told(town.josephine):
        before = set(school.offers.values_list("version_id", "helper_id"))
    correct_need(town.josephine, need_id=school.pk, chips=Chips())
    with told(town.josephine):
        assert set(school.offers.values_list("version_id", "helper_id")) == before
