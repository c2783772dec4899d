"""A person's own scenario file: what it says is what runs, and what does not fit is refused with the way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import CoproduceError, InvalidInput
from coproduce.simulator import load, run
from coproduce.simulator.parameters import NetworkParameters

GOOD = """
base = "seid2021"
title = "Ours"
ticks = 12
start = 2026-02-02

[parameters]
n_patients = 60
n_sites = 3
uptake = 0.7
visit_period = { value = 8, unit = "ticks", source = "our clinic", status = "known" }
registry = 1.0

[starts]
registry = [1, 5, "never"]
"""


def written(folder: Path, text: str) -> str:
    path = folder / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    ours, base = load(written(tmp_path, GOOD)), load("seid2021")
    assert isinstance(ours.parameters, NetworkParameters)
    assert (ours.preset, ours.base, ours.title, ours.ticks, ours.says) == ("ours", "seid2021", "Ours", 12, base.says)
    assert (
        ours.parameters == base.having(n_patients=60, n_sites=3, uptake=0.7, visit_period=8.0, registry=1.0).parameters
    )
    assert ours.starts == {"registry": (1, 5, None)}
    assert (ours.settings["visit_period"].source, ours.settings["visit_period"].status) == ("our clinic", "known")


def test_a_file_runs_as_the_same_scenario_built_in_python(tmp_path: Path) -> None:
    ours = load(written(tmp_path, GOOD))
    same = load("seid2021").having(n_patients=60, n_sites=3, uptake=0.7, visit_period=8, registry=1.0)
    same = same.starting(registry=[1, 5, None]).lasting(12)
    assert run(ours, 3).series.equals(run(same, 3).series)


def test_the_command_takes_a_file_and_settings_on_top(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["simulate", written(tmp_path, GOOD), "--set", "uptake=0.5", "--json"])
    document = json.loads(answer.stdout)
    assert (document["preset"], document["ticks"], document["parameters"]["uptake"]) == ("ours", 12, 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "base"),
        ("base = 3", 'base = "seid2021"'),
        ('base = "sied2021"', "Did you mean seid2021?"),
        ('base = "../../etc/passwd"', "one of"),
        ("base = ", "not TOML"),
        ('base = "seid2021"\nticks = 0', "from 1 to"),
        ('base = "seid2021"\nticks = 1.5', "ticks = 156"),
        ('base = "seid2021"\nticks = true', "ticks = 156"),
        ('base = "seid2021"\ntick = "day"', "week or month"),
        ('base = "seid2021"\nstart = 2025-01-06T10:00:00', "start = 2025-01-06"),
        ('base = "seid2021"\nparameter = {}', "Did you mean parameters?"),
        ('base = "seid2021"\n[parameters]\nuptak = 1', "Did you mean uptake?"),
        ('base = "seid2021"\n[parameters]\nuptake = 1.2', "from 0 to 1"),
        ('base = "seid2021"\n[parameters]\nuptake = nan', "from 0 to 1"),
        ('base = "seid2021"\n[parameters]\nuptake = "much"', "from 0 to 1"),
        ('base = "seid2021"\n[parameters]\nuptake = [1]', "from 0 to 1"),
        ('base = "seid2021"\n[parameters]\nuptake = {}', "without a value"),
        ('base = "seid2021"\n[parameters]\nuptake = { valu = 1 }', "Did you mean value?"),
        ('base = "seid2021"\n[parameters]\nvisit_period = { value = 2, unit = "months" }', "in ticks"),
        ('base = "seid2021"\n[parameters]\npeer_form = "sideways"', "one of upward"),
        ('base = "seid2021"\n[starts]\nregistry = [1]', "10 sites"),
        ('base = "seid2021"\n[starts]\nregistry = "now"', "never"),
        ('base = "bandit"\n[starts]\nregistry = [1]', "network model"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_was_expected(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load(written(tmp_path, text))
    assert said in str(refused.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a" * 1_000_001, b"a = " + b"[" * 100_000])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        load(str(path))


@pytest.mark.parametrize("name", ["absent.toml", "", ".toml", "/dev/null/x.toml"])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        load(str(tmp_path / name) if name else name)


@given(st.text(max_size=200))
def test_any_text_is_either_a_scenario_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    said = ""
    try:
        load(str(path))
    except CoproduceError as refused:
        said = str(refused)
    assert len(said) < 1_000
