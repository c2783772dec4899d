"""Every address is tried as its owner, their proxy, a team mate, an outsider and a guest; none is left undeclared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.network.addresses import WHO, Town, addresses, town

ROUTES = dict(addresses())

#: What each address answers to a GET and to a POST; to owner, proxy, mate, outsider and guest.
#: 302: led to the sign-in page, or onwards when the deed is done. 404: as if it were not there. 409: not in this state.
EXPECTED: Mapping[str, tuple[str, str]] = {
    "health": ("200 200 200 200 200", "405 405 405 405 405"),
    "account_login": ("302 302 302 302 200", "302 302 302 302 200"),
    "account_logout": ("200 200 200 200 302", "302 302 302 302 302"),
    "account_inactive": ("200 200 200 200 200", "405 405 405 405 405"),
    "account_signup": ("302 302 302 302 200", "302 302 302 302 200"),
    "account_reauthenticate": ("200 200 200 200 302", "200 200 200 200 302"),
    "account_email": ("200 200 200 200 302", "302 302 302 302 302"),
    "account_email_verification_sent": ("302 302 302 302 302", "302 302 302 302 302"),
    "account_change_password": ("200 200 200 200 302", "200 200 200 200 302"),
    "account_set_password": ("302 302 302 302 302", "302 302 302 302 302"),
    "account_reset_password": ("200 200 200 200 200", "200 200 200 200 200"),
    "account_confirm_login_code": ("302 302 302 302 302", "302 302 302 302 302"),
    "account_reset_password_from_key_done": ("200 200 200 200 200", "405 405 405 405 405"),
    "account_reset_password_from_key": ("200 200 200 200 200", "200 200 200 200 200"),
    "account_reset_password_done": ("200 200 200 200 200", "405 405 405 405 405"),
    "mfa_index": ("200 200 200 200 302", "405 405 405 405 302"),
    "mfa_authenticate": ("302 302 302 302 302", "302 302 302 302 302"),
    "mfa_reauthenticate": ("302 302 302 302 302", "302 302 302 302 302"),
    "mfa_activate_totp": ("302 302 302 302 302", "302 302 302 302 302"),
    "mfa_deactivate_totp": ("404 404 404 404 302", "404 404 404 404 302"),
    "mfa_view_recovery_codes": ("404 404 404 404 302", "405 405 405 405 302"),
    "mfa_generate_recovery_codes": ("302 302 302 302 302", "302 302 302 302 302"),
    "mfa_download_recovery_codes": ("404 404 404 404 302", "404 404 404 404 302"),
    "people:me": ("200 200 200 200 302", "200 200 200 200 403"),
    "people:add_child": ("200 200 200 200 302", "200 200 200 200 403"),
    "people:act_for": ("405 405 405 405 302", "302 302 302 302 403"),
    "people:acting": ("200 200 200 200 302", "200 200 200 200 403"),
    "people:assent": ("404 404 404 404 302", "404 404 404 404 403"),
    "stewards:desk": ("403 403 403 403 302", "403 403 403 403 403"),
    "stewards:place": ("403 403 403 403 302", "403 403 403 403 403"),
    "stewards:person": ("403 403 403 403 302", "405 405 405 405 403"),
    "stewards:put": ("405 405 405 405 302", "403 403 403 403 403"),
    "stewards:let_act": ("405 405 405 405 302", "403 403 403 403 403"),
    "stewards:end_right": ("405 405 405 405 302", "403 403 403 403 403"),
    "people:erase": ("200 200 200 200 302", "200 200 200 200 403"),
    "people:example_people": ("404 404 404 404 404", "404 404 404 404 404"),
    "people:be": ("404 404 404 404 404", "404 404 404 404 404"),
    "commons:index": ("200 200 200 200 200", "200 200 200 200 200"),
    "commons:new": ("200 200 200 200 302", "200 200 200 200 403"),
    "commons:mine": ("200 200 200 200 302", "405 405 405 405 403"),
    "commons:resource": ("200 404 404 404 404", "405 405 405 405 405"),
    "commons:history": ("200 404 404 404 404", "405 405 405 405 405"),
    "commons:version": ("200 404 404 404 404", "405 405 405 405 405"),
    "commons:changes": ("200 404 404 404 404", "405 405 405 405 405"),
    "commons:edit": ("200 404 404 404 302", "409 404 404 404 403"),
    "commons:adapt": ("200 404 404 404 302", "200 404 404 404 403"),
    "commons:share": ("405 405 405 405 302", "302 404 404 404 403"),
    "commons:retire": ("405 405 405 405 302", "409 404 404 404 403"),
    "commons:review": ("200 200 200 200 302", "302 302 403 302 403"),
    "commons:keep": ("405 405 405 405 302", "302 302 302 302 403"),
    "observatory:network": ("200 200 200 200 200", "405 405 405 405 405"),
    "observatory:numbers": ("200 200 200 200 200", "405 405 405 405 405"),
    "observatory:numbers_csv": ("200 200 200 200 200", "405 405 405 405 405"),
    "observatory:measure_csv": ("200 200 200 200 200", "405 405 405 405 405"),
    "observatory:measure": ("200 200 200 200 200", "405 405 405 405 405"),
    "needs:home": ("200 200 200 200 200", "302 422 302 302 200"),
    "needs:mine": ("200 200 200 200 302", "405 405 405 405 403"),
    "needs:suggest": ("405 405 405 405 405", "200 200 200 200 200"),
    "needs:keep": ("405 405 405 405 405", "302 302 302 302 302"),
    "needs:need": ("200 200 200 404 302", "405 405 405 405 403"),
    "needs:status": ("200 200 200 404 302", "405 405 405 405 403"),
    "needs:chips": ("405 405 405 405 302", "302 302 403 404 403"),
    "needs:close": ("405 405 405 405 302", "302 302 403 404 403"),
    "needs:urgent": ("405 405 405 405 302", "302 302 403 404 403"),
    "needs:go_on": ("405 405 405 405 302", "302 302 403 404 403"),
    "needs:reopen": ("405 405 405 405 302", "409 409 403 404 403"),
    "needs:story": ("200 200 200 404 302", "405 405 405 405 403"),
    "needs:open": ("302 302 302 404 302", "405 405 405 405 403"),
    "needs:use": ("405 405 405 405 302", "302 302 403 404 403"),
    "needs:outcome": ("200 200 404 404 302", "302 302 404 404 403"),
    "needs:accept": ("405 405 405 405 302", "409 409 302 404 403"),
    "needs:ask": ("405 405 405 405 302", "302 302 403 404 403"),
    "needs:reply": ("405 405 405 405 302", "302 302 302 404 403"),
    "needs:offer_self": ("405 405 405 405 302", "409 409 302 404 403"),
    "needs:decline": ("405 405 405 405 302", "404 404 302 404 403"),
    "needs:send": ("200 200 200 404 302", "200 200 200 404 403"),
    "needs:make": ("200 200 200 404 302", "409 409 302 404 403"),
    "needs:helpers": ("200 200 200 200 302", "405 405 405 405 403"),
    "about": ("200 200 200 200 200", "405 405 405 405 405"),
    "privacy": ("200 200 200 200 200", "405 405 405 405 405"),
    "accessibility": ("200 200 200 200 200", "405 405 405 405 405"),
    "licence": ("200 200 200 200 200", "405 405 405 405 405"),
    "design": ("404 404 404 404 404", "404 404 404 404 404"),
}

#: What is sent with a POST, so that nothing but the right to do it is missing.
SENT: Mapping[str, Mapping[str, object]] = {
    "commons:edit": {
        "title": "A letter", "body": "Dear teacher", "kind": "know-how", "line_of_work": 1, "risk_class": 0,
        "audience": ["patient"], "language": "en", "license": "CC-BY-4.0",
    },
    "commons:review": {"accepted": "yes", "note": "Good.", "version_id": ...},
    "needs:chips": {"word": ["school"]},
    "needs:close": {"how": "withdraw"},
    "needs:home": {"words": "school", "audience": "helpers", "line_of_work": 1},
    "needs:keep": {"words": "school"},
    "needs:make": {"title": "A letter", "body": "Dear teacher", "kind": "know-how", "risk_class": 0},
    "needs:outcome": {"answer": "yes"},
    "needs:reply": {"words": "Here you are."},
    "needs:send": {"words": "school"},
    "people:erase": {"sure": "on"},
}  # fmt: skip


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: object) -> Iterator[Town]:
    """One town for all of these tests: whatever somebody does in it is undone."""
    with django_db_blocker.unblock(), town() as made:  # type: ignore[attr-defined]
        yield made


def test_every_address_has_an_expectation_and_no_expectation_is_left_behind() -> None:
    assert ROUTES.keys() - EXPECTED.keys() == set(), "say in EXPECTED what a new address answers, to whom"
    assert EXPECTED.keys() - ROUTES.keys() == set(), "these are no addresses any more"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_address_is_open_to_whom_it_should_be(place: Town, name: str) -> None:
    path = place.path(name, ROUTES[name])
    for method, sent, expected in zip(("get", "post"), ({}, SENT.get(name, {})), EXPECTED[name], strict=True):
        assert " ".join(str(place.status(who, method, path, sent)) for who in WHO) == expected, (method, WHO)


#: Answers a link that is no good with the same page, whatever the method.
SAME_PAGE = {"account_reset_password_from_key"}


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - SAME_PAGE))
def test_nothing_is_done_by_another_method(place: Town, name: str) -> None:
    assert place.status("owner", "delete", place.path(name, ROUTES[name]), {}) in {302, 404, 405}


def test_a_tried_deed_is_undone(place: Town) -> None:
    path = place.path("commons:share", ROUTES["commons:share"])
    assert [place.status("owner", "post", path, {}) for _turn in range(2)] == [302, 302]
    assert place.status("outsider", "get", place.path("commons:resource", ROUTES["commons:resource"]), {}) == 404
