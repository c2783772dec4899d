"""Who acts for whom, a child's yes, and places of care: from the pages, as a parent, a steward and a stranger."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest
from django.test import Client

from coproduce import clock
from coproduce.errors import Absent, InvalidInput, NotAllowed
from coproduce.events import ABSENT, Role, kinds
from coproduce.measures.people import people_table
from coproduce.network.log import Row, events_about, follow, read_frame
from coproduce.network.people import actions, queries
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Identity, Person, Proxy, Site
from coproduce.network.people.policy import told
from tests.network.people.conftest import NOON, Joins
from tests.network.people.test_pages import sign_in

pytestmark = pytest.mark.django_db

BORN = date(2014, 3, 1)


def told_of(person_id: int, kind: type) -> list[Row]:
    return [row for row in events_about([person_id]) if row.what is kind]


def test_a_parent_ends_their_own_right_only_after_a_tick(client: Client, join: Joins) -> None:
    parent = join("Josephine", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="Orleans", name="N", birth_date=BORN)
    sign_in(client, parent)
    right = f"{child.pk}-{parent.actor}"
    assert client.get("/me/acting/").content.decode().count(right) == 1
    answer = client.post("/me/acting/", {"right": right})
    assert answer.status_code == 422
    assert "tick the box" in answer.content.decode()
    assert queries.people_i_act_for(parent) == [child]
    client.post("/me/acting/", {"right": right, "sure": "on"})
    assert queries.people_i_act_for(parent.when(clock.now())) == []
    (ended,) = told_of(child.pk, kinds.ProxyEnded)
    assert (ended.actor, ended.subject, ended.object) == (parent.actor, child.pk, parent.actor)


@pytest.mark.parametrize("right", ["", "1-2", "x", "1-2-3", "\0", "9" * 60, "-"])
def test_a_right_that_is_not_one_s_own_cannot_be_ended(client: Client, join: Joins, right: str) -> None:
    parent, stranger = join("Josephine", Role.FAMILY), join("Stranger")
    child = actions.register_child(parent, pseudonym="Orleans", name="N", birth_date=BORN)
    sign_in(client, stranger)
    for tried in (right, f"{child.pk}-{parent.actor}"):
        assert client.post("/me/acting/", {"right": tried, "sure": "on"}).status_code in {404, 422}
    assert queries.people_i_act_for(parent) == [child]


def test_a_parent_writes_down_what_the_child_said_and_the_page_says_who_wrote_it(client: Client, join: Joins) -> None:
    parent = join("Josephine", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="Orleans", name="N", birth_date=BORN)
    sign_in(client, parent)
    assert client.get("/me/assent/").status_code == 404, "a grown-up is not asked"
    client.post("/me/act-for/", {"person": child.pk})
    page = client.get("/me/assent/").content.decode()
    assert "Nobody has asked yet." in page
    assert "1 March 2032" in page, "the day on which the child is of age"
    for answer, kind in (
        ("no", kinds.ConsentRefused), ("no", None), ("yes", kinds.ConsentGiven), ("yes", None),
        ("no", kinds.ConsentWithdrawn),
    ):  # fmt: skip
        before = {row.seq for row in events_about([child.pk])}
        assert client.post("/me/assent/", {"answer": answer}).status_code == 302
        new = [row for row in events_about([child.pk]) if row.seq not in before]
        assert [row.what for row in new if row.what is not kinds.ActedFor] == ([] if kind is None else [kind])
        assert {row.actor for row in new} <= {parent.actor}
        page = client.get("/me/assent/").content.decode()
        assert re.search("Josephine wrote down on .* that Orleans said so", page)
    with told(parent):
        kept = Identity.objects.get(pk=child.pk)
    assert (kept.assented_at is None, kept.declined_at is None, kept.assent_noted_by_id) == (True, False, parent.person)


def test_a_child_with_a_log_in_of_its_own_answers_for_itself(client: Client, join: Joins) -> None:
    parent = join("Josephine", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="Orleans", name="N", birth_date=BORN)
    sign_in(client, Asking(person=child.pk, roles=frozenset({Role.PATIENT}), at=NOON))
    assert "is it okay with you?" in client.get("/me/assent/").content.decode()
    client.post("/me/assent/", {"answer": "yes"})
    assert "Orleans said so here on" in client.get("/me/assent/").content.decode()
    assert [row.actor for row in told_of(child.pk, kinds.ConsentGiven)] == [child.pk]


@pytest.mark.parametrize("answer", ["", "maybe", "\0", "y" * 100_000])
def test_what_is_neither_yes_nor_no_changes_nothing(client: Client, join: Joins, answer: str) -> None:
    parent = join("Josephine", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="Orleans", name="N", birth_date=BORN)
    sign_in(client, parent)
    client.post("/me/act-for/", {"person": child.pk})
    assert client.post("/me/assent/", {"answer": answer}).status_code == 422
    assert "Nobody has asked yet." in client.get("/me/assent/").content.decode()


def test_a_child_too_young_is_told_from_when_it_is_asked(client: Client, join: Joins) -> None:
    parent = join("Josephine", Role.FAMILY)
    small = actions.register_child(parent, pseudonym="Otis", name="N", birth_date=date(2024, 3, 1))
    sign_in(client, parent)
    client.post("/me/act-for/", {"person": small.pk})
    page = client.get("/me/assent/").content.decode()
    assert "asked from the age of 7" in page
    assert 'value="yes"' not in page


def test_a_steward_lets_somebody_act_and_ends_it(client: Client, join: Joins) -> None:
    steward, who, whom = join("Tomas", Role.STEWARD), join("Aunt"), join("Niece")
    sign_in(client, steward)
    page = f"/stewards/people/{whom.actor}/"
    for wrong, said in ((whom.actor, "somebody else"), (999_999_999, "no such person"), ("x", "whole number")):
        answer = client.post(f"{page}let-act/", {"who": wrong})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    client.post(f"{page}let-act/", {"who": who.actor})
    (granted,) = told_of(whom.actor, kinds.ProxyGranted)
    assert (granted.actor, granted.subject, granted.object) == (steward.actor, whom.actor, who.actor)
    assert "already" in client.post(f"{page}let-act/", {"who": who.actor}).content.decode()
    assert [person.pk for person in queries.people_i_act_for(who)] == [whom.actor]
    right = f"{whom.actor}-{who.actor}"
    client.post(f"{page}end/", {"right": right})
    assert queries.people_i_act_for(who), "not without the tick"
    client.post(f"{page}end/", {"right": right, "sure": "on"})
    assert queries.people_i_act_for(who.when(clock.now())) == []


def test_a_steward_makes_nested_places_and_puts_people_there(client: Client, join: Joins) -> None:
    steward, whom = join("Tomas", Role.STEWARD), join("Niece")
    sign_in(client, steward)
    client.post("/stewards/", {"name": "  North  region ", "kind": "region", "parent": ""})
    north = Site.objects.get(name="North region")
    client.post("/stewards/", {"name": "Clinic", "kind": "clinic", "parent": north.pk})
    client.post("/stewards/", {"name": "Clinic", "kind": "clinic", "parent": ""})
    inner, outer = Site.objects.filter(name="Clinic").order_by("pk")
    assert (inner.parent, outer.parent, outer.slug) == (north, None, "clinic-2")
    assert "in North region" in client.get("/stewards/").content.decode()
    circle = client.post(f"/stewards/places/{north.pk}/", {"name": "North", "kind": "region", "parent": inner.pk})
    assert circle.status_code == 422
    assert "lies in itself" in circle.content.decode()
    assert [row.subject for row in follow(-1) if row.what is kinds.SiteChanged] == [north.pk, inner.pk, outer.pk]
    client.post(f"/stewards/people/{whom.actor}/place/", {"site": inner.pk})
    assert Person.objects.get(pk=whom.actor).site == inner
    assert client.post(f"/stewards/people/{whom.actor}/place/", {"site": 10**12}).status_code == 422
    client.post(f"/stewards/people/{whom.actor}/place/", {"site": ""})
    assert Person.objects.get(pk=whom.actor).site is None
    assert client.get("/stewards/places/999999/").status_code == 404
    placed = [row for row in follow(-1) if row.what is kinds.PersonPlaced]
    assert [(row.actor, row.subject, row.site) for row in placed] == [
        (whom.actor, steward.actor, inner.pk), (whom.actor, steward.actor, ABSENT),
    ]  # fmt: skip
    sites = people_table(read_frame())
    assert sites.filter(pl.col("person") == steward.actor)["site"].to_list() == [-1], "the steward is at none of them"
    assert sites.filter(pl.col("person") == whom.actor)["site"].to_list() == [inner.pk], "the last that was said"


def test_a_person_is_found_by_pseudonym_or_number_and_no_name_stands_in_an_address(client: Client, join: Joins) -> None:
    steward, niece = join("Tomas", Role.STEWARD), join("Niece")
    sign_in(client, steward)
    for words in ("nie", str(niece.actor)):
        assert f"/stewards/people/{niece.actor}/" in client.post("/stewards/", {"words": words}).content.decode()
    for words in ("nobody", "9" * 60, "%", "\\", "' OR 1=1"):
        assert "Nobody is called so." in client.post("/stewards/", {"words": words}).content.decode()
    assert client.post("/stewards/", {"words": ""}).status_code == 422


@pytest.mark.parametrize("name", ["", "  ", "…", "\u200b"])
def test_a_place_without_a_name_is_refused(join: Joins, name: str) -> None:
    with pytest.raises(InvalidInput, match="a name without a letter"):
        actions.keep_site(join("Tomas", Role.STEWARD), name=name, kind="clinic", parent_id=None)


def test_only_a_steward_keeps_places_and_rights(join: Joins) -> None:
    nobody, other = join("Me"), join("Other")
    for deed in (
        lambda: actions.keep_site(nobody, name="Mine", kind="clinic", parent_id=None),
        lambda: actions.place_person(nobody, person_id=nobody.actor, site_id=None),
        lambda: queries.people_called(nobody, words="Other"),
        lambda: queries.rights_of(nobody, person_id=other.actor),
        lambda: queries.sites_to_keep(nobody),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(Absent):
        queries.childhood(nobody, person_id=other.actor)
    assert not Proxy.objects.exists()
