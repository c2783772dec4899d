"""The projection of the measures: what they said for one state of the log. Can be dropped; it is made again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Snapshot(models.Model):
    """The measures as they stood when the log's head was at `head_seq`, by the rules of this version of the code."""

    id = models.BigAutoField(primary_key=True)
    head_seq = models.BigIntegerField()
    #: Hash of everything that decides a number besides the log: a new version makes a new snapshot.
    rules = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    #: Milliseconds it took, so that counting never takes more than a small share of the machine's time.
    took_ms = models.PositiveIntegerField()
    #: First and last day of the log, UTC; empty for an empty log.
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["head_seq", "rules"], name="observatory_one_snapshot_a_state")
        ]

    def __str__(self) -> str:
        return f"measures at {self.head_seq}"


class Number(models.Model):
    """One measure of a snapshot: for everybody, by month, by site and by role; small groups are hidden already."""

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="numbers")
    measure_id = models.CharField(max_length=40)
    whole = models.JSONField()
    months = models.JSONField(default=list)
    sites = models.JSONField(default=list)
    roles = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "measure_id"], name="observatory_one_number_a_measure")
        ]

    def __str__(self) -> str:
        return self.measure_id


class Drawing(models.Model):
    """An SVG by the hash of its specification and words: equal figures are drawn once."""

    key = models.CharField(max_length=64, primary_key=True)
    svg = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key[:12]


class Picture(models.Model):
    """One figure of a snapshot by name (`winwin`, `levels`, `month.N2.F7d`): its message, its table, its drawing.

    Where there can be none, `drawing` is empty and `summary` says why.
    """

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=60)
    title = models.TextField(blank=True)
    summary = models.TextField()
    columns = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    drawing = models.ForeignKey(Drawing, on_delete=models.PROTECT, null=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "name"], name="observatory_one_picture_a_name")
        ]

    def __str__(self) -> str:
        return self.name
