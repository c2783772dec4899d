"""Who sees which need; the policy's words for what row-level security also holds."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import PostgresOperatorLookup
from django.utils.translation import gettext as _

from coproduce.errors import Absent
from coproduce.network.needs.models import Audience, Need, Offer
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Proxy
from coproduce.network.people.policy import rule

SYSTEMS = frozenset({"worker", "example", "operator"})
#: States of an offer in which the helper sees nothing of the need: not asked yet, or no longer.
HIDDEN = (Offer.State.SHOWN, Offer.State.DECLINED)


class _IsOneOf(PostgresOperatorLookup):
    """A number that stands in an array."""

    lookup_name = "is_one_of"
    postgres_operator = "= ANY"


def own(asking: Asking) -> Q:
    """The needs that one stated, that are for oneself, or for somebody one acts for now."""
    if asking.person is None:
        return Q(pk__in=[])
    # As an array that is made once, so that the indexes of both columns are used however many needs there are.
    proxies = Proxy.objects.open_at(asking.at).filter(proxy_id=asking.person).values("person_id")
    stood_for = ArraySubquery(proxies)
    return (
        Q(stated_by_id=asking.person)
        | Q(for_person_id=asking.person)
        | Q(_IsOneOf(F("for_person_id"), stood_for))
        | Q(_IsOneOf(F("stated_by_id"), stood_for))
    )


def seen_by(asking: Asking) -> Q:
    """The needs that this asker may see."""
    if asking.system in SYSTEMS:
        return Q()
    if asking.person is None:
        return Q(pk__in=[])
    helps = Offer.objects.filter(need_id=OuterRef("pk"), helper_id=asking.person).exclude(state__in=HIDDEN)
    return own(asking) | Q(audience=Audience.NETWORK) | (~Q(audience=Audience.ONLY_ME) & Q(Exists(helps)))


def _found(asking: Asking, need_id: int, which: Q) -> bool:
    if Need.objects.filter(which, pk=need_id).exists():
        return True
    if Need.objects.filter(seen_by(asking), pk=need_id).exists():
        return False
    raise Absent(_("need"))


@rule("needs.state")
def _for_oneself_or_by_right(asking: Asking, *, for_person: int | None = None, **_arguments: object) -> bool:
    """Anybody signed in, for themselves or for somebody they act for; a person they do not act for is absent."""
    if asking.person is None:
        return False
    if for_person in {None, asking.person}:
        return True
    if Proxy.objects.open_at(asking.at).filter(person_id=for_person, proxy_id=asking.person).exists():
        return True
    raise Absent(_("person"))


@rule("needs.see")
def _sees(asking: Asking, *, need_id: int, **_arguments: object) -> bool:
    return _found(asking, need_id, seen_by(asking))


@rule("needs.own")
def _owns(asking: Asking, *, need_id: int, **_arguments: object) -> bool:
    return asking.system in SYSTEMS or _found(asking, need_id, own(asking))


@rule("needs.confirm")
def _stated_it(asking: Asking, *, need_id: int, **_arguments: object) -> bool:
    """Only who stated the need, or the person it is for: the clock stops for nobody else."""
    return _found(asking, need_id, Q(stated_by_id=asking.person) | Q(for_person_id=asking.person))


@rule("needs.help")
def _may_help(asking: Asking, *, need_id: int, **_arguments: object) -> bool:
    """Whoever sees a need may offer something."""
    return _found(asking, need_id, seen_by(asking)) and asking.person is not None


@rule("needs.own_or_asked")
def _owns_or_was_asked(asking: Asking, *, need_id: int, offer_id: int, **_arguments: object) -> bool:
    """Its owner, and the helper who was asked."""
    if Offer.objects.filter(pk=offer_id, need_id=need_id, helper_id=asking.person).exclude(state__in=HIDDEN).exists():
        return asking.person is not None
    return _owns(asking, need_id=need_id)


@rule("needs.follow")
def _follows(asking: Asking, **_arguments: object) -> bool:
    """The network itself; nobody else asks after silence."""
    return asking.system in SYSTEMS


@rule("needs.signed_in")
def _signed_in(asking: Asking, **_arguments: object) -> bool:
    return asking.person is not None


@rule("needs.look")
def _anybody(_asking: Asking, **_arguments: object) -> bool:
    """Looking for public resources leaves nothing behind, so a guest may."""
    return True
