"""Every address of the network that can be opened, with things of the example filled in; and how long each takes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.service.network import Served
from benchmarks.service.visitor import Refused, Visitor

_BLANK = re.compile(r"<(?:\w+:)?(\w+)>")
#: Who looks: nobody in particular, a parent, somebody who helps, and a steward of the example.
VISITORS = ("guest", "josephine", "bianca", "tomas")
ROUNDS = 3
#: Status of a page that is shown to this visitor; others (a redirect, a thing that is hidden from them) are no page.
SHOWN = 200


def addresses(fill: Mapping[str, object]) -> dict[str, str]:
    """Every address by its route; `fill` has a value for each blank. Raises KeyError for a blank without one."""
    from django.urls import get_resolver

    found = {}
    for route in _routes(get_resolver().url_patterns):
        if "(?P<" not in route and not (route.startswith("accounts/") and "<" in route):
            found[route or "home"] = "/" + _BLANK.sub(lambda blank: str(fill[blank[1]]), route)
    return found


def _routes(patterns: Iterable[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def blanks() -> dict[str, object]:
    """Things of the example with much to show: the parent's need with most offers, a resource with two versions ..."""
    from django.db.models import Count

    from coproduce.network.commons.models import Resource
    from coproduce.network.needs.models import Need
    from coproduce.network.people.asking import computer
    from coproduce.network.people.models import Person, Site
    from coproduce.network.people.policy import told
    from coproduce.network.people.queries import EXAMPLE_ADDRESS

    with told(computer("operator")):
        needs = Need.objects.filter(stated_by__account__email=f"josephine{EXAMPLE_ADDRESS}")
        need = needs.annotate(n=Count("offers")).latest("n", "-pk")
        offer = need.offers.filter(version__isnull=False).earliest("rank")
        resource = Resource.objects.annotate(n=Count("versions")).latest("n", "-pk")
        child = Person.objects.filter(proxies__proxy__account__email=f"josephine{EXAMPLE_ADDRESS}").earliest("pk")
        site = Site.objects.filter(parent__isnull=False).earliest("pk")
    return {
        "need_id": need.pk, "offer_id": offer.pk, "resource_id": resource.pk, "number": 1, "measure_id": "N2.F24h",
        "person_id": child.pk, "site_id": site.pk,
    }  # fmt: skip


def sessions() -> dict[str, str]:
    """Session keys of the example's people who look; the guest has none."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from coproduce.network.people.asking import computer
    from coproduce.network.people.example_views import BACKEND
    from coproduce.network.people.models import Account
    from coproduce.network.people.policy import told
    from coproduce.network.people.queries import EXAMPLE_ADDRESS

    keys = {}
    for name in VISITORS[1:]:
        with told(computer("accounts")):
            account = Account.objects.get(email=f"{name}{EXAMPLE_ADDRESS}")
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.create()
        keys[name] = str(session.session_key)
    return keys


def measure(served: Served) -> dict[str, object]:
    """Milliseconds of every page for each visitor, one at a time, after a first look that does not count."""
    filled, keys = addresses(blanks()), sessions()
    times: dict[str, list[float]] = {}
    for who in VISITORS:
        visitor = Visitor(served.port, {"sessionid": keys[who]} if who in keys else {})
        shown = [(route, path) for route, path in filled.items() if visitor.get(path).status == SHOWN]
        for _ in range(ROUNDS):
            for route, path in shown:
                answer = visitor.get(path)
                if answer.status != SHOWN:
                    raise Refused(f"{route} answered {answer.status}")
                times.setdefault(f"{who}: {route}", []).append(answer.ms)
        visitor.leave()
    return _summary(times, "p95")


def processor_time() -> dict[str, object]:
    """Milliseconds of processor time of the same pages, answered in this process; the database's work is not in it."""
    from django.conf import settings
    from django.test import Client

    filled, keys = addresses(blanks()), sessions()
    times: dict[str, list[float]] = {}
    for who in VISITORS:
        visitor = Client(headers={"Host": "127.0.0.1"})
        if who in keys:
            visitor.cookies[settings.SESSION_COOKIE_NAME] = keys[who]
        shown = [(route, path) for route, path in filled.items() if visitor.get(path).status_code == SHOWN]
        for _ in range(ROUNDS):
            for route, path in shown:
                started = time.process_time()
                visitor.get(path)
                times.setdefault(f"{who}: {route}", []).append((time.process_time() - started) * 1000)
    return _summary(times, "p50")


def _summary(times: Mapping[str, Sequence[float]], by: str) -> dict[str, object]:
    """Percentiles of all answers, and of the slowest pages by this percentile."""
    each = {name: percentiles(values) for name, values in times.items()}
    slowest = sorted(each, key=lambda name: -each[name][by])
    every = [ms for values in times.values() for ms in values]
    return {
        "pages": len(times),
        "answers": len(every),
        "ms": percentiles(every),
        f"slowest_page_{by}_ms": each[slowest[0]][by],
        "slowest": {name: each[name] for name in slowest[:8]},
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile, and the largest."""
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return {
        name: round(float(value), 1)
        for name, value in (("p50", p50), ("p95", p95), ("p99", p99), ("most", max(values)))
    }
