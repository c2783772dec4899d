"""Forms about resources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coproduce.network.commons.models import LINE_CHOICES, RISK_CHOICES, Condition, Kind, Version
from coproduce.network.commons.words import LONGEST, Words

AUDIENCE_CHOICES = [
    ("patient", _("patients")),
    ("family", _("families")),
    ("clinician", _("clinicians")),
    ("researcher", _("researchers")),
    ("improvement-lead", _("improvement leads")),
]


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
    kind = forms.ChoiceField(label=_("What is it?"), choices=Kind.choices, widget=forms.RadioSelect)
    line_of_work = forms.TypedChoiceField(
        label=_("What part of life is it about?"), choices=LINE_CHOICES, coerce=int, widget=forms.RadioSelect
    )
    risk_class = forms.TypedChoiceField(
        label=_("What could go wrong if it were wrong?"), choices=RISK_CHOICES, coerce=int, widget=forms.RadioSelect
    )
    audience = forms.MultipleChoiceField(
        label=_("Who is it for?"), choices=AUDIENCE_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    conditions = forms.ModelMultipleChoiceField(
        label=_("About"), queryset=Condition.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.CharField(label=_("Language"), max_length=20, initial="en")
    license = forms.CharField(
        label=_("Licence"),
        max_length=60,
        initial="CC-BY-4.0",
        help_text=_("How others may use it, as an SPDX id. CC-BY-4.0: anybody, if they name you."),
    )
    note = forms.CharField(label=_("What did you change?"), required=False, max_length=LONGEST["note"])
    #: The version that the writer started from; how two people revising at once are noticed.
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, listed: list[Condition], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.fields["conditions"]
        assert isinstance(chosen, forms.ModelMultipleChoiceField)
        chosen.queryset = Condition.objects.filter(pk__in=[condition.pk for condition in listed]).order_by("name")

    def words(self) -> Words:
        """What was written, once the form is valid."""
        said = self.cleaned_data
        return Words(
            **{name: said[name] for name in ("title", "summary", "body", "link", "kind", "language", "license")},
            line_of_work=said["line_of_work"],
            risk_class=said["risk_class"],
            audience=tuple(said["audience"]),
            conditions=tuple(condition.pk for condition in said["conditions"]),
        )


def written(version: Version) -> dict[str, Any]:
    """The form's values for a version as it stands."""
    resource = version.resource
    values = {name: getattr(version, name) for name in ("title", "summary", "body", "link", "audience", "license")}
    values |= {name: getattr(resource, name) for name in ("kind", "line_of_work", "risk_class", "language")}
    return values | {"conditions": list(resource.conditions.all()), "based_on": version.pk}


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


class SearchForm(forms.Form):
    """Words to look for in the commons. Sent by POST: what somebody looks for is nobody else's business."""

    words = forms.CharField(label=_("Look for"), max_length=500, widget=forms.TextInput({"type": "search"}))
