"""The engine: same seed, same bytes; layers that switch off exactly; common random numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from coproduce.errors import InvalidInput
from coproduce.events import Resolution
from coproduce.simulator import STAGES, Result, Scenario, load, run
from coproduce.simulator.network import COLUMNS, median
from coproduce.simulator.stages import active
from coproduce.simulator.streams import Streams

CARE = ["encounters", "mean_outcome", "median_outcome", "share_best", "activation", "clinician_activation",
        "shared_information", "shared_knowledge", "members"]  # fmt: skip
LEVELS = [f"engagement_{level}" for level in range(4)]


def test_same_seed_gives_the_same_bytes(small: Scenario, result: Result) -> None:
    again = run(small, 11)
    assert again.frame.rows.equals(result.frame.rows)
    assert again.series.equals(result.series)


def test_other_replicates_and_seeds_differ(small: Scenario, result: Result) -> None:
    assert not run(small, 11, run=2).series.equals(result.series)
    assert not run(small, 12).series.equals(result.series)


def test_needs_layer_off_leaves_the_rest_identical_number_for_number() -> None:
    with_needs = load("seid2021").having(n_patients=300).lasting(80)
    on, off = run(with_needs, 3), run(with_needs.having(needs=False), 3)
    assert_frame_equal(on.series.select(CARE + LEVELS), off.series.select(CARE + LEVELS), check_exact=True)
    assert off.needs.is_empty()
    assert off.resources.is_empty()
    care = pl.col("kind").is_between(110, 139) & (pl.col("kind") != 116)
    columns = ["time", "kind", "role", "site", "topic", "value"]
    assert on.frame.rows.filter(care).select(columns).equals(off.frame.rows.filter(care).select(columns))


def test_engagement_layer_off_leaves_care_identical_number_for_number() -> None:
    scenario = load("seid2021").having(n_patients=300).lasting(80)
    on, off = run(scenario, 3), run(scenario.having(engagement=False), 3)
    assert_frame_equal(on.series.select(CARE), off.series.select(CARE), check_exact=True)
    assert off.series["engagement_0"].unique().to_list() == off.series["members"].unique().to_list()


@pytest.mark.parametrize("layer", ["needs", "engagement", "turnover"])
def test_a_layer_that_is_off_equals_a_model_without_its_steps(small: Scenario, layer: str) -> None:
    off = small.having(turnover=False).having(**{layer: False})
    without = tuple(step for step in active(small.having(turnover=False).parameters) if step.layer != layer)
    assert run(off, 5, plan=without).frame.rows.equals(run(off, 5).frame.rows)
    assert layer not in {step.layer for step in active(off.parameters)}


def test_the_plan_follows_the_one_path() -> None:
    order = ["stated", "matched", "used", "outcome", "learned", "shared"]
    assert [order.index(step.stage) for step in STAGES] == sorted(order.index(step.stage) for step in STAGES)
    assert {step.stage for step in STAGES} == set(order)
    assert len({step.name for step in STAGES}) == len(STAGES)


def test_each_step_draws_only_its_own_streams(small: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: set[str] = set()
    uniform = Streams.uniform

    def spy(self: Streams, name: str, tick: int, agents: object) -> object:
        drawn.add(name)
        return uniform(self, name, tick, agents)  # type: ignore[arg-type]

    monkeypatch.setattr(Streams, "uniform", spy)
    watched = tuple(replace(step, do=_watching(step, drawn)) for step in active(small.parameters))
    run(small.having(visit_form="unwell").lasting(30), 2, plan=watched)
    declared = [name for step in STAGES for name in step.streams]
    assert len(declared) == len(set(declared))


def _watching(step: object, drawn: set[str]) -> object:
    def do(w: object) -> None:
        drawn.clear()
        step.do(w)  # type: ignore[attr-defined]
        assert drawn <= set(step.streams), step.name  # type: ignore[attr-defined]

    return do


def test_population_is_conserved_and_shares_stay_shares(result: Result) -> None:
    series = result.series
    levels = series.select(pl.sum_horizontal(LEVELS)).to_series()
    assert levels.equals(series["members"].rename(levels.name))
    for column in ("mean_outcome", "median_outcome", "share_best", "activation", "shared_knowledge"):
        assert series[column].is_between(0, 1).all()
    here = result.people.filter(pl.col("left") == -1).height
    assert here == series["members"][-1]
    assert list(COLUMNS) == series.columns


def test_open_needs_are_those_stated_and_not_closed(result: Result) -> None:
    open_states = ("open", "matched", "used", "silent")
    assert result.needs["state"].is_in(open_states).sum() == result.series["needs_open"][-1]
    assert (
        result.needs.filter(pl.col("closed") >= 0)["closed"] >= result.needs.filter(pl.col("closed") >= 0)["stated"]
    ).all()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_smallest_networks_run(n: int) -> None:
    tiny = load("example").having(n_patients=n, n_researchers=0, start_share=0.0, need_rate=1.0).lasting(30)
    assert run(tiny, 1).series.height == 30


def test_negative_seeds_and_runs_below_one_are_refused(small: Scenario) -> None:
    for wrong in ({"seed": -1}, {"seed": 1, "run": 0}, {"seed": 1, "sampled": 0.0}):
        with pytest.raises(InvalidInput):
            run(small, **wrong)  # type: ignore[arg-type]


def test_a_seed_of_two_to_the_63_runs(small: Scenario) -> None:
    assert np.isfinite(run(small.lasting(2), 2**63).series["activation"].to_numpy()).all()


def test_a_tick_of_a_month_is_told_in_the_frame_and_counts_deadlines_in_months(small: Scenario) -> None:
    monthly = run(replace(small, tick="month").lasting(12), 1)
    assert monthly.frame.resolution == Resolution.MONTH
    assert monthly.frame.rows["time"].max() == small.start_us + 12 * Resolution.MONTH


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_median_is_the_one_that_numpy_finds(numbers: list[float]) -> None:
    assert median(np.array(numbers)) == np.median(numbers)
