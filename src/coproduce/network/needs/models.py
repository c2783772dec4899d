"""Needs: what somebody needs, by when, for whom; what was matched; how it went. Guarded by row-level security."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from coproduce.network.commons.models import LINE_CHOICES, Condition, Version
from coproduce.network.log.ids import IdField
from coproduce.network.people.models import Person, Site


class Stage(models.TextChoices):
    """Where somebody is on the way through an illness."""

    JUST_TOLD = "just-told", _("just told")
    STARTING = "starting-treatment", _("starting treatment")
    FLARE = "flare", _("in a flare")
    SURGERY = "surgery", _("surgery")
    STEADY = "steady", _("steady")
    MOVING = "moving-to-adult-care", _("moving to adult care")


class Audience(models.TextChoices):
    """Who may see a need; who states it chooses."""

    ONLY_ME = "only-me", _("only me; the computer looks in the commons")
    HELPERS = "helpers", _("me and the people I ask")
    NETWORK = "network", _("everybody signed in to this network")


class Need(models.Model):
    """One need, in the words of the person who states it."""

    class State(models.TextChoices):
        HEARD = "heard", _("heard")
        MATCHED = "matched", _("something was found")
        ASKED = "asked", _("somebody is on it")
        USED = "used", _("in use")
        ANSWERED = "answered", _("said how it went")
        CONFIRMED = "confirmed", _("met")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REDIRECTED = "redirected", _("redirected")
        UNREACHABLE = "unreachable", _("could not be got")
        EXPIRED = "expired", _("silent")

    id = IdField()
    stated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="needs_stated")
    for_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="needs_for")
    words = models.TextField()
    goal = models.CharField(max_length=600, blank=True)
    line_of_work = models.PositiveSmallIntegerField(choices=LINE_CHOICES)
    stage = models.CharField(max_length=24, choices=Stage.choices, blank=True)
    language = models.CharField(max_length=20, default="en")
    needed_by = models.DateTimeField(null=True, blank=True)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.HELPERS)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=11, choices=State.choices, default=State.HEARD)
    #: The parsed need (matching.ParsedNeed.to_dict): chips that the person may correct.
    parsed = models.JSONField(default=dict, blank=True)
    conditions = models.ManyToManyField(Condition, blank=True, related_name="+")
    #: Probability that a good answer is in the commons, as the ranking sees it.
    answerable = models.FloatField(null=True, blank=True)
    urgent_sign = models.CharField(max_length=60, blank=True)
    #: True until the person has seen what to do now, and goes on: nothing is looked for before.
    is_held = models.BooleanField(default=False)
    #: Made by the form, so that a form sent twice states one need.
    token = models.UUIDField(null=True, blank=True)
    stated_at = models.DateTimeField()
    last_answer_at = models.DateTimeField()
    followed_up_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    #: Where its NeedStated, its NeedFollowedUp and the event that closed it stand in the log: causes of what follows.
    stated_seq = models.BigIntegerField(null=True)
    followed_up_seq = models.BigIntegerField(null=True)
    closed_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["stated_by", "token"], name="stated_once")]
        indexes: ClassVar = [
            models.Index(fields=["stated_by", "-stated_at"]),
            models.Index(fields=["for_person", "-stated_at"]),
            models.Index(fields=["state", "last_answer_at"]),
        ]

    def __str__(self) -> str:
        return f"need {self.pk}"


class Offer(models.Model):
    """Something or somebody matched to a need: by the computer or by a person; with the reason that moved it."""

    class State(models.TextChoices):
        #: Suggested only: a person who is suggested sees nothing of the need before being asked.
        SHOWN = "shown", _("suggested")
        ASKED = "asked", _("asked")
        #: Somebody came forward by themselves.
        OFFERED = "offered", _("offered")
        ACCEPTED = "accepted", _("accepted")
        USED = "used", _("used")
        HELPED = "helped", _("helped")
        PARTLY = "partly", _("helped partly")
        NOT_HELPED = "not-helped", _("did not help")
        UNREACHABLE = "unreachable", _("could not get it")
        DECLINED = "declined", _("declined")

    id = IdField()
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="offers")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    helper = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="offers_of_help")
    #: Who matched it; empty for the computer.
    offered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    reasons = models.JSONField(default=list)
    #: Where it was shown, how likely it stood there (none where that is not known), and the features it was ranked by.
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    propensity = models.FloatField(null=True, blank=True)
    features = ArrayField(models.FloatField(), null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SHOWN)
    unreachable_reason = models.PositiveSmallIntegerField(null=True, blank=True)
    matched_seq = models.BigIntegerField()
    used_seq = models.BigIntegerField(null=True, blank=True)
    outcome_seq = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # People are told once: one row a pair, so a second match of the same pair changes nothing.
            models.UniqueConstraint(fields=["need", "version"], name="one_offer_a_need_and_version"),
            models.UniqueConstraint(fields=["need", "helper"], name="one_offer_a_need_and_helper"),
            models.CheckConstraint(
                condition=models.Q(version__isnull=False) ^ models.Q(helper__isnull=False),
                name="an_offer_is_a_resource_or_a_person",
            ),
        ]


class Reply(models.Model):
    """What a person said about a need, in words: an answer, how it went, a word of thanks."""

    id = IdField()
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    #: The one person it is for, when it is not for everybody who sees the need: a word of thanks.
    to = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, null=True, blank=True, related_name="words")
    words = models.TextField()
    #: The event that these words go with, if any.
    seq = models.BigIntegerField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["author", "token"], name="replied_once")]
        indexes: ClassVar = [models.Index(fields=["to", "-at"])]


class LearnedWeights(models.Model):
    """Weights of the ranking that were learned from thanks: the latest of its mode that was not taken back holds."""

    id = IdField()
    is_dense = models.BooleanField()
    #: Weight by the name of its feature (matching.weights.FEATURES).
    weights = models.JSONField()
    n_lists = models.PositiveIntegerField()
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)


class Cursor(models.Model):
    """How far a follower has read the log."""

    name = models.CharField(max_length=60, primary_key=True)
    seq = models.BigIntegerField(default=-1)
