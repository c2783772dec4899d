"""Resources as cards of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from coproduce.network.commons.models import Resource
from coproduce.network.design.parts import ResourceCard, Text


def card(resource: Resource, *, reason: str = "", level: int = 3) -> ResourceCard:
    """One resource as a card, in the version that readers get; that must be loaded, and a draft's latest one."""
    version = resource.stable or resource.latest
    assert version is not None  # nothing is listed without a version
    about = [condition.name for condition in list(resource.conditions.all())[:3]]
    meta: list[Text] = [resource.get_line_of_work_display(), *about, ", ".join(_audience(version.audience))]
    if resource.state != Resource.State.SHARED:
        meta.insert(0, resource.get_state_display())
    if resource.risk_class >= 2 and not getattr(resource, "is_checked", True):
        meta.append(_("not reviewed yet"))
    if not version.body:
        meta.append(_("link to its source"))
    return ResourceCard(
        title=version.title,
        url=reverse("commons:resource", args=[resource.pk]),
        summary=version.summary,
        kind=resource.get_kind_display(),
        reason=reason,
        meta=[fact for fact in meta if fact],
        language="" if resource.language == "en" else resource.language,
        level=level,
    )


def cards(resources: Iterable[Resource]) -> Sequence[ResourceCard]:
    """Resources as cards, in their order."""
    return [card(resource) for resource in resources]


def _audience(audience: Iterable[str]) -> list[str]:
    names = {
        "patient": _("patients"),
        "family": _("families"),
        "clinician": _("clinicians"),
        "researcher": _("researchers"),
        "improvement-lead": _("improvement leads"),
    }
    return [names.get(who, who) for who in audience]
