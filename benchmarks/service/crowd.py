"""Ten people who state real needs at once, each reading the ranked page that answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.service.network import Served
from benchmarks.service.visitor import Refused, Visitor

PEOPLE = 10
NEEDS_EACH = 20
#: Seconds that a person reads before going on. Even this is much quicker than people are.
READING_SECONDS = 1.0
MOST_SECONDS = 120


@dataclass
class Times:
    """Milliseconds of each kind of answer."""

    state: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)

    def add(self, other: Times) -> None:
        """Takes in what somebody else measured."""
        for name in ("state", "page", "both"):
            getattr(self, name).extend(getattr(other, name))


def sessions(n_people: int = PEOPLE) -> list[str]:
    """Session keys of that many newly joined people with an account, in turn patients and family."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    from coproduce.events import Role
    from coproduce.network.people import actions
    from coproduce.network.people.asking import computer
    from coproduce.network.people.example_views import BACKEND
    from coproduce.network.people.models import Account
    from coproduce.network.people.policy import told

    keys = []
    for number in range(n_people):
        role = (Role.PATIENT, Role.FAMILY)[number % 2]
        with transaction.atomic():
            person = actions.join(computer("accounts"), pseudonym=f"Visitor {number}", role=role)
            with told(computer("accounts")):
                address = f"visitor-{number}-{person.pk}@bench.invalid"
                account = Account.objects.create_user(address, person_id=person.pk)
            session = SessionStore()
            session[SESSION_KEY] = str(account.pk)
            session[BACKEND_SESSION_KEY] = BACKEND
            session[HASH_SESSION_KEY] = account.get_session_auth_hash()
            session.create()
            keys.append(str(session.session_key))
    return keys


def words() -> list[str]:
    """The 48 reference needs in people's own words, and those of the worked example."""
    from benchmarks.matching.data import folder
    from coproduce.matching.files import read_needs
    from coproduce.network.laboratory import example

    told = [step["words"] for step in example.table("story")["step"] if step["action"] == "state_need"]
    return [need.text("own") for need in read_needs(folder() / "needs-dev.jsonl")] + told


def state_needs(served: Served, keys: Sequence[str], texts: Sequence[str], *, pause: float) -> dict[str, object]:
    """Everybody at once states one need after the other and reads its page; percentiles in milliseconds."""
    everybody, faults = Times(), []
    turn, gate = threading.Lock(), threading.Barrier(len(keys))
    spent = served.processor_seconds()
    end = time.monotonic() + MOST_SECONDS

    def one(place: int, key: str) -> None:
        visitor = Visitor(served.port, {"sessionid": key})
        mine = Times()
        try:
            gate.wait(timeout=30)
            time.sleep(pause * place / len(keys))
            for number in range(NEEDS_EACH):
                if time.monotonic() > end:
                    raise Refused("it takes too long")
                _one_need(visitor, texts[(place * NEEDS_EACH + number) % len(texts)], mine)
                time.sleep(pause)
        except Exception as problem:
            faults.append(problem)
        finally:
            visitor.leave()
        with turn:
            everybody.add(mine)

    crowd = [threading.Thread(target=one, args=(place, key)) for place, key in enumerate(keys)]
    started = time.perf_counter()
    for somebody in crowd:
        somebody.start()
    for somebody in crowd:
        somebody.join()
    if faults:
        raise faults[0]
    took = time.perf_counter() - started
    now = served.processor_seconds()
    n_needs = len(everybody.both)
    return {
        "people": len(keys),
        "pause_seconds": pause,
        "needs": n_needs,
        "needs_per_second": round(n_needs / took, 1),
        "state_ms": percentiles(everybody.state),
        "page_ms": percentiles(everybody.page),
        "state_and_page_ms": percentiles(everybody.both),
        # With the reading of the empty form, which each need takes too.
        "processor_ms_a_need": {part: round((now[part] - spent[part]) / n_needs * 1000, 1) for part in now},
    }


def _one_need(visitor: Visitor, text: str, mine: Times) -> None:
    form = visitor.hidden_fields(visitor.get("/"))
    wish = {"words": text, "audience": "helpers", "line_of_work": "0", "stage": "", "goal": "", "needed_by": ""}
    stated = visitor.post("/", {**form, **wish})
    if stated.status != 302:
        raise Refused(f"a need was not taken, status {stated.status}")
    page = visitor.get(stated.location)
    if page.status != 200 or b'id="found"' not in page.body:
        raise Refused(f"the page of a need was not shown, status {page.status}")
    mine.state.append(stated.ms)
    mine.page.append(page.ms)
    mine.both.append(stated.ms + page.ms)


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile, and the largest."""
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return {
        name: round(float(value), 1)
        for name, value in (("p50", p50), ("p95", p95), ("p99", p99), ("most", max(values)))
    }
