"""Resources: what the network makes, shares and uses. A version never changes; a resource points to its latest."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from coproduce.events import FIRST_CONDITION, LineOfWork
from coproduce.network.log.ids import IdField
from coproduce.network.people.models import ROLE_CHOICES, Person


class Condition(models.Model):
    """A condition, treatment or theme that needs and resources are about, with the other names people use for it.

    Its number is a topic of the event log: lines of work come first, conditions from FIRST_CONDITION on.
    """

    id = models.AutoField(primary_key=True)
    slug = models.SlugField(max_length=200, unique=True)
    name = models.CharField(max_length=300)
    aliases = ArrayField(models.CharField(max_length=300), default=list, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id__gte=FIRST_CONDITION), name="conditions_follow_lines_of_work")
        ]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    """Information is facts; knowledge is what was learned from them; know-how is how to do it."""

    INFORMATION = "information", _("information")
    KNOWLEDGE = "knowledge", _("knowledge")
    KNOW_HOW = "know-how", _("know-how")


LINE_CHOICES = [
    (LineOfWork.ILLNESS.value, _("the illness")),
    (LineOfWork.EVERYDAY_LIFE.value, _("everyday life")),
    (LineOfWork.BIOGRAPHICAL.value, _("who I am and will be")),
]

RISK_CHOICES = [
    (0, _("social or practical")),
    (1, _("self-care know-how")),
    (2, _("clinical information")),
    (3, _("changes a treatment or device")),
]


class Resource(models.Model):
    """One thing of the commons through all its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SHARED = "shared", _("shared")
        RETIRED = "retired", _("retired")

    id = IdField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    line_of_work = models.PositiveSmallIntegerField(choices=LINE_CHOICES)
    risk_class = models.PositiveSmallIntegerField(choices=RISK_CHOICES)
    language = models.CharField(max_length=20, default="en")
    conditions = models.ManyToManyField(Condition, related_name="resources", blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_resources")
    latest = models.OneToOneField("Version", on_delete=models.PROTECT, null=True, related_name="+")
    #: What readers get: the latest version, or from class 2 on the last one that was reviewed. None while hidden.
    stable = models.OneToOneField("Version", on_delete=models.PROTECT, null=True, related_name="+")
    #: Where an imported resource came from and its id there; empty for one that was written here.
    origin = models.CharField(max_length=60, blank=True)
    origin_key = models.CharField(max_length=200, blank=True)
    #: BLAKE2b of the row it was last imported from, so that an import sees what changed at its source.
    origin_fingerprint = models.BinaryField(max_length=16, default=b"")
    #: Comes with the form that made it, so that sending the form twice makes one resource.
    token = models.UUIDField(null=True, blank=True, editable=False)
    review_by = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-shared_at", "-id"],
                condition=models.Q(state="shared", stable__isnull=False),
                name="offered_newest_first",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["origin", "origin_key"], condition=~models.Q(origin=""), name="one_resource_an_origin_key"
            ),
            models.UniqueConstraint(fields=["owner", "token"], name="one_resource_a_form"),
        ]

    def __str__(self) -> str:
        return f"resource {self.pk}"


class Version(models.Model):
    """One state of a resource's words. Never edited: a revision is a new version."""

    id = IdField()
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    summary = models.CharField(max_length=600, blank=True)
    body = models.TextField(blank=True, help_text=_("Markdown; empty when the resource is a link."))
    link = models.URLField(max_length=600, blank=True)
    audience = ArrayField(models.CharField(max_length=20), default=list)
    #: Stages of the illness it speaks to.
    stages = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    #: The kind of help it gives, in the words of its source (for example "treatment"); used in ranking.
    help_kind = models.CharField(max_length=60, blank=True)
    license = models.CharField(max_length=60, default="CC-BY-4.0")
    sources = models.JSONField(default=list, blank=True)
    reading_grade = models.FloatField(null=True, blank=True)
    derived_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="derived")
    #: What changed, in the words of who changed it.
    note = models.CharField(max_length=300, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    #: BLAKE2b of the words, so that saving what is there already makes no version.
    fingerprint = models.BinaryField(max_length=16)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["resource", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return self.title


class Credit(models.Model):
    """Who contributed what to a version: a person of the network, or a named outside author."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="credits")
    name = models.CharField(max_length=150, blank=True)
    role = models.PositiveSmallIntegerField(choices=ROLE_CHOICES, null=True, blank=True)
    contribution = models.CharField(max_length=60, default="wrote")


class Review(models.Model):
    """One person's judgment of one version, in the role they held."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.PositiveSmallIntegerField(choices=ROLE_CHOICES)
    accepted = models.BooleanField()
    #: False once it is too old to count (class 3).
    holds = models.BooleanField(default=True)
    note = models.CharField(max_length=600, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "reviewer"], name="one_review_a_person_and_version")
        ]


class Kept(models.Model):
    """A resource that a person keeps for later."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="kept")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "resource"], name="kept_once")]


class Import(models.Model):
    """One run of an import: how far it came, so that it can resume, and what it did."""

    origin = models.CharField(max_length=60)
    file_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    #: Rows done, in the file's order; everything before was committed together with this number.
    rows_done = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    n_rejected = models.PositiveIntegerField(default=0)
    #: The first of them: row, field and reason, never what the row said.
    rejected = models.JSONField(default=list)
