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
