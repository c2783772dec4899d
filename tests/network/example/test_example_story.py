"""The worked example as a script: in order, linked by cause, through all six stages, with honest endings."""

import json
import tomllib
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

NETWORK = Path(__file__).parents[3] / "src" / "coproduce" / "network"
EXAMPLE = NETWORK / "laboratory" / "example"


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


STORY = read(EXAMPLE / "story.toml")
STEPS: list[dict[str, Any]] = STORY["step"]
NEEDS = {need["id"]: need for need in STORY["need"]}
PEOPLE = {person["key"]: person for person in read(EXAMPLE / "people.toml")["person"]}
CONDITIONS = {condition["key"] for condition in read(EXAMPLE / "conditions.toml")["condition"]}
RESOURCES = {path.stem for path in (EXAMPLE / "resources").glob("*.md")}
URGENT_SIGNS = {sign["id"] for sign in read(NETWORK / "needs" / "urgent_signs.toml")["sign"]}
BY_ID = {step["id"]: step for step in STEPS}

STAGES = {"need", "matched", "used", "outcome", "learned", "shared"}
VERBS: dict[str, set[str]] = {
    "state_need": {"words"},
    "clarify_need": {"words"},
    "match_resource": {"resource"},
    "match_person": {"person"},
    "find_nothing": set(),
    "offer_resource": {"resource", "words"},
    "offer_self": {"words"},
    "accept_offer": set(),
    "open_resource": {"resource"},
    "use_resource": {"resource", "words"},
    "talk": {"person", "words"},
    "report_outcome": {"answer", "words"},
    "confirm_need": set(),
    "reopen_need": {"words"},
    "give_up_need": {"barrier", "words"},
    "redirect_need": {"urgent_sign"},
    "follow_up": set(),
    "count_silent": set(),
    "thank": {"person", "words"},
    "start_trial": {"trial", "resource"},
    "record_observations": {"trial"},
    "conclude_trial": {"trial", "words"},
    "draw_lesson": {"words"},
    "create_resource": {"resource"},
    "share_resource": {"resource"},
    "revise_resource": {"resource", "words", "added"},
}
COMMON = {"id", "day", "at", "stage", "action", "actor", "need", "cause", "on_behalf_of", "voice"}
EXTRA = {"report_outcome": {"barrier"}, "thank": {"resource"}, "draw_lesson": {"resource"}}
EXTRA["accept_offer"] = {"resource", "person"}

each_step = pytest.mark.parametrize("step", STEPS, ids=[step["id"] for step in STEPS])
each_need = pytest.mark.parametrize("need", sorted(NEEDS))


def steps_of(need: str) -> list[dict[str, Any]]:
    return [step for step in STEPS if step["need"] == need]


@each_step
def test_a_step_has_the_fields_of_its_verb(step: dict[str, Any]) -> None:
    needed = VERBS[step["action"]]
    assert step["stage"] in STAGES
    assert needed <= set(step) <= COMMON | needed | EXTRA.get(step["action"], set())


@each_step
def test_a_step_names_only_what_exists(step: dict[str, Any]) -> None:
    assert step["need"] in NEEDS
    assert step["actor"] in {*PEOPLE, "network"}
    assert {step[name] for name in ("person", "on_behalf_of", "voice") if name in step} <= set(PEOPLE)
    assert step.get("resource", "school-letter") in RESOURCES
    assert step.get("urgent_sign", "seizure") in URGENT_SIGNS
    assert step.get("answer", "yes") in {"yes", "partly", "no", "could-not-get-it"}
    assert step.get("barrier", "cost") in {"cost", "insurance", "distance", "language", "time"}


def test_steps_are_in_order_of_time_and_ids_are_unique() -> None:
    assert len(BY_ID) == len(STEPS)
    assert all((a["day"], a["at"]) <= (b["day"], b["at"]) for a, b in pairwise(STEPS))


def test_every_cause_is_an_earlier_step() -> None:
    place = {step["id"]: index for index, step in enumerate(STEPS)}
    assert [step["id"] for step in STEPS if "cause" in step and place[step["cause"]] >= place[step["id"]]] == []
    assert all("cause" in step for step in STEPS if step["action"] != "state_need")


@each_step
def test_a_proxy_acts_only_for_the_child_they_are_the_proxy_of(step: dict[str, Any]) -> None:
    if "on_behalf_of" in step:
        assert PEOPLE[step["actor"]]["proxy_for"] == step["on_behalf_of"]
    if step["actor"] != "network":
        assert PEOPLE[step["actor"]]["age"] >= 13, "younger people have no log-in of their own"


@each_need
def test_a_need_begins_with_its_own_words_and_has_declared_values(need: str) -> None:
    first = steps_of(need)[0]
    assert first["action"] == "state_need"
    assert first["actor"] == NEEDS[need]["person"]
    assert first.get("on_behalf_of", first["actor"]) == NEEDS[need]["for"]
    assert NEEDS[need]["audience"] in {"only-me", "helpers", "network"}
    assert set(NEEDS[need]["conditions"]) <= CONDITIONS


@each_need
def test_only_who_stated_a_need_confirms_it_and_it_ends_as_declared(need: str) -> None:
    verbs = [step["action"] for step in steps_of(need)]
    confirmations = [step for step in steps_of(need) if step["action"] == "confirm_need"]
    assert all(step["actor"] == NEEDS[need]["person"] for step in confirmations)
    endings = {
        "met": "confirm_need",
        "unreachable": "give_up_need",
        "silent": "count_silent",
        "redirected": "redirect_need",
    }
    assert endings[NEEDS[need]["exit"]] in verbs
    assert ("confirm_need" in verbs) == (NEEDS[need]["exit"] == "met")


def test_the_story_shows_every_way_a_need_can_end() -> None:
    assert {need["exit"] for need in NEEDS.values()} == {"met", "unreachable", "silent", "redirected"}


@pytest.mark.parametrize("need", ["first-visit", "someone-with-an-ostomy", "trumpet", "does-it-work", "is-it-the-milk"])
def test_a_full_loop_goes_through_all_six_stages_linked_by_cause(need: str) -> None:
    shared = [step for step in steps_of(need) if step["action"] in {"share_resource", "revise_resource"}][-1]
    assert {step["stage"] for step in steps_of(need)} == STAGES
    chain = [shared]
    while "cause" in chain[-1]:
        chain.append(BY_ID[chain[-1]["cause"]])
    assert chain[-1]["id"] == steps_of(need)[0]["id"]


def test_resources_made_in_the_story_are_unseen_before_they_are_shared() -> None:
    shared = {step["resource"]: index for index, step in enumerate(STEPS) if step["action"] == "share_resource"}
    assert set(shared) == set(STORY["story"]["made_in_story"]) <= RESOURCES
    early = [
        step["id"]
        for index, step in enumerate(STEPS)
        if index < shared.get(step.get("resource", ""), -1) and step["action"] != "create_resource"
    ]
    assert early == []


def test_what_a_revision_added_stands_once_in_the_last_version() -> None:
    revisions = [step for step in STEPS if step["action"] == "revise_resource"]
    bodies = {key: (EXAMPLE / "resources" / f"{key}.md").read_text(encoding="utf-8") for key in RESOURCES}
    assert [bodies[step["resource"]].count(step["added"]) for step in revisions] == [1, 1, 1]


def test_a_resource_used_in_the_story_was_matched_or_accepted_first() -> None:
    for step in STEPS:
        if step["action"] == "use_resource":
            before = steps_of(step["need"])[: steps_of(step["need"]).index(step)]
            assert step["resource"] in {earlier.get("resource") for earlier in before if earlier["stage"] == "matched"}


def test_the_trial_in_the_story_has_its_data_and_its_conclusion_is_what_the_data_say() -> None:
    trial = json.loads((EXAMPLE / "trial_orleans.json").read_text(encoding="utf-8"))
    by_arm = {
        arm: [day["value"] for day in trial["days"] if day["arm"] == arm and day["value"] is not None]
        for arm in trial["arms"]
    }
    start, end = (BY_ID[name]["day"] for name in ("mi-start", "mi-conclude"))
    assert [day["day"] for day in trial["days"]] == list(range(56))
    assert end - start >= 56
    assert sum(map(len, by_arm.values())) == 53
    assert abs(mean(by_arm["milk"]) - mean(by_arm["no milk"])) < trial["mcid"] / 2


def test_no_words_in_the_story_are_long_or_give_a_dose() -> None:
    assert [step["id"] for step in STEPS if len(step.get("words", "")) > 400 or " mg" in step.get("words", "")] == []


def test_everybody_of_the_worked_example_takes_part() -> None:
    cast = {key for key, person in PEOPLE.items() if person["in_story"]}
    heard = {step.get(name) for step in STEPS for name in ("actor", "voice", "person", "on_behalf_of")}
    assert cast - heard <= {"tomas"}
