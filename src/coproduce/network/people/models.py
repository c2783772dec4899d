"""People, what they may be called, what they may do, and where they belong.

A `Person` is a pseudonym: an id of the one id space that the log uses. Who that is in the world stands apart, in
`Identity` and `Account`, both behind row-level security.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Self, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from coproduce import clock
from coproduce.events import Role
from coproduce.network.log.ids import IdField

ROLE_CHOICES = [
    (Role.PATIENT.value, _("patient")),
    (Role.FAMILY.value, _("family member")),
    (Role.CLINICIAN.value, _("clinician")),
    (Role.RESEARCHER.value, _("researcher")),
    (Role.IMPROVEMENT_LEAD.value, _("improvement lead")),
    (Role.STEWARD.value, _("steward")),
]


_Model = TypeVar("_Model", bound=models.Model)


class OpenQuerySet(models.QuerySet[_Model]):
    """Rows that hold from `since` to `until`."""

    def open_at(self, at: datetime) -> Self:
        """The rows that hold at this moment."""
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gt=at))


class Site(models.Model):
    """A place of care, nested: network, region, centre, clinic."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("network")
        REGION = "region", _("region")
        CENTRE = "centre", _("care centre")
        CLINIC = "clinic", _("clinic")

    id = models.AutoField(primary_key=True)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CENTRE)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    #: The names of the places that it lies in, the widest first; set by the query that lists them in order.
    within = ""

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody in the network, by pseudonym only: everything that may stand beside an event."""

    id = IdField()
    #: What others see; chosen by the person, need not be their name.
    pseudonym = models.CharField(max_length=60)
    about = models.CharField(max_length=300, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True)
    languages = models.JSONField(default=list)
    time_zone = models.CharField(max_length=64, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    #: Offers to help others: topics (slugs of conditions or kinds of help) and how many requests a month.
    helps_with = models.JSONField(default=list)
    help_capacity = models.PositiveSmallIntegerField(default=0)
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.pseudonym


class Identity(models.Model):
    """Who a person is in the world. Guarded: the person, their proxies, and the stewards with a reason."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True)
    name = models.CharField(max_length=150)
    birth_date = models.DateField(null=True, blank=True)
    #: When a child said yes to being here, or no; never both.
    assented_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    #: Who wrote that answer down: the child, or who looks after them.
    assent_noted_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"identity of person {self.person_id}"


class RoleHeld(models.Model):
    """A role that a person holds for a time, at a site or in the whole network."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles_held")
    role = models.PositiveSmallIntegerField(choices=ROLE_CHOICES)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True)
    granted_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "role"])]


class Proxy(models.Model):
    """The right of one person to act for another, for example of a parent for a child of 12."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="proxies")
    proxy = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="acts_for")
    granted_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "proxy"], condition=models.Q(until__isnull=True), name="one_open_proxy_a_pair"
            ),
            models.CheckConstraint(condition=~models.Q(person=models.F("proxy")), name="nobody_is_their_own_proxy"),
        ]


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; the e-mail address is the log-in name."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> Account:
        """A new account with this address; without a password nobody can log in with one."""
        account = self.model(email=self.normalize_email(email), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser, PermissionsMixin):
    """A log-in: an e-mail address and a password (and second factors, in allauth's tables)."""

    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="account")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    last_login = None  # when somebody was here is nobody's business
    #: Set by the backend that loads the account of a session: roles held now, and whom one acts for, by id.
    open_roles: tuple[int, ...] = ()
    open_proxies: Mapping[int, str] = MappingProxyType({})
    date_joined = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    def __str__(self) -> str:
        return f"account {self.pk}"


class Notice(models.Model):
    """Something a person is told, once: the row is unique, so whoever asks again changes nothing.

    It names what it is about by id only; words are fetched by those who may see them, never mailed.
    """

    class Kind(models.TextChoices):
        RESOURCE_FOUND = "resource-found", _("Something new may help with what you need")
        PERSON_OFFERED = "person-offered", _("Somebody offers to help you")
        REPLIED = "replied", _("Somebody answered you")
        ASKED_TO_HELP = "asked-to-help", _("Somebody asks for your help")
        FOLLOW_UP = "follow-up", _("Did you get what you needed?")
        THANKED = "thanked", _("Somebody thanked you")
        HAND_OVER = "hand-over", _("You are of age: your account is yours alone now")
        REVIEW_DUE = "review-due", _("Something you look after is due for another look")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    #: Id of the need, resource or person it is about, in the one id space.
    about = models.BigIntegerField()
    #: Where the link leads, without the site's address.
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "kind", "about"], name="told_once")]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], condition=models.Q(mailed_at=None), name="notices_to_mail")
        ]
