"""Which engine runs a scenario, and what is refused before it starts."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from coproduce.errors import InvalidInput
from coproduce.simulator import engine_for, fast, load, memory, names, run, scenario


def test_the_fast_engine_is_taken_where_the_model_has_it() -> None:
    assert engine_for(load("bandit")) == "fast"
    assert engine_for(load("bandit"), "oracle") == "oracle"
    assert engine_for(load("zollman")) == "oracle"


@pytest.mark.parametrize("name", sorted({load(name).model for name in names()} - set(fast.MODELS)))
def test_the_fast_engine_is_refused_where_the_model_lacks_it_and_says_what_its_one_engine_is(name: str) -> None:
    has_kernels = "@kernel" in Path(import_module(f"coproduce.simulator.models.{name}").__file__ or "").read_text()
    with pytest.raises(InvalidInput, match="bandit") as refused:
        engine_for(load(name), "fast")
    assert ("compiled already" in str(refused.value)) == has_kernels


@pytest.mark.parametrize("engine", ["fast", "oracle"])
def test_any_whole_number_is_a_seed_on_both_engines(engine: str) -> None:
    scenario = load("bandit").having(n_patients=50).lasting(3)
    series = [run(scenario, seed, engine=engine).series for seed in (0, 2**63, 2**63 + 1)]  # type: ignore[arg-type]
    assert not series[1].equals(series[2])


@pytest.mark.parametrize("engine", ["fast", "oracle"])
def test_what_memory_cannot_hold_is_refused_with_the_estimate(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=1_000_000_000))
    scenario = load("bandit").having(n_patients=10_000_000)
    with pytest.raises(InvalidInput, match=r"about \d+\.\d GB .* 1\.0 GB"):
        run(scenario, 1, engine=engine)  # type: ignore[arg-type]


def test_runs_side_by_side_need_their_memory_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=1_000_000_000))
    scenario = load("bandit").having(n_patients=1_000_000)
    memory.refuse_what_does_not_fit(scenario, "fast", recorded=False)
    with pytest.raises(InvalidInput):
        memory.refuse_what_does_not_fit(scenario, "fast", recorded=False, n_runs=8)


def test_first_numbers_wait_for_no_library_that_they_do_not_need() -> None:
    program = (
        "import sys; from coproduce.simulator import load, run;"
        "run(load('seid2021').having(n_patients=50).lasting(3), 1, record=False, tabled=False);"
        "print(sorted({'numba', 'scipy', 'pydantic', 'dask'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_each_preset_asks_once_for_the_declarations_of_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[type] = []
    specs = scenario.specs
    monkeypatch.setattr(scenario, "specs", lambda declared: (asked.append(declared), specs(declared))[1])
    scenario._preset.__wrapped__("seid2021")
    assert len(asked) == 1
