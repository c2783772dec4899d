"""A small network: a mother who acts for her daughter, people who can help, an outsider, and a shelf of resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from coproduce.events import LineOfWork, Role
from coproduce.network.commons import index
from coproduce.network.commons.actions import Authorship, create_resource
from coproduce.network.commons.models import Condition, Resource
from coproduce.network.commons.words import Words
from coproduce.network.needs.actions import Wish, state_need
from coproduce.network.needs.models import Need, Offer
from coproduce.network.people.actions import join
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Proxy
from coproduce.network.people.policy import told
from coproduce.network.people.session import ACTING_FOR

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SCHOOL = "She goes back to school on Monday. Is there a letter for her teacher about Crohn's disease?"


@dataclass(frozen=True)
class Town:
    """Who is here, each as they ask."""

    josephine: Asking
    orleans: Asking
    bianca: Asking
    daniel: Asking
    stranger: Asking

    def at(self, name: str, days: float) -> Asking:
        """Somebody so many days later."""
        return getattr(self, name).when(START + timedelta(days=days))


@pytest.fixture
def town(db: None) -> Town:
    """Josephine acts for Orleans; Bianca helps with ostomy and school; Daniel writes; a stranger is signed in."""
    example = Asking(system="example", at=START)

    def person(name: str, role: Role, **traits: object) -> Asking:
        made = join(example, pseudonym=name, role=role, traits=traits)
        return Asking(at=START, person=made.pk, roles=frozenset({role}))

    helps = {"helps_with": ["ostomy", "school", "crohns-disease"], "help_capacity": 3}
    found = Town(
        josephine=person("Josephine", Role.FAMILY),
        orleans=person("Orleans", Role.PATIENT),
        bianca=person("Bianca", Role.PATIENT, **helps),
        daniel=person("Daniel", Role.FAMILY),
        stranger=person("Stranger", Role.PATIENT),
    )
    with told(example):
        Proxy.objects.create(person_id=found.orleans.person, proxy_id=found.josephine.person, since=START)
    return replace(found, josephine=replace(found.josephine, acting_for=found.orleans.person))


TITLES = {
    "A letter for school": "A letter for the teacher of a child with Crohn's disease, to fill in and sign.",
    "Living with an ostomy": "What a day with an ostomy is like, told by somebody who has one.",
    "What is Crohn's disease?": "The basics of Crohn's disease in plain words.",
    "Sleep and tiredness": "What helps when sleep is short and tiredness stays.",
}


@pytest.fixture
def shelf(town: Town) -> Iterator[dict[str, Resource]]:
    """Four resources by Daniel, findable."""
    crohn = Condition.objects.create(slug="crohns-disease", name="Crohn's disease", aliases=["crohns", "crohn"])
    made = {
        title: create_resource(
            town.daniel,
            words=words_of(title, text, conditions=(crohn.pk,) if "Crohn" in title + text else ()),
            authorship=Authorship(credits=[(town.daniel.actor, Role.FAMILY, "wrote")]),
            share=True,
        )
        for title, text in TITLES.items()
    }
    ids = [resource.pk for resource in made.values()]
    index.refresh(ids)
    yield made
    index.index().remove(ids)
    index.index().commit()


def words_of(title: str, body: str, **more: object) -> Words:
    """Words of a resource, shortest form."""
    return Words(**{"title": title, "kind": "know-how", "line_of_work": 1, "risk_class": 0, "body": body, **more})


@pytest.fixture
def school(town: Town, shelf: dict[str, Resource]) -> Need:
    """Josephine's need for her daughter, open to the people she asks."""
    wish = Wish(words=SCHOOL, line_of_work=LineOfWork.EVERYDAY_LIFE)
    return state_need(town.josephine, wish=wish, for_person=town.orleans.person)


SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(town: Town) -> SignIn:
    """A browser in which somebody of the town is signed in; `guest` is nobody."""

    def browser(name: str) -> Client:
        client = Client()
        if name == "guest":
            return client
        asking: Asking = getattr(town, name)
        with told(computer("accounts")):
            account, _made = Account.objects.get_or_create(email=f"{name}@example.org", person_id=asking.actor)
        enter(client, account, asking)
        return client

    return browser


def enter(client: Client, account: Account, asking: Asking) -> None:
    """Signs somebody in at a browser, acting for whom they act for."""
    with told(computer("accounts")):
        client.force_login(account, backend="coproduce.network.people.accounts.Backend")
        session = client.session
        session[ACTING_FOR] = asking.acting_for
        session.save()


@pytest.fixture
def stated(sign_in: SignIn, shelf: dict[str, Resource], town: Town) -> tuple[Client, Need]:
    """Josephine, and the need that she stated on the home page."""
    client = sign_in("josephine")
    answer = client.post("/", form(town))
    assert answer.status_code == 302, answer.content.decode()
    with told(town.josephine):
        return client, Need.objects.get()


def form(town: Town, **changes: object) -> dict[str, object]:
    filled = {"words": SCHOOL, "whom": town.orleans.person, "audience": "helpers", "line_of_work": 1, "stage": ""}
    return {**filled, "goal": "", "needed_by": "", "once": str(uuid4()), **changes}


def offer_of(town: Town, title: str = "A letter for school") -> Offer:
    with told(town.josephine):
        return Offer.objects.get(version__title=title)
