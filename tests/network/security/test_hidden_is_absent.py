"""What is hidden looks as if it did not exist: the same answer, and counted nowhere."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from coproduce import clock
from coproduce.network.commons.actions import create_resource
from coproduce.network.commons.models import Resource
from coproduce.network.needs import actions
from coproduce.network.needs.models import Audience, Need
from coproduce.network.people.actions import end_proxy, hand_over, register_child
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told
from tests.network.needs.conftest import SCHOOL, START, Town, words_of
from tests.network.security.addresses import filled, patterns, takes
from tests.network.security.conftest import SignIn

#: An id that nobody has.
NOBODYS = "99999999"


def _shape(client: Client, method: str, address: str, number: str) -> tuple[int, str]:
    """Status and words of an answer, without what differs by chance: the token, and the number that was asked for."""
    answer = getattr(client, method)(address, headers={"sec-fetch-site": "same-origin"})
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", answer.content.decode())
    return answer.status_code, re.sub(rf"(?<=/){number}(?=/)", "N", page + answer.headers.get("Location", ""))


@pytest.mark.parametrize("who", ["stranger", "bianca", "guest"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_need_hidden_from_me_answers_as_one_that_is_not_there(
    sign_in: SignIn, school: Need, town: Town, who: str, method: str
) -> None:
    client = sign_in(who)
    with told(town.josephine):
        offer = str(school.offers.values_list("pk", flat=True)[0])
    for pattern in patterns():
        if "need_id" in takes(pattern):
            there = _shape(client, method, filled(pattern, offer, {"need_id": str(school.pk)}), str(school.pk))
            not_there = _shape(client, method, filled(pattern, offer, {"need_id": NOBODYS}), NOBODYS)
            assert there == not_there, pattern
            assert there[0] in {302, 403, 404, 405}, pattern


@pytest.mark.parametrize("who", ["stranger", "guest"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_draft_hidden_from_me_answers_as_one_that_is_not_there(
    sign_in: SignIn, shelf: dict[str, Resource], town: Town, who: str, method: str
) -> None:
    draft = create_resource(town.daniel, words=words_of("A draft", "not yet"))
    client = sign_in(who)
    for pattern in patterns():
        if "resource_id" in takes(pattern):
            there = _shape(client, method, filled(pattern, "1", {"resource_id": str(draft.pk)}), str(draft.pk))
            not_there = _shape(client, method, filled(pattern, "1", {"resource_id": NOBODYS}), NOBODYS)
            assert there == not_there, pattern
            assert there[0] in {302, 403, 404, 405}, pattern


def test_drafts_are_in_no_list_and_no_count(sign_in: SignIn, shelf: dict[str, Resource], town: Town) -> None:
    client = sign_in("stranger")
    before = client.get("/commons/").content.decode()
    create_resource(town.daniel, words=words_of("A hidden quokka", "quokka quokka"))
    after = client.get("/commons/").content.decode()
    found = client.post("/commons/", {"words": "quokka"}).content.decode()
    assert re.findall(r"\d+", re.sub(r'value="[^"]*"', "", before)) == re.findall(
        r"\d+", re.sub(r'value="[^"]*"', "", after)
    )
    assert "A hidden quokka" not in after + found


def test_a_proxy_for_one_child_reaches_no_other(sign_in: SignIn, town: Town, school: Need) -> None:
    born = START.date().replace(year=2016)
    other = register_child(town.daniel, pseudonym="Bo", name="B", birth_date=born)
    need = actions.state_need(town.daniel, wish=actions.Wish(words=SCHOOL), for_person=other.pk)
    josephine = sign_in("josephine")
    assert josephine.get(f"/needs/{school.pk}/").status_code == 200
    assert josephine.get(f"/needs/{need.pk}/").status_code == 404
    assert josephine.post("/me/act-for/", {"person": other.pk}).status_code == 404
    assert "Bo" not in re.findall(r"\bBo\b", josephine.get("/me/").content.decode())
    form = {"words": SCHOOL, "whom": other.pk, "audience": "network", "line_of_work": 1, "stage": "", "goal": ""}
    assert josephine.post("/", form).status_code == 422
    with told(computer("worker")):
        assert Need.objects.filter(for_person=other.pk).count() == 1


def test_a_right_that_ends_ends_at_once_in_every_open_browser(sign_in: SignIn, town: Town) -> None:
    for_child = actions.state_need(town.orleans, wish=actions.Wish(words=SCHOOL, audience=Audience.ONLY_ME))
    one, other = sign_in("josephine"), sign_in("josephine")
    assert other.get(f"/needs/{for_child.pk}/").status_code == 200
    with told(town.orleans):
        end_proxy(town.orleans, person_id=town.orleans.actor, proxy_id=town.josephine.actor)
    for browser in (one, other):
        assert browser.get(f"/needs/{for_child.pk}/").status_code == 404
        assert browser.post(f"/needs/{for_child.pk}/close/", {"how": "withdraw"}).status_code == 404
        assert "Orleans" not in browser.get("/").content.decode()


def test_at_hand_over_a_parent_loses_what_is_the_childs_and_keeps_their_own(sign_in: SignIn, town: Town) -> None:
    child = register_child(town.daniel, pseudonym="Cleo", name="C", birth_date=date(2008, 4, 1))
    own = actions.state_need(town.daniel, wish=actions.Wish(words="something for me"))
    childs = actions.state_need(town.daniel, wish=actions.Wish(words=SCHOOL), for_person=child.pk)
    daniel = sign_in("daniel")
    assert daniel.get(f"/needs/{childs.pk}/").status_code == 200
    hand_over(town.daniel.when(clock.now()), person_id=child.pk)
    assert daniel.get(f"/needs/{own.pk}/").status_code == 200
    assert daniel.post("/me/act-for/", {"person": child.pk}).status_code == 404
    assert "Cleo" not in daniel.get("/me/").content.decode()
