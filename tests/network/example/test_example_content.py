"""The example network's resources, people, sites and conditions: whole, linked, readable, careful.

These tests read the files only, so they run without a database or a web framework.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

EXAMPLE = Path(__file__).parents[3] / "src" / "coproduce" / "network" / "laboratory" / "example"
RESOURCE_FILES = sorted((EXAMPLE / "resources").glob("*.md"))

ROLES = {"patient", "family", "clinician", "researcher", "improvement-lead", "steward"}
KINDS = {"information", "knowledge", "know-how"}
LINES_OF_WORK = {"illness", "everyday-life", "biographical"}
STAGES = {"just-told", "starting-treatment", "flare", "surgery", "steady", "moving-to-adult-care"}
FIELDS = {
    "key": str,
    "title": str,
    "summary": str,
    "kind": str,
    "line_of_work": str,
    "risk_class": int,
    "audience": list,
    "language": str,
    "conditions": list,
    "stage": list,
    "license": str,
    "authors": list,
    "review_months": int,
    "sources": list,
}
OPTIONAL_FIELDS = {"derived_from"}


def read_resource(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter (TOML between two lines of +++) and Markdown body of one resource file."""
    opening, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    assert opening == "", f"{path.name} must start with +++"
    return tomllib.loads(front), body.strip()


def read_table(name: str) -> dict[str, Any]:
    return tomllib.loads((EXAMPLE / f"{name}.toml").read_text(encoding="utf-8"))


RESOURCES = {path.stem: read_resource(path) for path in RESOURCE_FILES}
PEOPLE = {person["key"]: person for person in read_table("people")["person"]}
SITES = {site["key"]: site for site in read_table("sites")["site"]}
REGIONS = {region["key"]: region for region in read_table("sites")["region"]}
CONDITIONS = {condition["key"]: condition for condition in read_table("conditions")["condition"]}

FOR_FAMILIES = sorted(key for key, (front, _) in RESOURCES.items() if {"patient", "family"} & set(front["audience"]))
CLINICAL = sorted(key for key, (front, _) in RESOURCES.items() if front["risk_class"] >= 2)

each_resource = pytest.mark.parametrize("key", sorted(RESOURCES))
each_family_resource = pytest.mark.parametrize("key", FOR_FAMILIES)
each_clinical_resource = pytest.mark.parametrize("key", CLINICAL)


# --- reading grade ---------------------------------------------------------------------------------------------


def count_syllables(word: str) -> int:
    """Syllables in an English word by vowel groups, with the silent endings taken off.

    Over the words of these resources the mean agrees with the CMU Pronouncing Dictionary to 0.001 a word.
    """
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    silent_e = word.endswith("e") and not word.endswith(("le", "ee"))
    silent_es = word.endswith("es") and not re.search(r"(s|x|z|ch|sh|c|g|l|e)es$", word)
    silent_ed = word.endswith("ed") and not re.search(r"[td]ed$", word)
    return max(1, groups - (silent_e or silent_es or silent_ed))


def reading_grade(markdown: str) -> float:
    """Flesch-Kincaid grade of the full sentences in a Markdown text; headings, tables and fragments are left out.

    Leaving fragments out is the strict reading: a list of single words would lower the grade for nothing.
    Source: Kincaid, Fishburne, Rogers and Chissom (1975), Derivation of new readability formulas for Navy enlisted
    personnel, Research Branch Report 8-75, doi 10.21236/ADA006655.
    """
    n_sentences, words = 0, []
    for line in markdown.splitlines():
        plain = re.sub(r"[|*_`]", " ", re.sub(r"^[#>\s]*([-*]|\d+\.)?\s*", "", line)).strip()
        if line.startswith("#") or not re.search(r"[.!?][\"”’)]*$", plain):
            continue
        n_sentences += sum(bool(re.search("[A-Za-z]", part)) for part in re.split(r"[.!?]+[\"”’)]*(?:\s|$)", plain))
        words += re.findall(r"[A-Za-z][A-Za-z'’]*", plain)
    n_syllables = sum(map(count_syllables, words))
    return 0.39 * len(words) / n_sentences + 11.8 * n_syllables / len(words) - 15.59


def test_the_reading_grade_of_a_worked_example_is_the_published_formula() -> None:
    text = "# Left out\n\nThe gut is sore.\n\n- A medicine can make it calm again.\n- left out too"
    n_sentences, n_words, n_syllables = 2, 11, 14
    assert reading_grade(text) == pytest.approx(0.39 * n_words / n_sentences + 11.8 * n_syllables / n_words - 15.59)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("gut", 1), ("people", 2), ("medicine", 3), ("changes", 2), ("needed", 2), ("called", 1), ("calprotectin", 4)],
)
def test_syllables_of_common_words_are_right(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


@each_family_resource
def test_patient_and_family_text_reads_at_grade_eight_or_below(key: str) -> None:
    front, body = RESOURCES[key]
    assert reading_grade(f"{front['summary']}\n{body}") <= 8


def test_the_median_patient_and_family_text_reads_at_grade_six_and_a_half_or_below(
    record_property: Callable[[str, object], None],
) -> None:
    grades = {key: round(reading_grade(RESOURCES[key][1]), 1) for key in FOR_FAMILIES}
    record_property("reading grades", grades)
    assert median(grades.values()) <= 6.5, sorted(grades.items(), key=lambda item: -item[1])


# --- resources -------------------------------------------------------------------------------------------------


def test_there_are_enough_resources_of_every_kind_and_line_of_work() -> None:
    kinds = Counter(front["kind"] for front, _ in RESOURCES.values())
    lines = Counter(front["line_of_work"] for front, _ in RESOURCES.values())
    assert len(RESOURCES) >= 64
    assert all(kinds[kind] >= 8 for kind in KINDS), kinds
    assert all(lines[line] >= 8 for line in LINES_OF_WORK), lines


@each_resource
def test_a_resource_has_every_field_and_no_other(key: str) -> None:
    front, _ = RESOURCES[key]
    assert set(FIELDS) <= set(front) <= set(FIELDS) | OPTIONAL_FIELDS
    assert all(isinstance(front[name], kind) for name, kind in FIELDS.items())
    assert front["key"] == key
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)


@each_resource
def test_a_resource_uses_only_the_declared_values(key: str) -> None:
    front, _ = RESOURCES[key]
    assert front["kind"] in KINDS
    assert front["line_of_work"] in LINES_OF_WORK
    assert front["risk_class"] in {0, 1, 2}, "class 3 (changes treatment or a device) does not belong in an example"
    assert set(front["audience"]) <= {"patient", "family", "clinician", "researcher"}
    assert front["audience"]
    assert set(front["stage"]) <= STAGES
    assert front["stage"]
    assert set(front["conditions"]) <= set(CONDITIONS)
    assert front["conditions"]
    assert 6 <= front["review_months"] <= 24


def test_titles_are_unique() -> None:
    titles = Counter(front["title"] for front, _ in RESOURCES.values())
    assert [title for title, count in titles.items() if count > 1] == []


@each_resource
def test_a_summary_is_one_to_three_short_sentences(key: str) -> None:
    front, _ = RESOURCES[key]
    assert 40 <= len(front["summary"]) <= 240
    assert front["summary"].endswith(".")


@each_resource
def test_a_body_is_short_enough_to_read_in_three_minutes(key: str) -> None:
    _, body = RESOURCES[key]
    assert 150 <= len(re.findall(r"[A-Za-z][A-Za-z'’]*", body)) <= 450


@each_resource
def test_authors_are_people_of_the_network_in_their_own_role(key: str) -> None:
    front, _ = RESOURCES[key]
    assert any(author["contribution"] == "wrote" for author in front["authors"])
    for author in front["authors"]:
        assert set(author) == {"person", "role", "contribution"}
        assert author["role"] == PEOPLE[author["person"]]["role"]
        assert author["contribution"] in {"wrote", "reviewed", "suggested"}


@each_clinical_resource
def test_clinical_information_has_a_source_and_two_kinds_of_eyes(key: str) -> None:
    front, _ = RESOURCES[key]
    roles = {author["role"] for author in front["authors"]}
    assert front["sources"]
    assert "clinician" in roles, "one clinician wrote or reviewed it"
    assert roles & {"patient", "family"}, "one person with lived experience wrote or reviewed it"


@each_resource
def test_sources_are_named_and_their_identifiers_well_formed(key: str) -> None:
    front, _ = RESOURCES[key]
    for source in front["sources"]:
        assert {"title", "publisher"} <= set(source) <= {"title", "publisher", "year", "url", "doi"}
        assert 1970 <= source.get("year", 2020) <= 2026
        assert re.fullmatch(r"10\.\d{4,5}/\S+", source.get("doi", "10.1000/x"))
        assert source.get("url", "https://").startswith("https://")


@each_resource
def test_a_derived_resource_names_one_that_exists(key: str) -> None:
    front, _ = RESOURCES[key]
    assert front.get("derived_from", "") in {"", *RESOURCES} - {key}


DOSING = re.compile(
    r"\b\d+(\.\d+)?\s*(mg|mcg|µg|ml|iu|grams?|units?)\b|\bmg\b|mg/kg|\btablets? (a|per|each) day\b", re.I
)
TREATS_ALONE = re.compile(
    r"\b(you can|just|simply) (stop|skip|double|halve) (your|the|a) (medicine|dose|tablet)s?\b", re.I
)


@each_resource
def test_no_resource_gives_a_dose_or_tells_anyone_to_change_treatment_alone(key: str) -> None:
    front, body = RESOURCES[key]
    text = f"{front['title']} {front['summary']} {body}"
    assert DOSING.search(text) is None
    assert TREATS_ALONE.search(text) is None


@pytest.mark.parametrize("key", sorted(set(CLINICAL) & set(FOR_FAMILIES)))
def test_clinical_information_for_families_says_when_to_call_or_whom_to_ask(key: str) -> None:
    _, body = RESOURCES[key]
    assert re.search(r"\b(call|team|ask)\b", body, re.I)


def test_no_resource_links_to_an_outside_picture_or_script() -> None:
    assert [key for key, (_, body) in RESOURCES.items() if re.search(r"!\[|<script|<img|<iframe", body, re.I)] == []


# --- people, sites, conditions ---------------------------------------------------------------------------------


def test_people_have_a_site_a_time_zone_and_a_role() -> None:
    for person in PEOPLE.values():
        assert person["role"] in ROLES
        assert person["site"] in SITES
        assert ZoneInfo(person["time_zone"])
        assert person["about"].endswith(".")
        assert (person["capacity"] > 0) == bool(person["topics"]), "a capacity goes with topics offered"


def test_people_who_offer_help_are_adults() -> None:
    assert [person["key"] for person in PEOPLE.values() if person["topics"] and person["age"] < 18] == []


def test_a_child_has_a_proxy_who_is_family() -> None:
    proxies = {person["proxy_for"]: person for person in PEOPLE.values() if "proxy_for" in person}
    children = {key for key, person in PEOPLE.items() if person["age"] < 16}
    assert children == set(proxies)
    assert all(proxy["role"] == "family" for proxy in proxies.values())


def test_there_are_twenty_sites_in_nested_regions() -> None:
    assert len(SITES) == 20
    assert all(site["region"] in REGIONS and ZoneInfo(site["time_zone"]) for site in SITES.values())
    assert all(site.get("parent", "harbour-childrens") in SITES for site in SITES.values())
    assert [key for key, region in REGIONS.items() if "parent" not in region] == ["network"]
    assert all(region.get("parent", "network") in REGIONS for region in REGIONS.values())


def test_every_site_patient_count_sums_to_about_two_thousand() -> None:
    assert 1_800 <= sum(site["patients"] for site in SITES.values()) <= 2_300


def test_no_condition_alias_stands_for_two_conditions() -> None:
    aliases = Counter(alias for condition in CONDITIONS.values() for alias in condition["aliases"])
    assert [alias for alias, count in aliases.items() if count > 1] == []
    assert all(alias == alias.lower() for alias in aliases)
    assert all(condition.get("parent", "crohns-disease") in CONDITIONS for condition in CONDITIONS.values())
