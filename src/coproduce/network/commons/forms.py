"""Forms about resources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from coproduce.events import LineOfWork
from coproduce.network.commons.models import LINE_CHOICES, RISK_CHOICES, Condition, Kind, Version
from coproduce.network.commons.words import LONGEST, UNKNOWN_LICENSE, Words, is_share_alike, may_be_adapted
from coproduce.network.design.widgets import LanguageSelect, RadioCards
from coproduce.network.languages import language_choices

AUDIENCE_CHOICES = [
    ("patient", _("patients")),
    ("family", _("families")),
    ("clinician", _("clinicians")),
    ("researcher", _("researchers")),
    ("improvement-lead", _("improvement leads")),
]
#: The licences to choose from, by their SPDX ids; files that are imported may name any other.
LICENSE_CHOICES = [
    ("CC-BY-4.0", _("Anybody may use and change it, if they name you")),
    ("CC-BY-SA-4.0", _("The same, and what they make of it is shared in the same way")),
    ("CC-BY-NC-4.0", _("Anybody may use and change it, if they name you and earn no money with it")),
    ("CC0-1.0", _("Anybody may do anything with it, without naming you")),
    ("MIT", _("It is software: anybody may use and change it, if they name you")),
    (UNKNOWN_LICENSE, _("It belongs to somebody else, or I do not know")),
]
LICENSE_NOTES = {
    "CC-BY-4.0": _("Creative Commons Attribution (CC BY 4.0). Most people choose this."),
    "CC-BY-SA-4.0": _("Creative Commons Attribution-ShareAlike (CC BY-SA 4.0)."),
    "CC-BY-NC-4.0": _("Creative Commons Attribution-NonCommercial (CC BY-NC 4.0)."),
    "CC0-1.0": _("Creative Commons Zero (CC0)."),
    "MIT": _("MIT licence."),
    UNKNOWN_LICENSE: _("Then give a link to it rather than its text."),
}
KIND_NOTES = {
    Kind.INFORMATION: _("Facts: what something is, where to find it, what a test shows."),
    Kind.KNOWLEDGE: _("What was learned: which treatment helped whom, and how we know."),
    Kind.KNOW_HOW: _("How to do something, from somebody who has done it."),
}
LINE_NOTES = {
    LineOfWork.ILLNESS.value: _("Symptoms, tests, treatments, visits."),
    LineOfWork.EVERYDAY_LIFE.value: _("School, work, meals, sleep, travel, family."),
    LineOfWork.BIOGRAPHICAL.value: _("Plans, friends, growing up, how I see myself."),
}
RISK_NOTES = {
    0: _("At worst somebody loses time. Anybody may share and change it."),
    1: _("Somebody may feel worse for a while: meals, sport, sleep, stress."),
    2: _("It says what an illness, a test or a drug does. Readers see that nobody has checked it yet, until a clinician"
         " and a patient or parent have."),
    3: _("It says how much of a drug to take, or how to set a device. It is hidden until two people have checked it, "
         "one of them a clinician. Each check lasts a year."),
}  # fmt: skip


class ResourceForm(forms.Form):
    """What somebody writes when they make or revise a resource."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST["title"])
    summary = forms.CharField(
        label=_("In one or two plain sentences"),
        required=False,
        max_length=LONGEST["summary"],
        widget=forms.Textarea({"rows": 2}),
    )
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST["body"],
        help_text=_("Markdown: **bold**, lists with -, headings with ##. Or leave it empty and give a link."),
        widget=forms.Textarea({"rows": 14}),
    )
    link = forms.URLField(label=_("Link"), required=False, max_length=LONGEST["link"], assume_scheme="https")
    kind = forms.ChoiceField(label=_("What is it?"), choices=Kind.choices, widget=RadioCards(notes=KIND_NOTES))
    line_of_work = forms.TypedChoiceField(
        label=_("What part of life is it about?"), choices=LINE_CHOICES, coerce=int, widget=RadioCards(notes=LINE_NOTES)
    )
    risk_class = forms.TypedChoiceField(
        label=_("What could go wrong if it were wrong?"),
        choices=RISK_CHOICES,
        coerce=int,
        widget=RadioCards(notes=RISK_NOTES),
    )
    audience = forms.MultipleChoiceField(
        label=_("Who is it for?"), choices=AUDIENCE_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    conditions = forms.TypedMultipleChoiceField(
        label=_("About"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=_("About something else?"),
        required=False,
        max_length=2_000,
        help_text=_("Names of conditions, tests or treatments, one a line."),
        widget=forms.Textarea({"rows": 2}),
    )
    language = forms.ChoiceField(label=_("In which language is it?"), initial="en", widget=LanguageSelect)
    license = forms.ChoiceField(
        label=_("How may others use it?"), initial="CC-BY-4.0", widget=RadioCards(notes=LICENSE_NOTES)
    )
    note = forms.CharField(label=_("What did you change?"), required=False, max_length=LONGEST["note"])
    #: The version that the writer started from; how two people revising at once are noticed.
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    #: Comes back with the form, so that sending it twice makes one resource.
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        listed: Sequence[Condition],
        revised: Version | None = None,
        adapted: Version | None = None,
    ) -> None:
        before = revised or adapted
        values = {} if before is None else _values(before)
        if adapted is not None and not may_be_adapted(adapted.license):
            values = {name: value for name, value in values.items() if name not in {"summary", "body", "license"}}
        super().__init__(data, initial={"token": uuid4()} | values)
        self._revised, self._adapted = revised, adapted
        for name in ("note", "based_on") if revised is None else ("token",):
            del self.fields[name]
        self._offer("language", language_choices(), None if before is None else before.resource.language)
        self._offer("license", LICENSE_CHOICES, values.get("license"))
        own = [] if before is None else list(before.resource.conditions.all())
        names = {condition.pk: condition.name for condition in (*listed, *own)}
        chosen = self.fields["conditions"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        chosen.choices = [(key, names[key]) for key in sorted(names, key=lambda key: names[key].casefold())]

    def _offer(self, name: str, listed: Sequence[tuple[str, Any]], own: str | None) -> None:
        """Lets one of a list be chosen, or what the resource has already."""
        kept = [] if own is None or own in dict(listed) else [(own, own)]
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*kept, *listed]

    def clean_others(self) -> list[int]:
        """Ids of the conditions that were named. Raises ValidationError for names that nobody has used yet."""
        names = {" ".join(line.split()) for line in self.cleaned_data["others"].splitlines() if line.strip()}
        known = [_called(name) for name in sorted(names)]
        if None in known:
            raise forms.ValidationError(
                _("One of these names is new here. Write it as others do, or leave it out: a steward can add it.")
            )
        return [condition.pk for condition in known if condition is not None]

    def clean_license(self) -> str:
        """The licence chosen. Raises ValidationError where what it is made from asks for the same one."""
        chosen = str(self.cleaned_data["license"])
        source = None if self._adapted is None else self._adapted.license
        if source is not None and is_share_alike(source) and chosen != source:
            raise forms.ValidationError(
                _("What you build on is shared in the same way only: choose %(license)s."), params={"license": source}
            )
        return chosen

    def words(self) -> Words:
        """What was written, once the form is valid; what the form does not ask stays as it was."""
        said = self.cleaned_data
        before = self._revised
        unasked = {} if before is None else {"help_kind": before.help_kind, "sources": before.sources}
        return Words(
            **{name: said[name] for name in ("title", "summary", "body", "link", "kind", "language", "license")},
            **unasked,
            stages=() if before is None else tuple(before.stages),
            line_of_work=said["line_of_work"],
            risk_class=said["risk_class"],
            audience=tuple(said["audience"]),
            conditions=tuple({*said["conditions"], *said["others"]}),
        )


def _called(name: str) -> Condition | None:
    """The condition of this name or other name, however it is spelt with capitals."""
    return Condition.objects.filter(
        Q(name__iexact=name) | Q(slug=slugify(name)[:200]) | Q(aliases__overlap=[name, name.lower(), name.capitalize()])
    ).first()


def _values(version: Version) -> dict[str, Any]:
    """The form's values for a version as it stands."""
    resource = version.resource
    values = {name: getattr(version, name) for name in ("title", "summary", "body", "link", "audience", "license")}
    values |= {name: getattr(resource, name) for name in ("kind", "line_of_work", "risk_class", "language")}
    return values | {"conditions": [condition.pk for condition in resource.conditions.all()], "based_on": version.pk}


class ReviewForm(forms.Form):
    """A reviewer's judgment."""

    accepted = forms.TypedChoiceField(
        label=_("Is it right and fit to be used?"),
        choices=[("yes", _("Yes")), ("no", _("No, something must change"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What should change?"), required=False, max_length=600, widget=forms.Textarea({"rows": 3})
    )
    #: The version that was read: another one may have come since.
    version_id = forms.IntegerField(widget=forms.HiddenInput)


class SearchForm(forms.Form):
    """Words to look for in the commons. Sent by POST: what somebody looks for is nobody else's business."""

    words = forms.CharField(label=_("Look for"), max_length=500, widget=forms.TextInput({"type": "search"}))
