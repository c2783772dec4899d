"""What becomes of the commons when a person is erased.

What they shared stays, under its open licence, by "someone who left"; what was theirs alone goes.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from coproduce.network.commons.index import changed
from coproduce.network.commons.models import Kept, Resource, Review
from coproduce.network.people.asking import Asking
from coproduce.network.people.erasure import person_erased
from coproduce.network.people.policy import told


@receiver(person_erased)
def forget_drafts(*, person_id: int, asking: Asking, **_arguments: Any) -> None:
    """Deletes their drafts, what they kept, and the words of their reviews; a judgment itself stays, without words."""
    with told(Asking(system="operator", at=asking.at)):
        Kept.objects.filter(person_id=person_id).delete()
        Review.objects.filter(reviewer_id=person_id).update(note="")
        theirs = Resource.objects.filter(owner_id=person_id, state=Resource.State.DRAFT)
        drafts = list(theirs.values_list("pk", flat=True))
        # A resource and its versions point to each other: that knot is opened first.
        Resource.objects.filter(pk__in=drafts).update(latest=None, stable=None)
        Resource.objects.filter(pk__in=drafts).delete()
        changed(drafts)
