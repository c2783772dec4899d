"""Everything that changes people, their roles, and who may act for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from coproduce.errors import Absent, Conflict, InvalidInput
from coproduce.events import ABSENT, Role, kinds
from coproduce.network.database.erasures import record_erasure
from coproduce.network.languages import check_language
from coproduce.network.log import append
from coproduce.network.mail import forget_mail
from coproduce.network.people.ages import age
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.erasure import end_sessions, person_erased
from coproduce.network.people.models import Account, Identity, Notice, Person, Proxy, RoleHeld, Site
from coproduce.network.people.policy import action, rule, told

#: Roles that a person may take for themselves; the others are granted by a steward.
OWN_CHOICE = frozenset({Role.PATIENT, Role.FAMILY, Role.CLINICIAN, Role.RESEARCHER})


@rule("people.join")
def _only_the_door(asking: Asking, **_arguments: object) -> bool:
    return asking.system in {"accounts", "example", "import"} or asking.holds(Role.STEWARD)


@rule("people.steward")
def _steward(asking: Asking, **_arguments: object) -> bool:
    return asking.holds(Role.STEWARD) or asking.system in {"example", "operator"}


@rule("people.self")
def _signed_in(asking: Asking, **_arguments: object) -> bool:
    return asking.person is not None


@rule("people.self_or_proxy")
def _self_or_proxy(asking: Asking, *, person_id: int, **_arguments: object) -> bool:
    if asking.system in {"worker", "operator", "example"} or asking.holds(Role.STEWARD):
        return True
    if asking.person is None:
        return False
    if asking.person == person_id:
        return True
    if Proxy.objects.open_at(asking.at).filter(person_id=person_id, proxy_id=asking.person).exists():
        return True
    raise Absent(_("person"))


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What the world calls a person; kept in `Identity`, apart from everything else."""

    name: str
    birth_date: date | None = None


@action("people.join")
def join(
    asking: Asking,
    *,
    pseudonym: str,
    role: Role,
    particulars: Particulars | None = None,
    site: Site | None = None,
    traits: Mapping[str, object] | None = None,
) -> Person:
    """Makes a person with one role; writes Joined.

    `traits` are further columns of Person (languages, helps_with ...).

    Raises InvalidInput for a role that nobody may take for themselves.
    """
    if role not in OWN_CHOICE and asking.system == "accounts":
        raise InvalidInput(
            given="a role that is granted, not chosen", expected="patient, family, clinician, researcher"
        )
    person = Person.objects.create(pseudonym=_spoken(pseudonym), site=site, joined_at=asking.at, **(traits or {}))
    if particulars is not None:
        Identity.objects.create(person=person, name=particulars.name, birth_date=particulars.birth_date)
    RoleHeld.objects.create(person=person, role=role, since=asking.at)
    append(
        [
            kinds.Joined(
                time=asking.us, actor=person.pk, role=role, site=person.site_id or ABSENT, value=float(role.value)
            )
        ]
    )
    return person


@action("people.self")
def register_child(asking: Asking, *, pseudonym: str, name: str, birth_date: date) -> Person:
    """A parent or carer registers a child they act for; writes Joined and ProxyGranted.

    Raises InvalidInput when the child is of age, or is not born yet.
    """
    assert asking.person is not None  # the rule has seen to it
    years = age(birth_date, asking.at)
    if not 0 <= years < settings.COPRODUCE.handover_age:
        raise InvalidInput(
            given=_("a birth date outside childhood"),
            expected=_("a child under %(age)s") % {"age": settings.COPRODUCE.handover_age},
            next_step=_("Somebody of age signs up for themselves."),
            field="birth_date",
        )
    child = Person.objects.create(pseudonym=_spoken(pseudonym), joined_at=asking.at, site_id=asking.site)
    Proxy.objects.create(person=child, proxy_id=asking.person, granted_by_id=asking.person, since=asking.at)
    Identity.objects.create(person=child, name=name, birth_date=birth_date)
    RoleHeld.objects.create(person=child, role=Role.PATIENT, since=asking.at)
    append(
        [
            kinds.Joined(
                time=asking.us,
                actor=child.pk,
                role=Role.PATIENT,
                site=child.site_id or ABSENT,
                value=float(Role.PATIENT),
            ),
            kinds.ProxyGranted(
                time=asking.us, actor=asking.person, role=asking.role, subject=child.pk, object=asking.person
            ),
        ]
    )
    return child


@action("people.steward")
def grant_proxy(asking: Asking, *, person_id: int, proxy_id: int, until: datetime | None = None) -> Proxy:
    """Lets one person act for another; writes ProxyGranted.

    Raises Conflict when it is so already, InvalidInput for somebody who would act for themselves.
    """
    if person_id == proxy_id:
        raise InvalidInput(given=_("the same person twice"), expected=_("somebody else"), field="who")
    if Proxy.objects.open_at(asking.at).filter(person_id=person_id, proxy_id=proxy_id).exists():
        raise Conflict(_("This person already acts for them."))
    granted = Proxy.objects.create(
        person_id=person_id, proxy_id=proxy_id, granted_by_id=asking.person, since=asking.at, until=until
    )
    days = float("nan") if until is None else (until - asking.at).total_seconds() / 86_400
    append(
        [
            kinds.ProxyGranted(
                time=asking.us, actor=asking.actor, role=asking.role, subject=person_id, object=proxy_id, value=days
            )
        ]
    )
    return granted


@action("people.self_or_proxy")
def end_proxy(asking: Asking, *, person_id: int, proxy_id: int) -> None:
    """Ends a proxy's right; writes ProxyEnded. Raises Absent when there is none."""
    ended = Proxy.objects.open_at(asking.at).filter(person_id=person_id, proxy_id=proxy_id).update(until=asking.at)
    if not ended:
        raise Absent(_("right to act for them"))
    append([kinds.ProxyEnded(time=asking.us, actor=asking.actor, role=asking.role, subject=person_id, object=proxy_id)])


@action("people.self_or_proxy")
def record_assent(asking: Asking, *, person_id: int, agrees: bool = True) -> Identity:
    """Notes what a child says to being here, in their own words, and who wrote it down.

    Writes ConsentGiven for a yes, ConsentWithdrawn for a yes taken back, ConsentRefused for a first no; nothing for an
    answer that is there already. Raises InvalidInput below the age from which a child is asked.
    """
    identity = Identity.objects.select_for_update().filter(person_id=person_id).first()
    if identity is None:
        raise Absent(_("person"))
    if identity.birth_date and age(identity.birth_date, asking.at) < settings.COPRODUCE.assent_age:
        raise InvalidInput(given=_("a child too young to be asked"), expected=_("an older child"))
    if (identity.assented_at if agrees else identity.declined_at) is not None:
        return identity
    no = kinds.ConsentRefused if identity.assented_at is None else kinds.ConsentWithdrawn
    said = kinds.ConsentGiven if agrees else no
    identity.assented_at, identity.declined_at = (asking.at, None) if agrees else (None, asking.at)
    identity.assent_noted_by_id = asking.person
    identity.save(update_fields=["assented_at", "declined_at", "assent_noted_by"])
    append([said(time=asking.us, actor=asking.actor, role=asking.role, subject=person_id, value=1.0)])
    return identity


@action("people.self_or_proxy")
def hand_over(asking: Asking, *, person_id: int) -> None:
    """Passes a person's rights to them at majority: every proxy ends; writes HandedOver and ProxyEnded.

    Raises InvalidInput before the hand-over age.
    """
    born = Identity.objects.filter(person_id=person_id).values_list("birth_date", flat=True).first()
    if born is None or age(born, asking.at) < settings.COPRODUCE.handover_age:
        raise InvalidInput(
            given=_("somebody who is not of age"),
            expected=_("an age of %(age)s or more") % {"age": settings.COPRODUCE.handover_age},
        )
    open_proxies = Proxy.objects.open_at(asking.at).filter(person_id=person_id)
    ended = list(open_proxies.values_list("proxy_id", flat=True))
    open_proxies.update(until=asking.at)
    append(
        [
            kinds.HandedOver(time=asking.us, actor=asking.actor, role=asking.role, subject=person_id),
            *(
                kinds.ProxyEnded(
                    time=asking.us, actor=asking.actor, role=asking.role, subject=person_id, object=proxy_id
                )
                for proxy_id in ended
            ),
        ]
    )


@action("people.steward")
def grant_role(asking: Asking, *, person_id: int, role: Role, site: Site | None = None) -> RoleHeld:
    """Gives a person a role; writes RoleGranted. Raises Conflict when they hold it already."""
    if RoleHeld.objects.open_at(asking.at).filter(person_id=person_id, role=role).exists():
        raise Conflict(_("They hold this role already."))
    held = RoleHeld.objects.create(
        person_id=person_id, role=role, site=site, granted_by_id=asking.person, since=asking.at
    )
    append(
        [
            kinds.RoleGranted(
                time=asking.us, actor=asking.actor, role=asking.role, subject=person_id, value=float(role.value)
            )
        ]
    )
    return held


@action("people.steward")
def end_role(asking: Asking, *, person_id: int, role: Role) -> None:
    """Ends a role; writes RoleEnded. Raises Absent when it is not held."""
    if not RoleHeld.objects.open_at(asking.at).filter(person_id=person_id, role=role).update(until=asking.at):
        raise Absent(_("role of this person"))
    append(
        [
            kinds.RoleEnded(
                time=asking.us, actor=asking.actor, role=asking.role, subject=person_id, value=float(role.value)
            )
        ]
    )


@action("people.steward")
def keep_site(asking: Asking, *, name: str, kind: str, parent_id: int | None, site_id: int | None = None) -> Site:
    """Makes a place of care, or changes one that is there; writes SiteChanged.

    Raises Absent for a place that is not there, InvalidInput for a name without a letter and for a place that would
    lie in itself.
    """
    name = " ".join(name.split())
    slug = slugify(name)[:70]
    if not slug:
        raise InvalidInput(given=_("a name without a letter"), expected=_("what people call the place"), field="name")
    site = Site() if site_id is None else Site.objects.select_for_update().filter(pk=site_id).first()
    if site is None:
        raise Absent(_("place"))
    if parent_id is not None and site_id in _above(parent_id):
        raise InvalidInput(given=_("a place that lies in itself"), expected=_("another place"), field="parent")
    site.name, site.kind, site.parent_id = name, kind, parent_id
    site.slug = site.slug or _free_slug(slug)
    site.save()
    append([kinds.SiteChanged(time=asking.us, actor=asking.actor, role=asking.role, subject=site.pk)])
    return site


def _above(site_id: int) -> set[int]:
    """The place and every place that it lies in. Raises Absent where there is none."""
    parents = dict(Site.objects.values_list("pk", "parent_id"))
    if site_id not in parents:
        raise Absent(_("place"))
    found: set[int] = set()
    at: int | None = site_id
    while at is not None and at not in found:
        found.add(at)
        at = parents[at]
    return found


def _free_slug(slug: str) -> str:
    taken = set(Site.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(name for name in (slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


@action("people.steward")
def place_person(asking: Asking, *, person_id: int, site_id: int | None) -> None:
    """Says at which place of care a person is, or at none; writes PersonPlaced.

    Raises Absent for a person or place that is not there.
    """
    if site_id is not None and not Site.objects.filter(pk=site_id).exists():
        raise Absent(_("place"))
    if not Person.objects.filter(pk=person_id, erased_at__isnull=True).update(site_id=site_id):
        raise Absent(_("person"))
    # Whose site it is stands in the column actor, as in every other event: that of the steward is another.
    placed = kinds.PersonPlaced(
        time=asking.us, actor=person_id, subject=asking.actor, site=ABSENT if site_id is None else site_id
    )
    append([placed])


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a person wants to be called, told and asked."""

    pseudonym: str
    about: str = ""
    languages: tuple[str, ...] = ("en",)
    time_zone: str = ""
    quiet_from: time | None = None
    quiet_to: time | None = None
    helps_with: tuple[str, ...] = ()
    help_capacity: int = 0


@action("people.self_or_proxy")
def set_preferences(asking: Asking, *, person_id: int, wishes: Preferences) -> Person:
    """Changes how a person is called, told and asked. Raises InvalidInput for an unknown time zone or language."""
    if wishes.time_zone:
        try:
            ZoneInfo(wishes.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
            raise InvalidInput(
                given=_("an unknown time zone"), expected=_("a name like Europe/Berlin"), field="time_zone"
            ) from problem
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        raise InvalidInput(given=_("half of the quiet hours"), expected=_("from and to"), field="quiet_from")
    person = Person.objects.select_for_update().get(pk=person_id)
    for tag in set(wishes.languages) - set(person.languages):
        check_language(tag, "languages")
    for name in Preferences.__dataclass_fields__:
        value = getattr(wishes, name)
        setattr(person, name, list(value) if isinstance(value, tuple) else value)
    person.pseudonym = _spoken(wishes.pseudonym)
    person.save()
    return person


@action("people.self_or_proxy")
def erase_person(asking: Asking, *, person_id: int) -> None:
    """Erases a person: name, log-in and words go, counts stay true; writes PersonErased.

    The erasure is also noted outside the database, so that a restored backup repeats it.
    """
    person = Person.objects.select_for_update().filter(pk=person_id, erased_at__isnull=True).first()
    if person is None:
        raise Absent(_("person"))
    person_erased.send(sender=Person, person_id=person_id, asking=asking)
    # The rule has said yes. A proxy or a steward sees neither log-in nor second factors, and could not delete them.
    with told(computer("operator"), changing=False):
        _forget(person_id, asking.at)
    Person.objects.filter(pk=person_id).update(
        pseudonym=_("Someone who left"), about="", languages=[], time_zone="", quiet_from=None, quiet_to=None,
        helps_with=[], help_capacity=0, left_at=asking.at, erased_at=asking.at,
    )  # fmt: skip
    append([kinds.PersonErased(time=asking.us, actor=asking.actor, role=asking.role, subject=person_id)])
    # Noted before the commit: a machine that stops in between leaves a note too many, never one too few.
    record_erasure(settings.COPRODUCE.data, person_id, asking.at)


def _forget(person_id: int, at: datetime) -> None:
    """Deletes identity, log-in, sessions, notices and rights; roles end, since who is gone holds none."""
    accounts = Account.objects.filter(person_id=person_id)
    numbers_and_addresses = dict(accounts.values_list("pk", "email"))
    end_sessions(frozenset(map(str, numbers_and_addresses)))
    forget_mail(numbers_and_addresses.values())
    accounts.delete()
    Identity.objects.filter(person_id=person_id).delete()
    Notice.objects.filter(person_id=person_id).delete()
    Proxy.objects.filter(Q(person_id=person_id) | Q(proxy_id=person_id)).delete()
    RoleHeld.objects.filter(person_id=person_id, until__isnull=True).update(until=at)


def _spoken(pseudonym: str) -> str:
    """The pseudonym without control characters and needless blanks. Raises InvalidInput when nothing is left."""
    clean = " ".join("".join(c for c in pseudonym if c.isprintable()).split())
    if not 1 <= len(clean) <= 60:
        raise InvalidInput(given=_("an empty or very long name"), expected=_("1 to 60 letters"), field="pseudonym")
    return clean
