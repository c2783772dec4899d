"""The second wall, attacked from inside: what our own code could do if it forgot to ask who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from coproduce.errors import Absent
from coproduce.events import Role
from coproduce.network.commons import queries
from coproduce.network.commons.access import settle
from coproduce.network.commons.actions import create_resource, revise_resource
from coproduce.network.commons.models import Kept, Resource, Review, Version
from coproduce.network.commons.words import Words
from coproduce.network.needs.models import Audience, Need
from coproduce.network.people.actions import register_child
from coproduce.network.people.asking import Asking, computer, guest
from coproduce.network.people.models import Notice
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import told
from tests.network.needs.conftest import START, Town
from tests.network.security.conftest import account_of

#: Every table of the database, and why it is as it is. A new one must be put here by whoever makes it.
GUARDED = {
    "account_emailaddress", "account_emailconfirmation", "commons_kept", "mfa_authenticator", "needs_need",
    "needs_need_conditions", "needs_offer", "needs_reply", "people_account", "people_identity", "people_notice",
    "people_proxy",
}  # fmt: skip
#: Public, but for drafts and for what waits for a review that must come first; and weights that one alone may write.
PARTLY = {"commons_resource", "commons_review", "commons_version", "needs_learnedweights"}
OPEN = {
    "auth_group": "names of rights",
    "auth_group_permissions": "names of rights",
    "auth_permission": "names of rights",
    "commons_condition": "public words about conditions",
    "commons_credit": "authors, by pseudonym; public with the resource",
    "commons_import": "counts of an import",
    "commons_resource_conditions": "what a resource is about",
    "django_content_type": "names of tables",
    "django_migrations": "names of migrations",
    "django_session": "read before anybody is known; a row is found by its secret key only",
    "log_event": "ids and codes; append-only",
    "log_head": "a hash",
    "needs_cursor": "a position in the log",
    "observatory_drawing": "pictures of public numbers",
    "observatory_number": "public numbers; small cells are closed",
    "observatory_picture": "pictures of public numbers",
    "observatory_snapshot": "when numbers were counted",
    "people_account_groups": "ids",
    "people_account_user_permissions": "ids",
    "people_person": "pseudonyms and what people say of themselves to everybody",
    "people_roleheld": "roles, by pseudonym",
    "people_site": "names of places",
}


@pytest.fixture
def filled(town: Town, school: Need, shelf: dict[str, Resource]) -> Town:
    """A town in which every guarded table has rows."""
    for name in ("josephine", "bianca"):
        account = account_of(getattr(town, name), f"{name}@example.org")
        with told(computer("accounts")):
            address = account.emailaddress_set.create(email=account.email, verified=True, primary=True)
            address.emailconfirmation_set.create(key=name, created=START)
            account.authenticator_set.create(type="totp", data={"secret": "x"})
    register_child(town.josephine, pseudonym="Bo", name="A Real Name", birth_date=datetime(2018, 1, 1, tzinfo=UTC))
    with told(town.josephine):
        Kept.objects.create(person_id=town.josephine.person, resource=next(iter(shelf.values())), at=START)
    with told(computer("worker")):
        tell(person_id=town.josephine.actor, kind=Notice.Kind.REPLIED, about=1, path="/needs/", at=START)
        need = Need.objects.get()
        need.replies.create(author_id=town.josephine.actor, words="a word", at=START)
        need.conditions.add(*need.conditions.model.objects.all()[:1])
    return town


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_every_table_has_a_declared_decision(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity FROM pg_class WHERE relkind IN ('r', 'p', 'm', 'v')"
            " AND relnamespace = 'public'::regnamespace"
        )
        found = dict(cursor.fetchall())
    assert set(found) == GUARDED | PARTLY | set(OPEN), set(found) ^ (GUARDED | PARTLY | set(OPEN))
    assert {table for table, guarded in found.items() if guarded} == GUARDED | PARTLY


@pytest.mark.parametrize("table", sorted(GUARDED))
def test_a_guarded_table_shows_nothing_to_nobody_a_guest_and_a_stranger(filled: Town, table: str) -> None:
    with told(computer("operator")):
        assert _rows(table) > 0, "the test fills it"
    connection.coproduce_asking = None  # type: ignore[attr-defined]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, '', true) FROM unnest(%s::text[]) AS name",
            [["coproduce.person", "coproduce.system", "coproduce.roles", "coproduce.acting_for"]],
        )
        assert _rows(table) == 0
    for asking in (guest(), filled.stranger, Asking(system="accountant")):
        with told(asking):
            assert _rows(table) == 0


def _refused(asking: Asking, command: str, *values: object) -> bool:
    """True when the database refuses, or changes nothing."""
    with told(asking):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(command, values)
                return cursor.rowcount == 0
        except DatabaseError:
            return True


OFFER = (
    "INSERT INTO needs_offer (id, need_id, helper_id, offered_by_id, reasons, state, matched_seq, at)"
    " VALUES (nextval('coproduce_id'), %s, %s, %s, '[]', 'offered', 0, now())"
)
REPLY = (
    "INSERT INTO needs_reply (id, need_id, author_id, words, at) VALUES (nextval('coproduce_id'), %s, %s, 'x', now())"
)
RIGHT = "INSERT INTO people_proxy (person_id, proxy_id, since) VALUES (%s, %s, now())"
Attack = Callable[[Town, Need], tuple[object, ...]]
ATTACKS: dict[str, Attack] = {
    "an offer of help that opens the need": lambda t, n: (OFFER, n.pk, t.stranger.person, t.stranger.person),
    "an offer in another's name": lambda t, n: (OFFER, n.pk, t.bianca.person, t.stranger.person),
    "a reply to a need unseen": lambda t, n: (REPLY, n.pk, t.stranger.person),
    "a reply in another's name": lambda t, n: (REPLY, n.pk, t.josephine.person),
    "a right to act for a child": lambda t, n: (RIGHT, t.orleans.person, t.stranger.person),
    "somebody's end of a right": lambda t, n: ("UPDATE people_proxy SET until = now()",),
    "other words": lambda t, n: ("UPDATE needs_need SET words = 'mine'",),
    "the log written by hand": lambda t, n: ("UPDATE log_event SET actor = 1",),
    "the log cut": lambda t, n: ("DELETE FROM log_event",),
    "row-level security off": lambda t, n: ("ALTER TABLE needs_need DISABLE ROW LEVEL SECURITY",),
    "an owner's role": lambda t, n: ("SET ROLE coproduce_owner",),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_a_stranger_cannot_write_themselves_in(town: Town, school: Need, attack: Attack) -> None:
    command, *values = attack(town, school)
    assert _refused(town.stranger, str(command), *values)
    with told(town.stranger):
        assert not Need.objects.exists()


def test_a_helper_cannot_move_their_offer_to_another_need(town: Town, school: Need) -> None:
    from coproduce.network.needs.actions import Wish, ask_person, state_need

    other = state_need(town.daniel, wish=Wish(words="something of mine"))
    ask_person(town.josephine, need_id=school.pk, person_id=town.bianca.actor)
    moving = "UPDATE needs_offer SET need_id = %s WHERE helper_id = %s AND state = 'asked'"
    assert _refused(town.bianca, moving, other.pk, town.bianca.person)
    with told(town.bianca):
        assert list(Need.objects.values_list("pk", flat=True)) == [school.pk]


FORGED = {
    "needs_offer": "INSERT INTO pg_temp.needs_offer (need_id, helper_id, state) VALUES (%(need)s, %(me)s, 'asked')",
    "needs_need": "INSERT INTO pg_temp.needs_need (id, stated_by_id, audience) VALUES (%(need)s, %(me)s, 'network')",
    "people_proxy": "INSERT INTO pg_temp.people_proxy (person_id, proxy_id) VALUES (%(child)s, %(me)s)",
}


@pytest.mark.parametrize("table", FORGED)
def test_a_temporary_table_is_not_believed_in_the_place_of_ours(town: Town, school: Need, table: str) -> None:
    values = {"need": school.pk, "me": town.stranger.person, "child": town.orleans.person}
    with told(town.stranger), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM public.{table} WITH NO DATA")
        cursor.execute(FORGED[table], values)
        cursor.execute("SELECT count(*) FROM public.needs_need")
        seen = cursor.fetchone()[0]
        cursor.execute(f"DROP TABLE pg_temp.{table}")
    assert seen == 0


def test_functions_that_run_as_the_owner_say_where_they_look_and_are_few(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig::text, proacl::text FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        found = {name: (config, rights) for name, config, rights in cursor.fetchall()}
    assert set(found) == {
        "commons_credited", "commons_is_reviewed", "log_append", "needs_helped", "needs_times_asked", "people_is_new",
    }  # fmt: skip
    for config, rights in found.values():
        assert 'pg_temp"' in config
        assert "{=X" not in rights
        assert ",=X" not in rights


def test_functions_of_the_owner_tell_nobody_anything_who_is_not_asking(town: Town, school: Need) -> None:
    with told(guest()), connection.cursor() as cursor:
        cursor.execute(
            "SELECT needs_helped() UNION ALL SELECT coproduce_stood_for() UNION ALL SELECT commons_credited()"
        )
        assert cursor.fetchall() == []


def test_a_steward_sees_no_need_and_no_identity_without_a_reason(filled: Town) -> None:
    with told(Asking(person=filled.stranger.person, roles=frozenset({Role.STEWARD}))):
        assert _rows("needs_need") == _rows("people_identity") == _rows("people_account") == 0


def test_who_is_asking_does_not_outlast_the_transaction(filled: Town) -> None:
    with told(filled.josephine):
        assert _rows("needs_need") == 1
        Need.objects.update(audience=Audience.ONLY_ME)
    with told(filled.stranger):
        assert _rows("needs_need") == 0


@pytest.fixture
def hidden(town: Town) -> dict[str, Resource]:
    """What not everybody may read: a draft, a treatment that nobody reviewed, and a revision of one that was."""

    def made(risk_class: int, **more: Any) -> Resource:
        words = Words(title="A dose", kind="know-how", line_of_work=0, risk_class=risk_class, body="Take two.")
        return create_resource(town.daniel, words=words, **more)

    revised = made(3, share=True)
    with told(computer("operator")):
        for role, reviewer in ((Role.CLINICIAN, town.bianca), (Role.RESEARCHER, town.josephine)):
            Review.objects.create(
                version_id=revised.latest_id, reviewer_id=reviewer.actor, role=role, accepted=True, at=START
            )
    settle([revised.pk])
    revise_resource(
        town.daniel, resource_id=revised.pk, based_on=revised.latest_id or 0,
        words=Words(title="A dose", kind="know-how", line_of_work=0, risk_class=3, body="Take three."),
    )  # fmt: skip
    return {"draft": made(0), "unreviewed treatment": made(3, share=True), "revised treatment": revised}


def _bodies(asking: Asking, resource: Resource) -> list[str]:
    with told(asking):
        return list(Version.objects.filter(resource_id=resource.pk).order_by("number").values_list("body", flat=True))


def test_without_any_policy_nobody_reads_a_draft_but_who_wrote_it(town: Town, hidden: dict[str, Resource]) -> None:
    draft = hidden["draft"]
    clinician = replace(town.stranger, roles=frozenset({Role.CLINICIAN}))
    for asking in (guest(), town.stranger, town.josephine, clinician, Asking(system="accounts")):
        assert _bodies(asking, draft) == []
        with told(asking):
            assert not Resource.objects.filter(pk=draft.pk).exists()
    for asking in (town.daniel, replace(town.stranger, roles=frozenset({Role.STEWARD}))):
        assert _bodies(asking, draft) == ["Take two."]


def test_without_any_policy_a_treatment_is_read_in_reviewed_versions_only(
    town: Town, hidden: dict[str, Resource]
) -> None:
    clinician = replace(town.stranger, roles=frozenset({Role.CLINICIAN}))
    for asking in (guest(), town.stranger, town.josephine):
        assert _bodies(asking, hidden["unreviewed treatment"]) == []
        assert _bodies(asking, hidden["revised treatment"]) == ["Take two."]
    for asking in (clinician, town.daniel):
        assert _bodies(asking, hidden["unreviewed treatment"]) == ["Take two."]
        assert _bodies(asking, hidden["revised treatment"]) == ["Take two.", "Take three."]


def test_judgments_of_what_is_hidden_are_hidden_too(town: Town, hidden: dict[str, Resource]) -> None:
    version = hidden["unreviewed treatment"].latest_id
    with told(computer("operator")):
        Review.objects.create(version_id=version, reviewer_id=town.bianca.actor, role=3, accepted=False, at=START)
    for asking, n in ((guest(), 0), (town.stranger, 0), (town.daniel, 1)):
        with told(asking):
            assert Review.objects.filter(version_id=version).count() == n


def test_nobody_makes_a_resource_in_somebody_elses_name_or_writes_into_a_hidden_one(
    town: Town, hidden: dict[str, Resource]
) -> None:
    made = (
        "INSERT INTO commons_resource (state, kind, line_of_work, risk_class, language, origin, origin_key,"
        " origin_fingerprint, created_at, owner_id) VALUES ('draft', 'know-how', 0, 0, 'en', '', '', '', now(), %s)"
    )
    assert _refused(town.stranger, made, town.daniel.person)
    changed = "UPDATE commons_resource SET state = 'shared' WHERE id = %s"
    assert _refused(town.stranger, changed, hidden["draft"].pk)
    assert _refused(town.stranger, "DELETE FROM commons_resource WHERE id = %s", hidden["revised treatment"].pk)
    assert _refused(town.stranger, "UPDATE commons_version SET body = 'x'")


def test_the_policy_turned_off_still_shows_no_draft_on_any_page(
    town: Town, hidden: dict[str, Resource], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("seen_by", "versions_seen_by"):
        monkeypatch.setattr(queries, name, lambda _asking: Q())
    for asking in (guest(), town.stranger):
        for resource in (hidden["draft"], hidden["unreviewed treatment"]):
            with pytest.raises(Absent):
                queries.resource_page(asking, resource_id=resource.pk)
