"""A pack holds everything, runs again identically, and tells when it cannot."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from coproduce import __version__
from coproduce.errors import BadFile, Conflict, InvalidInput, Unavailable
from coproduce.simulator import load
from coproduce.simulator.rules import source
from coproduce.simulator.studies import pack as packs

SCENARIO = load("seid2021").having(n_patients=20, n_sites=2, registry=1.0, needs=False).lasting(5)


def made(out: Path, scenario: object = SCENARIO, seed: int = 3) -> packs.Pack:
    packed = packs.Pack(scenario, seed, 2, packs.versions(), packs.results(scenario, seed, 2))  # type: ignore[arg-type]
    packs.pack(packed, out, "mean_outcome")
    return packed


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    made(tmp_path / "one.zip")
    return tmp_path / "one.zip"


def test_a_pack_runs_again_identically(packed: Path) -> None:
    found = packs.repeat(packs.unpack(packed))
    assert found.identical
    assert found.largest_difference == 0
    assert found.changed == {}


def test_a_pack_holds_scenario_versions_results_figure_and_citation(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        assert set(archive.namelist()) == {
            "scenario.json", "results.parquet", "CITATION.cff", "README.txt", "SHA256SUMS",
            *(f"figures/mean_outcome.{end}" for end in ("svg", "vl.json", "csv")),
        }  # fmt: skip
        assert yaml.safe_load(archive.read("CITATION.cff"))["cff-version"] == "1.2.0"
        assert json.loads(archive.read("scenario.json"))["made_with"]["version"] == __version__


def test_the_same_pack_has_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    made(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()


@pytest.mark.parametrize("preset", ["seid2021", "example", "bandit", "zollman"])
def test_a_scenario_survives_being_written(preset: str) -> None:
    scenario = load(preset)
    assert packs.scenario_from(packs.scenario_document(scenario)) == replace(scenario, settings={})


def test_levers_that_start_by_site_and_large_seeds_survive_too(tmp_path: Path) -> None:
    scenario = SCENARIO.starting(registry=[2, None])
    made(tmp_path / "sites.zip", scenario, seed=(1 << 70) + 1)
    back = packs.unpack(tmp_path / "sites.zip")
    assert back.scenario.starts == {"registry": (2, None)}
    assert back.seed == (1 << 70) + 1


def test_other_code_is_refused_and_with_anyway_said(packed: Path) -> None:
    old = replace(packs.unpack(packed), made_with={**packs.versions(), "code": "0" * 16, "version": "0.0.1"})
    with pytest.raises(Conflict, match=r"0\.0\.1"):
        packs.repeat(old)
    found = packs.repeat(old, anyway=True)
    assert found.identical
    assert set(found.changed) == {"code", "version"}


RULE = """
from coproduce.simulator import own_rule


@own_rule(replaces="activation_moves")
def stubborn(world):
    "Nobody's activation moves."
"""


@pytest.fixture
def with_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack with an own rule, made and left in a folder that holds the rule."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stubborn_rule.py").write_text(RULE)
    rules = ("stubborn_rule:stubborn",)
    found = packs.results(SCENARIO, 3, 2, rules=rules)
    packs.pack(
        packs.Pack(SCENARIO, 3, 2, packs.versions(), found, rules, dict(map(source, rules))),
        tmp_path / "rule.zip", "activation",
    )  # fmt: skip
    return tmp_path / "rule.zip"


def test_a_pack_with_an_own_rule_holds_its_file_and_runs_again_identically(with_rule: Path) -> None:
    packed = packs.unpack(with_rule)
    assert packed.rules == ("stubborn_rule:stubborn",)
    assert packed.sources == {"stubborn_rule.py": RULE.encode()}
    assert packed.results["activation"].n_unique() == 2  # one value a run, from the first tick to the last
    assert packs.repeat(packed).identical
    with zipfile.ZipFile(with_rule) as archive:
        assert "stubborn_rule:stubborn" in archive.read("README.txt").decode()
        assert json.loads(archive.read("scenario.json"))["format"] == 2


@pytest.mark.parametrize("change", ["absent", "other"])
def test_the_code_of_a_pack_is_never_run(
    with_rule: Path, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = packs.unpack(with_rule)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    if change == "other":
        (elsewhere / "stubborn_rule.py").write_text("raise SystemExit('run, and not read')")
    with pytest.raises(Conflict, match="not run from a pack") as refused:
        packs.repeat(packed)
    assert "rules/" in refused.value.next_step


@pytest.mark.parametrize("rule", ["", "x", "../x:y", "a b:c", "json:dumps", "no_such_file:rule", "é" * 300 + ":"])
def test_a_rule_that_is_no_file_of_this_folder_is_not_packed(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput):
        source(rule)


def test_a_rule_that_the_pack_does_not_hold_is_refused(with_rule: Path) -> None:
    with pytest.raises(Conflict):
        packs.repeat(replace(packs.unpack(with_rule), sources={}))
    with pytest.raises(Conflict):
        packs.repeat(replace(packs.unpack(with_rule), rules=("../stubborn_rule:stubborn",)))


def test_a_number_that_differs_is_seen(packed: Path) -> None:
    packed_ = packs.unpack(packed)
    moved = packed_.results.with_columns(packed_.results["mean_outcome"] + 0.25)
    found = packs.repeat(replace(packed_, results=moved))
    assert not found.identical
    assert found.largest_difference == pytest.approx(0.25)
    short = packs.repeat(replace(packed_, results=packed_.results.head(3)))
    assert (short.identical, short.largest_difference) == (False, float("inf"))


def test_a_pack_that_was_changed_is_refused(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as archive, zipfile.ZipFile(tmp_path / "x.zip", "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name).replace(b'"seed": "3"', b'"seed": "4"'))
    with pytest.raises(BadFile, match="changed"):
        packs.unpack(tmp_path / "x.zip")


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 cut", b"text"])
def test_a_file_that_is_no_pack_is_refused(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(body)
    for name in ("x.zip", "absent.zip"):
        with pytest.raises(BadFile):
            packs.unpack(tmp_path / name)


def test_a_pack_cut_in_the_middle_is_refused(packed: Path) -> None:
    packed.write_bytes(packed.read_bytes()[:-200])
    with pytest.raises(BadFile):
        packs.unpack(packed)


def test_an_unknown_outcome_or_place_is_refused(tmp_path: Path) -> None:
    whole = packs.Pack(SCENARIO, 1, 1, packs.versions(), packs.results(SCENARIO, 1, 1))
    with pytest.raises(InvalidInput):
        packs.pack(whole, tmp_path / "x.zip", "happiness")
    with pytest.raises(Unavailable):
        packs.pack(whole, tmp_path / "no" / "x.zip", "mean_outcome")
    assert not list(tmp_path.iterdir())


def test_the_citation_of_the_software_names_its_version() -> None:
    text = (Path(__file__).resolve().parents[3] / "CITATION.cff").read_text()
    cited = yaml.safe_load(text)
    assert cited["version"] == __version__
    assert {"cff-version", "title", "authors", "license", "message"} <= set(cited)
