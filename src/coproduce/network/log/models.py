"""The event table and the head of its chain. Nothing writes to them but the database function `log_append`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from coproduce.events import ABSENT
from coproduce.network.log.limits import END_OF_TIME, FIRST_TIME


class LogEvent(models.Model):
    """One event, as docs/reference/events.md describes; `hash` chains it to the one before."""

    seq = models.BigIntegerField(primary_key=True)
    time = models.BigIntegerField()
    recorded = models.BigIntegerField()
    actor = models.BigIntegerField()
    subject = models.BigIntegerField()
    object = models.BigIntegerField()
    cause = models.BigIntegerField()
    value = models.FloatField()
    site = models.IntegerField()
    topic = models.IntegerField()
    kind = models.SmallIntegerField()
    role = models.SmallIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "log_event"
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="log_event_subject", condition=models.Q(subject__gte=0)),
            models.Index(fields=["object"], name="log_event_object", condition=models.Q(object__gte=0)),
            models.Index(fields=["actor"], name="log_event_actor", condition=models.Q(actor__gte=0)),
            models.Index(fields=["cause"], name="log_event_cause", condition=models.Q(cause__gte=0)),
            models.Index(fields=["kind", "time"], name="log_event_kind_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(seq__gte=0, cause__gte=ABSENT, cause__lt=models.F("seq")), name="log_event_order"
            ),
            models.CheckConstraint(
                condition=models.Q(time__gte=FIRST_TIME, time__lt=END_OF_TIME)
                & models.Q(recorded__gte=FIRST_TIME, recorded__lt=END_OF_TIME),
                name="log_event_times",
            ),
            models.CheckConstraint(
                condition=models.Q(actor__gte=ABSENT, subject__gte=ABSENT, object__gte=ABSENT)
                & models.Q(site__gte=ABSENT, topic__gte=ABSENT),
                name="log_event_ids",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__gte=1, kind__lte=255, role__gte=0, role__lte=255), name="log_event_codes"
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.seq}"


class LogHead(models.Model):
    """The one row that says where the log ends; who appends locks it until the commit."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    #: Random, made with the log: the hash before the first event, and the name of this log in signed heads.
    beginning = models.BinaryField()
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "log_head"
        default_permissions = ()
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="log_head_is_one_row")]

    def __str__(self) -> str:
        return f"head at {self.seq}"
