"""What every page knows: the network's name, the way around, whether this is an example, where help is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from coproduce.network.design.parts import Text


@dataclass(frozen=True)
class Place:
    """One entry of the navigation: the name of its URL, its icon, its words and the words a phone leaves out."""

    view: str
    icon: str
    text: Text
    rest: Text = ""
    only_widest: bool = False
    #: Somebody who is signed in finds it at the foot of the page.
    only_guests: bool = False


#: The way around, in this order; a place whose URL does not exist (yet) is left out.
NAVIGATION = (
    Place("needs:home", "home", _("Home")),
    Place("needs:mine", "need", _("My needs")),
    Place("needs:helpers", "people", _("People"), _("who can help")),
    Place("commons:index", "commons", _("Commons")),
    Place("observatory:network", "network", _("Network")),
    Place("about", "about", _("About"), only_widest=True, only_guests=True),
)

FOOTER = (
    Place("about", "", _("About this network")),
    Place("privacy", "", _("Your privacy")),
    Place("accessibility", "", _("Accessibility")),
    Place("licence", "", _("Licence")),
    Place("health", "", _("Is it working?")),
)


def address_of(view: str) -> str:
    """The path of a named URL, or nothing when no app offers it."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def places(entries: tuple[Place, ...], path: str = "") -> list[Mapping[str, Any]]:
    """Entries with their addresses; the one that holds this path is current."""
    found = [{"place": entry, "url": url} for entry in entries if (url := address_of(entry.view))]
    inside = [e for e in found if path == e["url"] or (e["url"] != "/" and path.startswith(str(e["url"])))]
    current = max(inside, key=lambda entry: len(str(entry["url"])), default=None)
    return [{**entry, "current": entry is current} for entry in found]


def network(request: HttpRequest) -> dict[str, Any]:
    """Context for every template. Asks the database nothing."""
    ours = settings.COPRODUCE
    example_people = address_of("people:example_people") if ours.demo else ""
    return {
        "network_name": ours.network_name,
        "is_example": ours.demo,
        "navigation": places(NAVIGATION, request.path),
        "footer_links": places(FOOTER),
        "my_page_url": address_of("people:me"),
        # In the example nobody has a password: one signs in as one of its people.
        "sign_in_url": example_people or address_of("account_login"),
        "sign_out_url": address_of("account_logout"),
        "example_people_url": example_people,
        "emergency_number": ours.emergency_number,
        "crisis_line": ours.crisis_line or ours.emergency_number,
        # Set by the people app when somebody acts for another person.
        "acting_for_name": getattr(request, "acting_for_name", ""),
    }
