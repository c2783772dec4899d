"""The town in which every address is tried, and who lives there; what is expected stands in test_every_address.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from coproduce.events import Role
from coproduce.network.commons.actions import create_resource
from coproduce.network.commons.models import Resource
from coproduce.network.commons.words import Words
from coproduce.network.needs import actions
from coproduce.network.needs.models import Offer
from coproduce.network.people.actions import join
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Proxy, Site
from coproduce.network.people.policy import told
from coproduce.network.people.session import ACTING_FOR

START = datetime(2026, 3, 2, 9, tzinfo=UTC)

#: The proxy acts for the owner; the mate was asked to help with the owner's need and sent something for it.
WHO = ("owner", "proxy", "mate", "outsider", "guest")


def addresses() -> Iterator[tuple[str, str]]:
    """Name and route of every address of the network, other people's apps included."""
    return _below(get_resolver(), (), "")


def _below(resolver: URLResolver, spaces: tuple[str, ...], before: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield ":".join([*spaces, entry.name or "nameless"]), route
        else:
            yield from _below(entry, (*spaces, entry.namespace) if entry.namespace else spaces, route)


@dataclass(frozen=True)
class Town:
    """Everybody who tries, each in a browser of their own, and the numbers of what they try to reach."""

    browsers: Mapping[str, Client]
    numbers: Mapping[str, object]

    def path(self, name: str, route: str) -> str:
        """An address with numbers in it: those of this address where it has its own, else those of the town."""

        def number(place: re.Match[str]) -> str:
            return str(self.numbers.get(f"{name} {place[1]}", self.numbers.get(place[1], "none")))

        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", number, re.sub(r"\(\?P(<\w+>)[^)]*\)|[\^$]", r"\1", route))

    def status(self, who: str, method: str, path: str, sent: Mapping[str, object]) -> int:
        """What somebody gets; whatever it changed is undone, in the database and in the browser.

        `...` in what is sent stands for the town's own number of that name.
        """
        sent = {name: self.numbers[name] if value is ... else value for name, value in sent.items()}
        browser = copy(self.browsers[who])
        browser.cookies = deepcopy(browser.cookies)
        with undone():
            answer = getattr(browser, method)(path, sent if method in ("get", "post") else None)
        return int(answer.status_code)


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is taken back; the database forgets who was asking."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    connection.coproduce_asking = None  # type: ignore[attr-defined]  # kept on the connection by people.policy


@contextmanager
def town() -> Iterator[Town]:
    """A small town for the block."""
    example = Asking(system="example", at=START)

    def person(name: str, **traits: object) -> Asking:
        made = join(example, pseudonym=name, role=Role.PATIENT, traits=traits)
        return Asking(at=START, person=made.pk, roles=frozenset({Role.PATIENT}))

    with undone():
        helps = {"helps_with": ["school"], "help_capacity": 3}
        people = {"owner": person("Owner"), "proxy": person("Proxy"), "mate": person("Mate", **helps)}
        people["outsider"] = person("Outsider")
        Proxy.objects.create(person_id=people["owner"].person, proxy_id=people["proxy"].person, since=START)
        numbers = _things(people["owner"], people["mate"])
        browsers = {
            who: _browser(who, asking, people["owner"].person if who == "proxy" else None)
            for who, asking in people.items()
        }
        yield Town({**browsers, "guest": Client()}, numbers)


def _things(owner: Asking, mate: Asking) -> dict[str, object]:
    """What there is, by the name of its place in an address, or by address and place where one needs its own."""
    draft, sent = _resource(owner, share=False), _resource(mate, share=True)
    need = actions.state_need(owner, wish=actions.Wish(words="She needs a letter for school."))
    actions.ask_person(owner, need_id=need.pk, person_id=mate.actor)
    actions.offer_resource(mate, need_id=need.pk, version_id=sent.latest_id)
    with told(owner):
        offer = Offer.objects.get(need=need, version_id=sent.latest_id)
        asked = Offer.objects.get(need=need, version__isnull=True)
    return {
        "need_id": need.pk,
        "offer_id": offer.pk,
        "needs:accept offer_id": asked.pk,
        "resource_id": draft.pk,
        "commons:review resource_id": sent.pk,
        "commons:keep resource_id": sent.pk,
        "version_id": sent.latest_id,
        "number": 1,
        "measure_id": "N1.needs",
        "person_id": mate.actor,
        "site_id": Site.objects.create(slug="clinic", name="Clinic").pk,
    }


def _resource(who: Asking, *, share: bool) -> Resource:
    words = Words(title="A letter", kind="know-how", line_of_work=1, risk_class=0, body="Dear teacher")
    return create_resource(who, words=words, share=share)


def _browser(who: str, asking: Asking, acting_for: int | None) -> Client:
    browser = Client()
    with told(computer("accounts")):
        account = Account.objects.create_user(f"{who}@example.org", "a-long-password", person_id=asking.actor)
        browser.force_login(account, backend="coproduce.network.people.accounts.Backend")
        session = browser.session
        session[ACTING_FOR] = acting_for
        session.save()
    return browser
