"""A person fills every field that a person can write, is erased, and their words are looked for everywhere."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.test import Client

from coproduce import clock
from coproduce.events import Role
from coproduce.network.commons.models import Resource, Version
from coproduce.network.log import read_frame
from coproduce.network.mail import forget_mail, mail_settings
from coproduce.network.needs import actions
from coproduce.network.needs.models import Audience, Need
from coproduce.network.people.actions import Particulars, erase_person, grant_role, join
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.duties import clear_ended_sessions
from coproduce.network.people.models import Account, Person, Proxy
from coproduce.network.people.policy import told
from coproduce.settings import Settings
from tests.network.needs.conftest import START, Town
from tests.network.security.conftest import account_of

#: In every field that is the person's own; and in what they shared with everybody.
OWN, SHARED = "zanzibarite", "quokkaesque"
ADDRESS = f"{OWN}@example.org"
SHARES = {
    "title": f"{SHARED} letter", "summary": SHARED, "body": f"A {SHARED} text.", "kind": "know-how", "line_of_work": 1,
    "risk_class": 0, "audience": ["family"], "language": "en", "license": "CC-BY-4.0",
}  # fmt: skip


@pytest.fixture
def outbox(tmp_path: Path, settings: object) -> Path:
    """Mail goes where it goes when there is no mail server: into files."""
    for name, chosen in mail_settings(Settings(data=tmp_path)).items():
        setattr(settings, name, chosen)
    return tmp_path / "outbox"


@pytest.fixture
def zoe(town: Town, shelf: dict[str, Resource], outbox: Path) -> Asking:
    """Somebody who wrote in every field there is, in two browsers, and was written to."""
    person = join(
        Asking(system="example", at=START),
        pseudonym=f"Zoe {OWN}",
        role=Role.FAMILY,
        particulars=Particulars(name=f"Zoe {OWN}", birth_date=date(1980, 1, 1)),
        traits={"helps_with": ["school", OWN], "help_capacity": 5, "languages": ["en", OWN[:10]]},
    )
    zoe = Asking(at=START, person=person.pk, roles=frozenset({Role.FAMILY}))
    account = account_of(zoe, ADDRESS)
    here, there = Client(), Client()
    with told(computer("accounts")):
        account.emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
        account.authenticator_set.create(type="totp", data={"secret": OWN})
        for browser in (here, there):
            browser.force_login(account, backend="coproduce.network.people.accounts.Backend")
    session = there.session
    session["need_draft"] = f"a {OWN} draft"
    session.save()
    _writes(here, zoe, town)
    EmailMessage("hello", f"a mail about {OWN}", to=[ADDRESS]).send()
    EmailMessage("hello", "another mail", to=["josephine@example.org"]).send()
    return zoe


def _writes(browser: Client, zoe: Asking, town: Town) -> None:
    about = {"pseudonym": f"Zoe {OWN}", "about": f"I am {OWN}", "help_capacity": 5}
    assert browser.post("/me/", {**about, "time_zone": "", "quiet_from": "", "quiet_to": ""}).status_code == 302
    need = {"words": f"My {OWN} belly at school", "goal": f"{OWN} goal", "whom": zoe.person, "line_of_work": 1}
    assert browser.post("/", {**need, "audience": "network", "stage": "flare"}).status_code == 302
    with told(zoe):
        own = Need.objects.get(stated_by_id=zoe.person)
        offer = own.offers.filter(version__isnull=False).first()
    browser.post(f"/needs/{own.pk}/chips/", {"word": ["school"], "add": OWN})
    answer = {"answer": "partly", "words": f"{OWN} outcome", "thanks": f"{OWN} thanks"}
    assert browser.post(f"/needs/{own.pk}/offers/{offer.pk}/outcome/", answer).status_code == 302
    assert browser.post(f"/needs/{own.pk}/reply/", {"words": f"{OWN} reply"}).status_code == 302
    actions.reply(town.daniel, need_id=own.pk, words=f"Dear Zoe {OWN}, ...")
    _helps(browser, town)
    for ends in ({"share": "yes"}, {}):
        mark = SHARED if ends else OWN
        words = {name: said.replace(SHARED, mark) if isinstance(said, str) else said for name, said in SHARES.items()}
        assert browser.post("/commons/new/", {**words, **ends}).status_code == 302
    version = Version.objects.get(title="A letter for school")
    review = {"accepted": "no", "note": f"{OWN} note", "version_id": version.pk}
    assert browser.post(f"/commons/{version.resource_id}/review/", review).status_code == 302
    assert browser.post(f"/commons/{version.resource_id}/keep/").status_code == 302


def _helps(browser: Client, town: Town) -> None:
    wish = actions.Wish(words="Somebody at school?", audience=Audience.NETWORK)
    other = actions.state_need(town.josephine, wish=wish, for_person=town.orleans.person)
    assert browser.post(f"/needs/{other.pk}/help/", {"words": f"I am {OWN} too"}).status_code == 302
    assert browser.post(f"/needs/{other.pk}/reply/", {"words": f"{OWN} reply"}).status_code == 302


def places(word: str, *folders: Path) -> set[str]:
    """Every table with the word in any column (text, JSON, bytes), every session, and every file with it."""
    found = set()
    with told(computer("operator")), connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            as_bytes = word.encode().hex()
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" AS t WHERE t::text ILIKE %s OR t::text ILIKE %s)',
                [f"%{word}%", f"%{as_bytes}%"],
            )
            found |= {table} if cursor.fetchone()[0] else set()
    found |= {"a session" for session in Session.objects.all() if word in str(session.get_decoded()).lower()}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        found |= {path.name} if word.encode() in path.read_bytes().lower() else set()
    return found


def _folders(outbox: Path) -> tuple[Path, ...]:
    data = Path(settings.COPRODUCE.data)
    kept = [path for path in data.iterdir() if path.is_dir() and path.name != "postgres"] if data.exists() else []
    return (outbox, *kept)


TABLES = {
    "account_emailaddress", "commons_resource", "commons_review", "commons_version", "mfa_authenticator", "needs_need",
    "needs_reply", "people_account", "people_identity", "people_person",
}  # fmt: skip


def test_nothing_a_person_wrote_for_themselves_is_left_anywhere(
    zoe: Asking, outbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = places(OWN, *_folders(outbox))
    assert before >= (TABLES - {"commons_resource"}) | {"a session"}, "the test fills every place"
    erase_person(zoe, person_id=zoe.actor)
    assert places(OWN, *_folders(outbox)) == set()
    assert OWN not in (Path(settings.COPRODUCE.data) / "erasures.jsonl").read_text()
    assert OWN not in caplog.text.lower()


def test_what_was_shared_with_everybody_stays_without_the_name(zoe: Asking, client: Client) -> None:
    erase_person(zoe, person_id=zoe.actor)
    resource = Resource.objects.get(latest__title=SHARES["title"])
    page = client.get(f"/commons/{resource.pk}/").content.decode()
    assert SHARED in page
    assert OWN not in page
    assert "Someone who left" in page


def test_every_browser_of_an_erased_person_is_signed_out_and_nobody_elses(
    zoe: Asking, town: Town, client: Client
) -> None:
    client.force_login(account_of(town.daniel, "d@example.org"), backend="coproduce.network.people.accounts.Backend")
    erase_person(zoe, person_id=zoe.actor)
    assert [session.get_decoded().get("need_draft") for session in Session.objects.all()] == [None]
    assert client.get("/me/").status_code == 200


def test_mail_to_others_is_left_alone(zoe: Asking, outbox: Path) -> None:
    erase_person(zoe, person_id=zoe.actor)
    assert "josephine@example.org" in "".join(path.read_text() for path in outbox.iterdir())


def test_each_mail_has_a_file_of_its_own_whichever_sender_and_second_it_came_from(outbox: Path) -> None:
    names = [f"person{number}@example.org" for number in range(6)]
    mails = [EmailMessage("hello", "a mail", to=[name]) for name in names]
    sender = get_connection()
    assert sender.send_messages(mails[:3]) == 3
    with get_connection() as opened:
        assert opened.send_messages(mails[3:5]) == 2
        assert opened.send_messages(mails[5:]) == 1
    assert len(list(outbox.glob("*.log"))) == 6
    assert forget_mail(names[:4:3]) == 2
    left = "".join(path.read_text() for path in outbox.iterdir())
    assert [name for name in names if name in left] == [names[1], names[2], names[4], names[5]]


def test_the_log_keeps_its_counts_and_holds_only_numbers(zoe: Asking) -> None:
    before = read_frame().rows
    erase_person(zoe, person_id=zoe.actor)
    after = read_frame().rows
    assert after[: len(before)].equals(before)
    assert not [name for name, kind in after.schema.items() if not kind.is_numeric()]


@pytest.mark.parametrize("who", ["themselves", "a proxy", "a steward", "the operator"])
def test_whoever_may_erase_erases_everything(zoe: Asking, town: Town, outbox: Path, who: str) -> None:
    with told(computer("example")):
        Proxy.objects.create(person_id=zoe.actor, proxy_id=town.daniel.actor, since=START)
    grant_role(computer("operator"), person_id=town.stranger.actor, role=Role.STEWARD)
    steward = Asking(person=town.stranger.person, roles=frozenset({Role.STEWARD}))
    by = {"themselves": zoe, "a proxy": town.daniel, "a steward": steward, "the operator": computer("operator")}
    erase_person(by[who], person_id=zoe.actor)
    assert places(OWN, *_folders(outbox)) == set()
    with told(computer("operator")):
        assert not Account.objects.filter(email=ADDRESS).exists()
        assert not Proxy.objects.filter(proxy_id=town.daniel.person).exists()


def test_a_name_is_gone_from_every_page_that_others_read(zoe: Asking, town: Town, client: Client) -> None:
    erase_person(zoe, person_id=zoe.actor)
    client.force_login(account_of(town.josephine, "j@example.org"), backend="coproduce.network.people.accounts.Backend")
    with told(town.josephine):
        needs = [need.pk for need in Need.objects.all()]
    pages = ["/", "/needs/", "/people/", "/commons/", "/me/"]
    pages += [f"/needs/{need}/{tail}" for need in needs for tail in ("", "story/")]
    for page in pages:
        assert OWN not in client.get(page).content.decode().lower(), page
    assert Person.objects.get(pk=zoe.actor).pseudonym == "Someone who left"


def test_what_a_guest_asked_us_to_keep_goes_when_its_session_has_ended(db: None, client: Client) -> None:
    client.post("/needs/keep/", {"words": OWN})
    assert places(OWN) == {"a session"}
    assert clear_ended_sessions(clock.now()) == 0
    assert clear_ended_sessions(clock.now() + timedelta(hours=2)) == 1
    assert places(OWN) == set()
