"""Stating a need: what is kept, what is found, what is refused."""

from __future__ import annotations

from uuid import uuid4

import pytest

from coproduce.errors import Absent, InvalidInput, NotAllowed
from coproduce.events import kinds
from coproduce.network.commons import index
from coproduce.network.commons.actions import create_resource
from coproduce.network.commons.models import Resource
from coproduce.network.commons.words import Words
from coproduce.network.log import events_about
from coproduce.network.needs.actions import Chips, Wish, correct_need, state_need
from coproduce.network.needs.models import Audience, Need, Offer
from coproduce.network.needs.queries import look
from coproduce.network.people.actions import Preferences, set_preferences
from coproduce.network.people.asking import Asking, guest
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


def spoken_by(asking: Asking, *tags: str) -> None:
    wishes = Preferences(pseudonym="Somebody", languages=tags, helps_with=("ostomy", "school"), help_capacity=3)
    set_preferences(asking, person_id=asking.actor, wishes=wishes)


def asked_of(town: Town, need: Need) -> set[int | None]:
    with told(town.josephine):
        return set(need.offers.filter(helper__isnull=False).values_list("helper_id", flat=True))


@pytest.mark.parametrize(
    ("hers", "theirs", "is_asked"),
    [
        ((), (), True),
        ((), ("es",), False),
        (("es",), ("es", "pt"), True),
        (("pt-BR",), ("pt",), True),
        (("es",), ("pt",), False),
    ],
)
def test_who_is_asked_to_help_shares_a_language_with_who_asks(
    town: Town, shelf: dict[str, Resource], hers: tuple[str, ...], theirs: tuple[str, ...], is_asked: bool
) -> None:
    spoken_by(town.josephine, *hers)
    spoken_by(town.bianca, *theirs)
    need = state_need(
        town.josephine, wish=Wish(words=SCHOOL, audience=Audience.NETWORK, language="es" if hers else "en")
    )
    assert (town.bianca.person in asked_of(town, need)) is is_asked


def test_resources_in_a_language_that_one_reads_are_found(town: Town, shelf: dict[str, Resource]) -> None:
    words = Words(
        title="Crohn's disease letter for the teacher at school", body="School letter, Crohn's disease, teacher.",
        kind="know-how", line_of_work=1, risk_class=0, language="cy",
    )  # fmt: skip
    create_resource(town.daniel, words=words, share=True)
    index.catch_up()

    def is_found() -> set[bool]:
        need = state_need(town.josephine, wish=Wish(words=SCHOOL, audience=Audience.NETWORK))
        with told(town.josephine):
            offered = need.offers.filter(version__title=words.title).exists()
        looked = [
            resource.stable.title for resource, _ in look(town.josephine, words=SCHOOL).resources if resource.stable
        ]
        return {offered, words.title in looked}

    assert is_found() == {False}
    spoken_by(town.josephine, "en", "cy")
    assert is_found() == {True}
