"""Forms about people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coproduce.events import Role
from coproduce.network.design.parts import Text
from coproduce.network.design.widgets import LanguageSelect, LongSelect
from coproduce.network.languages import language_choices
from coproduce.network.people.models import ROLE_CHOICES, Person, Site

JOIN_CHOICES = [(code, label) for code, label in ROLE_CHOICES if code <= Role.RESEARCHER]
MOST_TOPICS = 20
#: The fields of the languages that somebody reads, best first.
SPOKEN = ("first_language", "second_language", "third_language")
#: Parts of the world that zones are named after; other names of the tz database are older names of the same zones.
_PARTS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}


@cache
def _zones() -> list[tuple[Text, list[tuple[str, str]]]]:
    """Time zones by part of the world, each by its place; read from the disk once a process."""
    named = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in _PARTS)
    return [
        (_PARTS[part], [(zone, zone.partition("/")[2].replace("_", " ").replace("/", ", ")) for zone in zones])
        for part, zones in groupby(named, key=lambda zone: zone.partition("/")[0])
    ]


class SignupForm(forms.Form):
    """What allauth's sign-up asks beside e-mail and password."""

    pseudonym = forms.CharField(
        label=_("What should others call you?"),
        help_text=_("It does not have to be your real name."),
        max_length=60,
    )
    role = forms.TypedChoiceField(
        label=_("You are here as"), choices=JOIN_CHOICES, coerce=int, widget=forms.RadioSelect
    )
    of_age = forms.BooleanField(
        help_text=_("Younger? Ask a parent or carer to sign up and add you."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["of_age"].label = _("I am %(age)s or older") % {"age": settings.COPRODUCE.login_age}

    def signup(self, request: object, user: object) -> None:
        """allauth calls this; the adapter has made the person already."""


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]
    """How somebody wants to be called, told and asked."""

    field_order: Sequence[str] = ("pseudonym", "about", *SPOKEN, "topics", "help_capacity")

    first_language = forms.ChoiceField(label=_("The language you read best"), required=False, widget=LanguageSelect)
    second_language = forms.ChoiceField(label=_("Another language you read"), required=False, widget=LanguageSelect)
    third_language = forms.ChoiceField(label=_("And another"), required=False, widget=LanguageSelect)

    time_zone = forms.ChoiceField(
        label=_("Your time zone"),
        required=False,
        widget=LongSelect,
    )
    quiet_from = forms.TimeField(label=_("No mail from"), required=False, widget=forms.TimeInput({"type": "time"}))
    quiet_to = forms.TimeField(label=_("until"), required=False, widget=forms.TimeInput({"type": "time"}))
    topics = forms.CharField(
        label=_("What could you help with?"),
        help_text=_("One a line, such as: school, living with an ostomy. Whoever needs that may ask you."),
        required=False,
        max_length=1_000,
        widget=forms.Textarea({"rows": 3}),
    )
    help_capacity = forms.IntegerField(
        label=_("How many people a month could you help?"),
        help_text=_("0 means: do not ask me. You can always say no."),
        min_value=0,
        max_value=50,
    )

    class Meta:
        model = Person
        fields: ClassVar = ["pseudonym", "about", "time_zone", "quiet_from", "quiet_to", "help_capacity"]
        labels: ClassVar = {
            "pseudonym": _("What should others call you?"),
            "about": _("A line about you that others may see"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["topics"] = "\n".join(map(_topic_shown, self.instance.helps_with))
        self._offer_languages()
        own = self.instance.time_zone
        listed = [("", _("the network's")), ("UTC", _("UTC")), *_zones()]
        kept = [] if not own or own == "UTC" or own.partition("/")[0] in _PARTS else [(own, own)]
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = [*kept, *listed]

    def _offer_languages(self) -> None:
        """The languages to choose from, and those the person has already; who said none reads that of the page."""
        own = self.instance.languages or [get_language() or settings.LANGUAGE_CODE]
        kept = [(tag, tag) for tag in own if tag not in dict(language_choices())]
        for place, name in enumerate(SPOKEN):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*([("", _("none"))] if place else []), *kept, *language_choices()]
            self.initial[name] = own[place] if place < len(own) else ""

    def languages(self) -> tuple[str, ...]:
        """The languages chosen, best first, each once; what is beyond the fields stays, and all when none was asked."""
        if not any(name in self.data for name in SPOKEN):
            return tuple(self.instance.languages)
        chosen = [self.cleaned_data[name] for name in SPOKEN]
        return tuple(dict.fromkeys(tag for tag in (*chosen, *self.instance.languages[len(SPOKEN) :]) if tag))

    def clean_topics(self) -> tuple[str, ...]:
        """What was said, as needs name their topics. Raises ValidationError for more than MOST_TOPICS."""
        before = {_topic_shown(topic): topic for topic in self.instance.helps_with}
        said = [" ".join(line.lower().split()) for line in self.cleaned_data["topics"].splitlines() if line.strip()]
        topics = dict.fromkeys(before.get(line) or slugify(line) or line for line in said)
        if len(topics) > MOST_TOPICS:
            raise forms.ValidationError(_("At most %(n)s, please.") % {"n": MOST_TOPICS})
        return tuple(topics)


def _topic_shown(topic: str) -> str:
    return topic.replace("-", " ").replace("_", " ")


class ChildForm(forms.Form):
    """A parent or carer adds a child."""

    pseudonym = forms.CharField(label=_("What should others call the child?"), max_length=60)
    name = forms.CharField(label=_("The child's name"), help_text=_("Only you and the child see it."), max_length=150)
    birth_date = forms.DateField(label=_("Date of birth"), widget=forms.DateInput({"type": "date"}))


class EraseForm(forms.Form):
    """Asks once more before a person is erased."""

    sure = forms.BooleanField(label=_("Yes, erase my name, my log-in and my words. This can't be undone."))


class AssentForm(forms.Form):
    """A child's answer."""

    answer = forms.TypedChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda said: said == "yes")


class EndForm(forms.Form):
    """Asks once more before a right to act ends; `right` names it as "person-proxy"."""

    right = forms.CharField(max_length=60, widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("Yes, end it"))


class SiteForm(forms.Form):
    """A place of care."""

    name = forms.CharField(label=_("What is it called?"), max_length=120)
    kind = forms.ChoiceField(label=_("What is it?"), choices=Site.Kind.choices, initial=Site.Kind.CENTRE)
    parent = forms.TypedChoiceField(
        label=_("Which place is it part of?"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )

    def __init__(self, *args: Any, places: Sequence[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["parent"].choices = place_choices(places, _("none"))  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """At which place of care a person is."""

    site = forms.TypedChoiceField(
        label=_("Place of care"), required=False, coerce=int, empty_value=None, widget=LongSelect
    )

    def __init__(self, *args: Any, places: Sequence[Site], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["site"].choices = place_choices(places, _("none"))  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Looks for a person; sent by POST, so that no name stands in an address."""

    words = forms.CharField(
        label=_("Who?"), help_text=_("What others call them, or their number."), max_length=60, strip=True
    )


class LetActForm(forms.Form):
    """Who may act for a person, by number: pseudonyms are not unique."""

    who = forms.IntegerField(
        label=_("Number of who may act for them"), help_text=_("It stands on their page here."), min_value=1,
        max_value=2**63 - 1,
    )  # fmt: skip


def place_choices(places: Sequence[Site], none: Text) -> list[tuple[int | str, Text]]:
    """Places in their order, each with the places that it lies in."""
    return [("", none), *((one.pk, f"{one.within} · {one.name}" if one.within else one.name) for one in places)]
