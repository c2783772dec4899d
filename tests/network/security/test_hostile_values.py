"""Hostile values in every address and every form field: refused or shown as words, never a fault of ours."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

import pytest
from django import forms
from django.apps import apps
from django.test import Client

from coproduce.network.commons.models import Resource
from coproduce.network.needs.models import Need, Offer
from coproduce.network.people.policy import told
from tests.network.needs.conftest import Town
from tests.network.security.addresses import filled, patterns, takes
from tests.network.security.conftest import SignIn

IDS = ["0", str(2**63), "9" * 5000, "٣", "%00", "..%2f.."]
VALUES = [
    "", "a\x00b", str(2**63), "-1", "٣", "1e400", "9999-12-31", "' OR 1=1 --", "<script>alert(1)</script>",
    "\u202eevil", "9" * 6000,
]  # fmt: skip
#: Leaving and erasing end what the other values are tried with.
LAST = ("/accounts/logout/", "/me/erase/")


def _fields() -> Iterator[str]:
    """The names of every field of every form of ours, and those that pages send without one."""
    yield from ("person", "version", "condition", "kind", "word", "page", "line", "next", "login", "password", "code")
    for app in apps.get_app_configs():
        if app.name.startswith("coproduce."):
            try:
                module = import_module(f"{app.name}.forms")
            except ModuleNotFoundError:
                continue
            for _name, form in inspect.getmembers(module, inspect.isclass):
                if issubclass(form, forms.BaseForm):
                    yield from form.base_fields


@pytest.fixture
def known(town: Town, school: Need, shelf: dict[str, Resource]) -> dict[str, str]:
    """What stands for a parameter when another one is hostile."""
    with told(town.josephine):
        offer = Offer.objects.filter(need=school, version__isnull=False).first()
    assert offer is not None
    resource = next(iter(shelf.values()))
    return {"need_id": str(school.pk), "offer_id": str(offer.pk), "resource_id": str(resource.pk), "number": "1",
            "person_id": str(town.bianca.actor), "site_id": "1"}  # fmt: skip


@pytest.mark.parametrize("who", ["guest", "josephine"])
def test_no_hostile_id_in_an_address_is_our_fault(sign_in: SignIn, known: dict[str, str], who: str) -> None:
    client = sign_in(who, raise_request_exception=False)
    faults = [
        (method, address, answer.status_code)
        for pattern in patterns()
        for name in takes(pattern)
        for value in IDS
        for address in [filled(pattern, value, {key: said for key, said in known.items() if key != name})]
        for method in ("get", "post")
        for answer in [getattr(client, method)(address)]
        if answer.status_code >= 500
    ]
    assert faults == []


@pytest.mark.parametrize("who", ["guest", "josephine"])
def test_no_hostile_value_in_a_form_is_our_fault(sign_in: SignIn, known: dict[str, str], who: str) -> None:
    client, names = sign_in(who, raise_request_exception=False), sorted(set(_fields()))
    faults = [
        (pattern, value[:20], answer.status_code)
        for pattern in patterns()
        if pattern not in LAST
        for value in VALUES
        for answer in [client.post(filled(pattern, "1", known), dict.fromkeys(names, value))]
        if answer.status_code >= 500 or b"<script>alert" in answer.content
    ]
    assert faults == []


def test_no_hostile_value_after_a_question_mark_is_our_fault(sign_in: SignIn, known: dict[str, str]) -> None:
    client = sign_in("josephine", raise_request_exception=False)
    names = sorted(set(_fields()))
    faults = [
        (pattern, value[:20], answer.status_code)
        for pattern in patterns()
        for value in VALUES[1::3]
        for answer in [client.get(filled(pattern, "1", known), dict.fromkeys(names, value))]
        if answer.status_code >= 500 or b"<script>alert" in answer.content
    ]
    assert faults == []


#: Forms filled well, in which one field after the other goes wrong.
GOOD: dict[str, dict[str, object]] = {
    "/": {"words": "help at school", "audience": "helpers", "line_of_work": 1, "stage": "", "goal": "", "whom": ""},
    "/me/": {"pseudonym": "J", "about": "", "help_capacity": 1, "time_zone": "", "quiet_from": "", "quiet_to": "",
             "first_language": "en", "second_language": "", "third_language": "", "topics": ""},
    "/me/children/add/": {"pseudonym": "Bo", "name": "B", "birth_date": "2018-01-01"},
    "/me/act-for/": {"person": ""},
    "/me/acting/": {"right": "1-2", "sure": "on"},
    "/me/assent/": {"answer": "yes"},
    "/commons/": {"words": "school"},
    "/commons/new/": {
        "title": "T", "summary": "", "body": "x", "link": "", "kind": "know-how", "line_of_work": 1, "risk_class": 0,
        "audience": "family", "language": "en", "license": "CC-BY-4.0", "note": "", "conditions": [],
    },
    "/commons/<resource_id>/adapt/": {
        "title": "T", "summary": "", "body": "x", "link": "", "kind": "know-how", "line_of_work": 1, "risk_class": 0,
        "audience": "family", "language": "en", "license": "CC-BY-4.0", "token": "", "conditions": [], "others": "",
    },
    "/commons/<resource_id>/edit/": {
        "title": "T", "summary": "", "body": "x", "link": "", "kind": "know-how", "line_of_work": 1, "risk_class": 0,
        "audience": "family", "language": "en", "license": "CC-BY-4.0", "note": "", "based_on": "1",
    },
    "/needs/<need_id>/offers/<offer_id>/outcome/": {"answer": "no", "reason": "", "words": "", "thanks": ""},
    "/needs/<need_id>/close/": {"how": "give-up", "reason": "cost"},
    "/needs/<need_id>/chips/": {"add": "", "word": "school", "kind": "", "condition": ""},
    "/needs/<need_id>/reply/": {"words": "hello", "once": ""},
    "/needs/<need_id>/ask/": {"person": ""},
}  # fmt: skip


@pytest.mark.parametrize("path", GOOD, ids=str)
def test_one_hostile_field_among_good_ones_is_not_our_fault(sign_in: SignIn, known: dict[str, str], path: str) -> None:
    client = sign_in("josephine", raise_request_exception=False)
    address, good = filled(path, "1", known), GOOD[path]
    answers = {
        (name, value): client.post(address, {**good, name: value}).status_code for name in good for value in VALUES
    }
    assert {tried: status for tried, status in answers.items() if status >= 500} == {}


def test_a_form_of_the_wrong_kind_is_refused(sign_in: SignIn, known: dict[str, str]) -> None:
    client: Client = sign_in("josephine", raise_request_exception=False)
    bodies = {
        "multipart/form-data; boundary=x": b"--x\r\nContent-Disp", "application/json": b"{",
        "application/x-www-form-urlencoded; charset=nonsense": b"words=%ff%fe&whom=%00",
    }  # fmt: skip
    faults = [
        (pattern, kind, answer.status_code)
        for pattern in patterns()
        if pattern not in LAST and not pattern.startswith("/accounts/")
        for kind, body in bodies.items()
        for answer in [client.generic("POST", filled(pattern, "1", known), body, content_type=kind)]
        if answer.status_code >= 500
    ]
    assert faults == []
