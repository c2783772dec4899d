"""The reviewed list of urgent signs: every example it carries is noticed or let pass as it says.

`notice` here is the reading that the list's header describes, written once more in the plainest way, so that the list
is proven on its own and the network's own reader can be compared with it.
"""

import re
import tomllib
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest

NETWORK = Path(__file__).parents[3] / "src" / "coproduce" / "network"
LIST = tomllib.loads((NETWORK / "needs" / "urgent_signs.toml").read_text(encoding="utf-8"))
SIGNS: list[dict[str, Any]] = LIST["sign"]
IDS = [sign["id"] for sign in SIGNS]
READING = LIST["reading"]


def matches(patterns: list[str], piece: str) -> bool:
    return any(re.search(pattern, piece) for pattern in patterns)


def matches_unnegated(patterns: list[str], piece: str) -> bool:
    hits = (hit for pattern in patterns for hit in re.finditer(pattern, piece))
    return any(not re.search(READING["negated"], piece[: hit.start()]) for hit in hits)


def notice(text: str) -> list[str]:
    """Ids of the signs noticed in a text, as the header of urgent_signs.toml says."""
    text = re.sub(r"['’‘`]", "", unicodedata.normalize("NFKC", text).lower())
    text = re.sub(r"[ \t]+", " ", text)
    sentences = re.split(r"[.!?;](?=\s|[.!?;]|$)|\n", text)
    pieces = [piece.strip() for sentence in sentences for piece in re.split(READING["split_at"], sentence)]
    silenced = READING["past"] + ([] if matches(READING["present"], text) else READING["general"])
    noticed = [
        sign
        for sign in SIGNS
        if any(
            matches_unnegated(sign["notice"], p) and not matches(silenced + sign.get("unless", []), p) for p in pieces
        )
        and ("with" not in sign or any(matches_unnegated(sign["with"], piece) for piece in pieces))
        and not ("without" in sign and matches(sign["without"], text))
    ]
    covered = {other for sign in noticed for other in sign.get("covers", [])}
    return [sign["id"] for sign in noticed if sign["id"] not in covered]


def cases(field: str) -> list[Any]:
    return [pytest.param(sign["id"], text, id=f"{sign['id']}: {text}") for sign in SIGNS for text in sign[field]]


@pytest.mark.parametrize(("sign", "text"), cases("positive"))
def test_a_sign_is_noticed_in_the_words_people_type(sign: str, text: str) -> None:
    noticed = notice(text)
    covering = {other["id"] for other in SIGNS if sign in other.get("covers", [])}
    assert sign in noticed or covering & set(noticed)


@pytest.mark.parametrize(("sign", "text"), cases("negative"))
def test_what_is_past_denied_or_asked_in_general_is_let_pass(sign: str, text: str) -> None:
    assert sign not in notice(text)


def test_shouting_and_curly_apostrophes_change_nothing() -> None:
    assert notice("I DON’T WANT TO LIVE ANYMORE") == ["suicidal-thoughts"]


def test_an_old_event_does_not_silence_a_new_one() -> None:
    assert notice("He was fine since last year. Now he is bleeding heavily") == ["severe-bleeding"]
    assert notice("no fever but she can't breathe") == ["breathing-trouble"]


def test_a_question_in_general_form_about_the_present_is_taken_as_present() -> None:
    assert notice("What should I do if she is bleeding a lot?") == []
    assert notice("What should I do if she is bleeding a lot? Please help, it began an hour ago") == ["severe-bleeding"]
    assert notice("what is wrong with her she cant breathe") == ["breathing-trouble"]


def test_the_graver_notice_comes_alone_when_it_covers_the_other() -> None:
    assert notice("tarry stools and she fainted") == ["black-stool-and-dizzy"]


@pytest.mark.parametrize("text", ["", "   ", "🙂" * 50, "\x00", "مرحبا", "a" * 100_000, "no " * 2_000])
def test_odd_texts_notice_nothing_and_return(text: str) -> None:
    assert notice(text) == []


def test_the_needs_of_the_worked_example_are_calm_but_for_the_one_that_is_redirected() -> None:
    story = tomllib.loads((NETWORK / "laboratory" / "example" / "story.toml").read_text(encoding="utf-8"))
    urgent = {step["need"]: notice(step["words"]) for step in story["step"] if step["action"] == "state_need"}
    assert {need: signs for need, signs in urgent.items() if signs} == {"fever-tonight": ["fever-with-immune-medicine"]}


@pytest.mark.parametrize("sign", SIGNS, ids=IDS)
def test_a_sign_says_what_to_do_and_carries_its_own_examples(sign: dict[str, Any]) -> None:
    optional = {"with", "without", "unless", "covers"}
    required = {"id", "name", "severity", "do_now", "notice", "positive", "negative"}
    assert required <= set(sign) <= required | optional
    assert sign["severity"] in {"emergency", "same-day"}
    assert len(sign["positive"]) >= 6
    assert len(sign["negative"]) >= 4
    assert all(line.endswith(".") for line in sign["do_now"])
    assert any("{emergency_number}" in line for line in sign["do_now"]) or "emergency care now" in sign["do_now"][0]
    assert set(sign.get("covers", [])) <= set(IDS)
    assert set(re.findall(r"\{(\w+)\}", " ".join(sign["do_now"]))) <= {"emergency_number", "crisis_line"}


def test_ids_are_unique_and_the_list_has_an_owner_and_a_date_of_review() -> None:
    assert len(IDS) == len(set(IDS))
    assert LIST["list"]["owner"] == "safety-owner"
    assert {"clinician", "patient", "family"} <= {*LIST["list"]["signed_by"], *LIST["list"]["must_sign"]}
    reviewed, due = (date.fromisoformat(f"{LIST['list'][name]}-01") for name in ("reviewed", "review_due"))
    assert 0 < (due - reviewed).days <= 366


def test_every_pattern_compiles_and_matches_nothing_in_an_empty_text() -> None:
    fields = ("notice", "with", "without", "unless")
    patterns = [pattern for sign in SIGNS for field in fields for pattern in sign.get(field, [])]
    patterns += [READING["split_at"], *READING["past"], *READING["general"], *READING["present"]]
    assert [pattern for pattern in patterns if re.compile(pattern).search("")] == []
