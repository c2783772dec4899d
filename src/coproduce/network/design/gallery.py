"""The page /design/: every component with sample data, for those who build pages. Shown in debug and demo only."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from coproduce.errors import Absent
from coproduce.network.design import parts, widgets

_DAY = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

_SVG = (
    '<svg viewBox="0 0 640 220" xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="14">'
    '<g stroke="#c9c3ba"><path d="M50 180H620M50 110H620M50 40H620"/></g>'
    '<path d="M50 74H620" stroke="#8a4a08" stroke-dasharray="6 5"/><text x="530" y="66" fill="#8a4a08">goal 80 %</text>'
    '<path fill="none" stroke="#0b5563" stroke-width="3" d="M60 150 150 138 240 142 330 112 420 96 510 84 600 62"/>'
    '<g fill="#0b5563"><circle cx="60" cy="150" r="5"/><circle cx="150" cy="138" r="5"/>'
    '<circle cx="240" cy="142" r="5"/><circle cx="330" cy="112" r="5"/><circle cx="420" cy="96" r="5"/>'
    '<circle cx="510" cy="84" r="5"/><circle cx="600" cy="62" r="5"/></g>'
    '<g fill="#4b5b63"><text x="10" y="185">40 %</text><text x="10" y="115">65 %</text><text x="10" y="45">90 %</text>'
    '<text x="45" y="208">Sep</text><text x="315" y="208">Dec</text><text x="585" y="208">Mar</text></g></svg>'
)


class NeedSample(forms.Form):
    """The one box."""

    words = forms.CharField(max_length=5000, widget=widgets.Words, label="What do you need?")


class FormSample(forms.Form):
    """One field of each sort."""

    name = forms.CharField(max_length=60, label="What should others call you?", help_text="Your real name or not.")
    words = forms.CharField(
        max_length=300, required=False, widget=widgets.Words, label="A word of thanks", help_text="The author reads it."
    )
    whom = forms.ChoiceField(
        label="For whom is it?",
        choices=[("me", "For me"), ("child", "For my child"), ("clinic", "For my clinic")],
        widget=widgets.RadioCards(notes={"me": "Only you decide", "clinic": "As a clinician or researcher"}),
    )
    topics = forms.MultipleChoiceField(
        label="What is it about?",
        required=False,
        choices=[("eat", "Eating"), ("school", "School"), ("sleep", "Sleep"), ("mood", "Mood"), ("travel", "Travel")],
        widget=widgets.CheckboxChips,
    )
    when = forms.ChoiceField(
        label="By when?", choices=[("", "No hurry"), ("day", "Within a day"), ("week", "Within a week")], required=False
    )
    helped = forms.ChoiceField(
        label="Did it help?", choices=[("yes", "Yes"), ("partly", "Partly"), ("no", "No")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="Others may read this", help_text="You can change it at any time.")


def _steps() -> list[list[parts.Step]]:
    at = {"heard": _DAY, "on-it": _DAY.replace(hour=11)}
    return [
        parts.need_steps("here", at=at, details={"here": "Bianca sent you something to read."}),
        parts.need_steps("helped", at=at, closed=True),
        parts.need_steps("on-it", at=at, stopped=True),
    ]


def _cards() -> dict[str, object]:
    return {
        "resource": parts.ResourceCard(
            title="A letter for school",
            url="#cards",
            summary="One page that tells teachers what your child needs, and why. Fill in three lines and print it.",
            kind="Know-how · everyday life",
            reason="It is about school and a new Crohn's disease, and 14 of 16 families said that it helped.",
            chips=[parts.Chip("Reviewed", "good"), parts.Chip("Patients and families")],
            meta=["2 minutes to read", "CC BY 4.0", "Looked at in January 2026"],
        ),
        "unreviewed": parts.ResourceCard(
            title="What steroids can do to mood and sleep",
            url="#cards",
            summary="What families noticed in the first weeks, what passed by itself, and what to ask about.",
            kind="Information · illness",
            chips=[parts.Chip("Not yet reviewed", "warn")],
            meta=["4 minutes to read"],
        ),
        "person": parts.PersonCard(
            name="Bianca",
            url="#cards",
            role="Patient",
            about="I have lived with an ostomy for nine years. Ask me anything, also the things nobody asks.",
            reason="She has lived with what you ask about, and she has room for two people this month.",
            chips=[parts.Chip("Ostomy", "person"), parts.Chip("School", "person")],
        ),
    }


def _numbers() -> dict[str, object]:
    tile = parts.Tile(
        title="Needs met within 7 days",
        value="71 %",
        n=412,
        low="66 %",
        high="75 %",
        missing=9,
        definition="Of all needs stated, the share that the person who stated them confirmed within 7 days.",
        formula="F(7 d) = 1 - prod(1 - d_i / n_i)",
        source="Aalen and Johansen 1978.",
        url="#numbers",
        csv_url="#numbers",
    )
    chart = parts.Chart(
        title="Needs met within 7 days, month by month",
        svg=_SVG,
        summary="It rose from 51 % in September to 82 % in March; the goal of 80 % was reached in March.",
        columns=["Month", "Needs", "Met within 7 days"],
        rows=[["September", 51, "51 %"], ["December", 66, "64 %"], ["March", 74, "82 %"]],
        csv_url="#numbers",
        definition_url="#numbers",
    )
    none = parts.Tile(title="Median days to the first answer", value=None, note="This log counts whole weeks only.")
    return {"tiles": [tile, parts.Tile(title="People who helped", value="138", n=138), none], "chart": chart}


def _story() -> list[parts.Moment]:
    return [
        parts.Moment(
            title="A need was stated",
            at=_DAY,
            thread="need",
            who="Josephine, for her daughter",
            quote="My daughter was just told she has Crohn's. What do we ask at the first visit?",
        ),
        parts.Moment(title="Found: Questions for the first visit", at=_DAY, after="2 minutes later", url="#story"),
        parts.Moment(
            title="Bianca wrote back",
            at=_DAY.replace(hour=14),
            thread="person",
            quote="Take the list with you, and let her ask the first one herself.",
        ),
        parts.Moment(title="Learned: it helped", thread="learned", after="6 days later", detail="The need is met."),
    ]


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once; there is no such page where real people are."""
    if not (settings.DEBUG or settings.COPRODUCE.demo):
        raise Absent
    if "message" in request.GET:
        messages.success(request, "Saved.")
    filled = FormSample({"name": "", "words": "w" * 301, "helped": "yes"}, prefix="again")
    chips = [
        parts.Chip("Crohn's disease", note="from “Crohn's”", name="keep", value="cd"),
        parts.Chip("school", name="keep", value="school"),
        parts.Chip("this week", name="keep", value="week"),
    ]
    context = {
        "crumbs": [parts.Crumb("Home", "/"), parts.Crumb("Design")],
        "need": NeedSample(auto_id="need_%s"),
        "examples": ["What do I pack for a colonoscopy?", "Somebody who lives with an ostomy and goes to school"],
        "form": FormSample(),
        "wrong": filled,
        "chips": chips,
        "status": _steps(),
        "moments": _story(),
        "page": Paginator(range(200), 10).page(4),
        "old": "Eat slowly.\nDrink two glasses of water.\nRest.",
        "new": "Eat slowly.\nDrink two glasses of water a day.\nRest.\nTell your nurse.",
        "facts": [("Licence", "CC BY 4.0"), ("Written by", "Bianca, Nurse Mars"), ("Looked at", "January 2026")],
        **_cards(),
        **_numbers(),
    }
    return render(request, "design/gallery.html", context)
