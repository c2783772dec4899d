"""Every page in a made-up language that sets ⟦brackets⟧ around what went through gettext: the rest must be data."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import translation

from coproduce.events import Role
from coproduce.network.commons.models import Resource
from coproduce.network.needs import actions
from coproduce.network.needs.models import Need, Offer
from coproduce.network.people.actions import grant_role
from coproduce.network.people.asking import computer
from coproduce.network.people.models import Site
from coproduce.network.people.policy import told
from tests.network.needs.conftest import SCHOOL, TITLES, Town
from tests.network.observatory.conftest import write_year
from tests.network.security.addresses import filled, patterns
from tests.network.security.conftest import SignIn

#: Words that people wrote, names, and what is the same in every language.
DATA = {
    "Coproduce", "Josephine", "Orleans", "Bianca", "Daniel", "Stranger", "CC-BY-4.0", "CC BY 4.0", SCHOOL,
    *TITLES, *TITLES.values(), "Apache-2.0", "English", "en", "Crohn's disease", "crohns disease", "ostomy", "school",
    "letter", "teacher", "east", "west", "UTC",
}  # fmt: skip
#: The gallery shows whoever builds pages every component; no visitor is led there.
IN_ENGLISH = ("/design/",)
SPOKEN = {"label", "alt", "title", "aria-label", "placeholder", "aria-description"}
#: Elements whose text is data by nature; groups of a list hold the names of places.
SILENT = {"optgroup", "script", "style", "svg", "code", "pre", "time", "textarea", "blockquote", "q", "cite"}
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "use", "source", "col", "wbr", "area", "base", "embed"}


class _Said(HTMLParser):
    """Collects what is read out: text, and the attributes that speak."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.said += [text or "" for name, text in attrs if name in SPOKEN]
        if named.get("name") == "description" or (tag == "input" and named.get("type") in {"submit", "button"}):
            self.said.append(named.get("content") or named.get("value") or "")
        if tag not in VOID:
            # A part that names its own language is quoted as it is.
            self.inside.append((tag, tag in SILENT or (tag != "html" and "lang" in named)))

    def handle_endtag(self, tag: str) -> None:
        while any(tag == opened for opened, _silent in self.inside) and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(silent for _tag, silent in self.inside):
            self.said.append(data)


def untranslated(page: str) -> list[str]:
    """The texts of a page outside the brackets that hold a word and are no data."""
    reader = _Said()
    reader.feed(page)
    depth, left, piece = 0, [], ""
    for character in "\n".join(reader.said):
        depth += (character == "⟦") - (character == "⟧")
        if depth or character in "⟧\n":
            left.append(piece)
            piece = ""
        else:
            piece += character
    tidy = (" ".join(text.split()).strip(" ·:,.()–—“”→←") for text in [*left, piece])
    return sorted({text for text in tidy if re.search(r"[^\W\d_]{2,}", text) and not _is_data(text)})


def _is_data(text: str) -> bool:
    rest = text
    rest = rest.replace("’", "'")
    for known in sorted(DATA, key=len, reverse=True):
        rest = rest.replace(known.rstrip("."), "")
    return not re.search(r"[^\W\d_]{2,}", rest) or re.fullmatch(r"[\w+-]+/[\w/+-]+|[\w.+-]+@[\w.-]+", text) is not None


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts ⟦ ⟧ around everything that is translated, plural forms too."""

    def around(translate: Callable[..., str]) -> Callable[..., str]:
        return lambda *given: f"⟦{said}⟧" if (said := translate(*given)) and "⟦" not in said else said

    for name in ("gettext", "pgettext", "ngettext", "npgettext"):
        monkeypatch.setattr(translation._trans, name, around(getattr(translation._trans, name)))  # type: ignore[attr-defined]


def test_the_reader_finds_what_nobody_translated() -> None:
    page = '<p>⟦A <b>bold</b> word⟧ Plain</p><img alt="A cat"><p>⟦Dear %⟧ Josephine</p><code>x = y</code>'
    assert untranslated(page) == ["A cat", "Plain"]


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize("who", ["guest", "josephine", "bianca", "clinician", "steward"])
def test_everything_that_is_said_on_a_page_can_be_translated(
    sign_in: SignIn, shelf: dict[str, Resource], school: Need, town: Town, who: str
) -> None:
    actions.ask_people(town.josephine, need_id=school.pk)
    for name, role in (("clinician", Role.CLINICIAN), ("steward", Role.STEWARD)):
        if who == name:
            grant_role(computer("operator"), person_id=town.stranger.actor, role=role)
    client = sign_in({"clinician": "stranger", "steward": "stranger"}.get(who, who))
    with told(town.josephine):
        offer = Offer.objects.filter(need=school, version__isnull=False).first()
    assert offer is not None
    resource = next(iter(shelf.values())).pk
    site = Site.objects.create(slug="-", name="-")
    known = {"need_id": school.pk, "offer_id": offer.pk, "resource_id": resource, "number": 1, "measure_id": "N3",
             "person_id": town.orleans.actor, "site_id": site.pk}  # fmt: skip
    found: dict[str, list[str]] = {}
    for pattern in patterns():
        answer = client.get(filled(pattern, "1", {name: str(number) for name, number in known.items()}))
        if "text/html" in answer.headers.get("Content-Type", "") and not pattern.startswith(IN_ENGLISH):
            for text in untranslated(answer.content.decode()):
                found.setdefault(text[:80], []).append(pattern)
    assert found == {}, found


@pytest.mark.usefixtures("bracketed", "committed")
def test_every_number_of_a_living_network_is_said_in_translated_words(client: Client) -> None:
    write_year()
    found = {}
    for path in ("/network/", "/network/all/", "/network/N2.F7d/", "/network/N1.confirmed/", "/network/S0.clinician/"):
        if left := untranslated(client.get(path).content.decode()):
            found[path] = left
    assert found == {}, found
