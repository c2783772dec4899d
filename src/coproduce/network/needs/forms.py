"""Forms about needs. What somebody typed is given back with every mistake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from coproduce.events import LineOfWork
from coproduce.matching import kinds_of_help
from coproduce.network.commons.models import LINE_CHOICES, Kind
from coproduce.network.commons.words import Words as ResourceWords
from coproduce.network.design import widgets
from coproduce.network.needs.actions import Chips, Outcome, Wish
from coproduce.network.needs.actions.answering import COULD_NOT_GET_IT
from coproduce.network.needs.actions.stating import LONGEST_GOAL, LONGEST_NEED
from coproduce.network.needs.models import Audience, Stage
from coproduce.network.needs.rows import LONGEST_WORDS
from coproduce.network.people.models import Person

REASON_CHOICES = [
    ("", _("choose")),
    ("cost", _("it costs too much")),
    ("insurance", _("insurance does not pay")),
    ("distance", _("it is too far away")),
    ("language", _("it is not in my language")),
    ("time", _("there is no time for it")),
]
HELPED_CHOICES = [
    ("yes", _("Yes")),
    ("partly", _("Partly")),
    ("no", _("No")),
    (COULD_NOT_GET_IT, _("I could not get it")),
]
AUDIENCE_NOTES = {
    Audience.ONLY_ME: _("Nobody else reads it. You get what is in the commons."),
    Audience.HELPERS: _("People see it only when you ask them."),
    Audience.NETWORK: _("More people can help. Everybody signed in can read it."),
}


class OnceForm(forms.Form):
    """A form that does the same once, however often it is sent."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)


class LookForm(forms.Form):
    """The one box, for somebody who only looks."""

    words = forms.CharField(label=_("What do you need?"), max_length=LONGEST_NEED, widget=widgets.Words({"rows": 4}))
    #: They have seen what to do about an urgent sign, and go on.
    seen = forms.BooleanField(required=False, widget=forms.HiddenInput)


class NeedForm(OnceForm):
    """The one box, with what is folded below it."""

    words = forms.CharField(label=_("What do you need?"), max_length=LONGEST_NEED, widget=widgets.Words({"rows": 4}))
    whom = forms.TypedChoiceField(label=_("For whom is it?"), coerce=int, widget=widgets.RadioChips)
    audience = forms.ChoiceField(
        label=_("Who may see it?"),
        choices=Audience.choices,
        initial=Audience.HELPERS,
        widget=widgets.RadioCards(notes=AUDIENCE_NOTES),
    )
    needed_by = forms.DateField(
        label=_("By when?"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    line_of_work = forms.TypedChoiceField(
        label=_("What is it about?"),
        coerce=int,
        choices=LINE_CHOICES,
        initial=LineOfWork.ILLNESS.value,
        widget=widgets.RadioChips,
    )
    stage = forms.ChoiceField(
        label=_("Where are you on the way?"),
        required=False,
        choices=[("", _("I would rather not say")), *Stage.choices],
    )
    goal = forms.CharField(
        label=_("What would be good in the end?"),
        required=False,
        max_length=LONGEST_GOAL,
        widget=widgets.Words({"rows": 2}),
    )

    def __init__(self, *args: Any, me: int, people: Sequence[Person], for_person: int | None, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(me, _("for me")), *((person.pk, person.pseudonym) for person in people)]
        whom = self.fields["whom"]
        whom.choices = choices  # type: ignore[attr-defined]
        whom.initial = for_person if for_person in {number for number, _name in choices} else me
        if not people:
            whom.widget, whom.required = forms.HiddenInput(), False
            whom.empty_value = me  # type: ignore[attr-defined]

    @property
    def has_folded_errors(self) -> bool:
        """True when something that is folded away is wrong, so that it must be open."""
        return bool(set(self.errors) - {"words"})

    def wish(self, language: str) -> Wish:
        """What was filled in."""
        given = self.cleaned_data
        return Wish(
            words=given["words"], line_of_work=given["line_of_work"], stage=given["stage"], goal=given["goal"],
            needed_by=end_of(given["needed_by"]), audience=given["audience"], language=language,
        )  # fmt: skip


def end_of(day: date | None) -> datetime | None:
    """The end of a day, anywhere on earth: a need by Monday is in time while it is Monday somewhere."""
    return None if day is None else datetime.combine(day, time(), UTC) + timedelta(hours=36)


class ChipsForm(forms.Form):
    """The chips that stay, and one more."""

    add = forms.CharField(label=_("Add a word"), required=False, max_length=120)

    def chips(self) -> Chips:
        """The chips as the person wants them: what was not sent was taken away."""
        sent = self.data
        assert isinstance(sent, QueryDict)  # views give a form what was sent, never a plain mapping
        known = kinds_of_help().kinds
        conditions = sent.getlist("condition")
        return Chips(
            conditions=conditions,
            kinds=[kind for kind in sent.getlist("kind") if kind in known],
            words=[*sent.getlist("word"), *conditions, self.cleaned_data["add"]],
        )


class SayForm(OnceForm):
    """An answer in words."""

    words = forms.CharField(
        label=_("Your answer"), max_length=LONGEST_WORDS, widget=widgets.Words({"rows": 3, "id": "say_words"})
    )


class OutcomeForm(forms.Form):
    """Did it help?"""

    answer = forms.ChoiceField(label=_("Did it help?"), choices=HELPED_CHOICES, widget=widgets.RadioChips)
    reason = forms.ChoiceField(label=_("If you could not get it: why?"), choices=REASON_CHOICES, required=False)
    words = forms.CharField(
        label=_("How did it go?"),
        help_text=_("Whoever sees this need can read it."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=widgets.Words({"rows": 3}),
    )
    thanks = forms.CharField(
        label=_("A word of thanks"),
        help_text=_("Only those who made it, and you, can read it."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=widgets.Words({"rows": 2}),
    )
    met = forms.BooleanField(label=_("I have what I need. You can close it."), required=False)

    def outcome(self) -> Outcome:
        """What was filled in."""
        return Outcome(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Why it could not be got, is asked for."""
        given = super().clean() or self.cleaned_data
        if given.get("answer") == COULD_NOT_GET_IT and not given.get("reason"):
            self.add_error("reason", _("Please say why you could not get it."))
        if given.get("answer") != COULD_NOT_GET_IT:
            given["reason"] = ""
        return given


class CloseForm(forms.Form):
    """Closing a need without an outcome."""

    how = forms.ChoiceField(
        label=_("Why close it?"),
        choices=[
            ("met", _("I have what I need")),
            ("withdraw", _("I do not need it any more")),
            ("give-up", _("I could not get it")),
        ],
        widget=widgets.RadioChips,
    )
    reason = forms.ChoiceField(label=_("If you could not get it: why?"), choices=REASON_CHOICES, required=False)

    def clean(self) -> dict[str, Any]:
        """Why it could not be got, is asked for."""
        given = super().clean() or self.cleaned_data
        if given.get("how") == "give-up" and not given.get("reason"):
            self.add_error("reason", _("Please say why you could not get it."))
        return given


class NewResourceForm(OnceForm):
    """A new resource, made for a need; open to everybody."""

    title = forms.CharField(label=_("Title"), max_length=300)
    body = forms.CharField(
        label=_("What you know"),
        help_text=_(
            "Plain words. No names. Everybody can read it, and may use it if they say it is yours (CC BY 4.0)."
        ),
        max_length=60_000,
        widget=widgets.Words({"rows": 8}),
    )
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Kind.choices, initial=Kind.KNOW_HOW, widget=widgets.RadioChips
    )
    risk_class = forms.TypedChoiceField(
        label=_("What does it touch?"),
        coerce=int,
        choices=[(0, _("social or practical")), (1, _("looking after oneself")), (2, _("medicine"))],
        initial=0,
        widget=widgets.RadioCards(notes={2: _("Until a clinician has read it, it says: not yet reviewed.")}),
    )

    def resource_words(self, line_of_work: int, language: str) -> ResourceWords:
        """What was filled in."""
        given = {name: self.cleaned_data[name] for name in ("title", "body", "kind", "risk_class")}
        return ResourceWords(**given, line_of_work=line_of_work, language=language)
