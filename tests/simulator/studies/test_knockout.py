"""Knock-outs find the path that an effect takes, when it is known."""

from __future__ import annotations

import pytest

from coproduce.errors import InvalidInput
from coproduce.simulator import load
from coproduce.simulator.studies.design import Design
from coproduce.simulator.studies.explain import explain, n_runs
from coproduce.simulator.studies.knockout import PATHS, document, knock_out, knock_out_figure, paths_of
from coproduce.simulator.studies.sensitivity import Index, Sensitivity

from .conftest import INFLUENCE, SHARING, made_up

BASE = load("seid2021").having(n_patients=80, needs=False, engagement=False).lasting(60)


def test_all_of_the_effect_of_sharing_on_outcomes_passes_through_the_commons() -> None:
    found = knock_out(BASE.having(sharing=0.0), {"sharing": 1.0}, "mean_outcome", paths=["commons"], replicates=4)
    assert found.effect.low is not None
    assert found.effect.low > 0
    (commons,) = found.paths
    assert commons.barred.value == 0.0
    assert commons.share is not None
    assert commons.share.value == 1.0


def test_of_the_effect_of_patient_influence_a_part_passes_through_the_commons() -> None:
    base = BASE.having(patient_influence=0.0)
    found = knock_out(base, {"patient_influence": 0.3}, "mean_outcome", paths=["commons"], replicates=6)
    (commons,) = found.paths
    assert commons.share is not None
    assert 0.1 < commons.share.value < 0.9
    assert commons.share.low is not None
    assert commons.share.low <= commons.share.value


def test_a_change_that_moves_nothing_has_no_shares() -> None:
    found = knock_out(BASE, {"reply_minutes": 20.0}, "mean_outcome", replicates=2)
    assert found.effect.value == 0
    assert all(path.share is None for path in found.paths)
    assert "no more than chance" in knock_out_figure(found).title


def test_every_switch_of_every_path_is_a_parameter_of_the_network_model() -> None:
    assert paths_of(BASE) == dict(PATHS)


def test_the_figure_and_the_document_hold_the_effect_and_the_paths() -> None:
    found = knock_out(BASE.having(sharing=0.0), {"sharing": 1.0}, "mean_outcome", paths=["commons"], replicates=3)
    figure = knock_out_figure(found)
    assert [row[0] for row in figure.table.rows] == ["nothing barred", "commons barred"]
    assert document(found)["paths"][0]["share"]["value"] == 1.0  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "outcome", "paths"),
    [
        ({"sharing": 2.0}, "mean_outcome", ["commons"]),
        ({"sharng": 0.5}, "mean_outcome", ["commons"]),
        ({"sharing": 0.5}, "happiness", ["commons"]),
        ({"sharing": 0.5}, "mean_outcome", ["comons"]),
    ],
)
def test_an_unknown_change_outcome_or_path_is_refused(change: dict[str, float], outcome: str, paths: list[str]) -> None:
    with pytest.raises(InvalidInput):
        knock_out(BASE, change, outcome, paths=paths, replicates=2)


def test_a_model_without_paths_has_none() -> None:
    assert paths_of(load("bandit")) == {}


def test_the_largest_factors_of_a_sweep_are_explained_in_their_order() -> None:
    design = Design("seid2021", {"n_patients": 20, "needs": False}, 4, (INFLUENCE, SHARING), method="sobol", n=2)
    table = made_up(design, lambda x, y: x + y)
    ranked = tuple(Index(name, "ST", 0.5, 0.4, 0.6) for name in ("sharing", "patient_influence"))
    indices = Sensitivity("mean_outcome", "sobol", "ST", ranked, 1.0)
    found = explain(table, indices, 1, replicates=2)
    assert [dict(one.change) for one in found] == [{"sharing": 0.75}]
    assert n_runs(table, indices, 2, 3) == 2 * 2 * 3 * (1 + len(paths_of(BASE)))
