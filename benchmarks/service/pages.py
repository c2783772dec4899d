"""Every address of the network that can be opened, with things of the example filled in; and how long each takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmarks.service.crowd import percentiles
from benchmarks.service.network import Served
from benchmarks.service.visitor import Refused, Visitor

_BLANK = re.compile(r"<(?:\w+:)?(\w+)>")
#: Who looks: nobody in particular, a parent, somebody who helps, and a steward of the example.
VISITORS = ("guest", "josephine", "bianca", "tomas")
ROUNDS = 3


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
    """Things of the example with much to show: the parent's need with most offers, a resource with two versions."""
    from django.db.models import Count

    from coproduce.network.commons.models import Resource
    from coproduce.network.needs.models import Need
    from coproduce.network.people.asking import computer
    from coproduce.network.people.policy import told
    from coproduce.network.people.queries import EXAMPLE_ADDRESS

    with told(computer("operator")):
        needs = Need.objects.filter(stated_by__account__email=f"josephine{EXAMPLE_ADDRESS}")
        need = needs.annotate(n=Count("offers")).latest("n")
        offer = need.offers.filter(version__isnull=False).earliest("rank")
        resource = Resource.objects.annotate(n=Count("versions")).latest("n", "-pk")
    return {
        "need_id": need.pk, "offer_id": offer.pk, "resource_id": resource.pk, "number": 1, "measure_id": "N2.F24h",
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
        for path in filled.values():
            visitor.get(path)
        for _ in range(ROUNDS):
            for route, path in filled.items():
                answer = visitor.get(path)
                if answer.status >= 500:
                    raise Refused(f"{route} answered {answer.status}")
                if answer.status == 200:
                    times.setdefault(f"{who}: {route}", []).append(answer.ms)
        visitor.leave()
    every = [ms for values in times.values() for ms in values]
    slowest = sorted(times, key=lambda name: -percentiles(times[name])["p50"])[:8]
    return {
        "pages": len(times),
        "answers": len(every),
        "ms": percentiles(every),
        "slowest_page_p95_ms": max(percentiles(values)["p95"] for values in times.values()),
        "slowest": {name: percentiles(times[name]) for name in slowest},
    }
