"""Indices against their closed forms, and contours of known surfaces."""

from __future__ import annotations

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.simulator.studies.contour import contour, contour_figure
from coproduce.simulator.studies.design import Design
from coproduce.simulator.studies.factors import Factor
from coproduce.simulator.studies.sensitivity import sensitivity, sensitivity_figure

from .conftest import INFLUENCE, LEAVING, SHARING, made_up

THREE = (INFLUENCE, SHARING, LEAVING)


def design(method: str, n: int, factors: tuple[Factor, ...] = THREE, replicates: int = 1) -> Design:
    return Design("seid2021", {}, 3, factors, method=method, n=n, replicates=replicates)


def additive(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Variances of the three parts stand as 9 to 1 to 0, so S1 = ST = .9, .1, 0."""
    return 3 * x / 0.2 + y + 0 * z


def test_sobol_indices_of_an_additive_function_are_its_shares_of_variance() -> None:
    found = sensitivity(made_up(design("sobol", 512), additive), "y")
    values = {(i.factor, i.kind): i for i in found.indices}
    for factor, share in (("patient_influence", 0.9), ("sharing", 0.1), ("uptake", 0.0)):
        for kind in ("S1", "ST"):
            assert values[factor, kind].value == pytest.approx(share, abs=0.03)
            assert values[factor, kind].low - 0.01 <= share <= values[factor, kind].high + 0.01
    assert found.n_for_80 == 1


def test_a_product_has_a_total_effect_above_its_first_order_effect() -> None:
    """y = x z for uniform x, z on [0, 1]: S1 = 3/7, ST = 4/7 each, by the definitions."""
    found = sensitivity(made_up(design("sobol", 1024, (SHARING, LEAVING)), lambda x, z: x * z), "y")
    for index in found.indices:
        assert index.value == pytest.approx({"S1": 3 / 7, "ST": 4 / 7}[index.kind], abs=0.03)


def test_morris_effects_of_a_linear_function_are_its_slopes() -> None:
    found = sensitivity(made_up(design("morris", 10), additive), "y")
    assert [i.factor for i in found.ranked] == ["patient_influence", "sharing", "uptake"]
    assert [i.value for i in found.ranked] == pytest.approx([3.0, 1.0, 0.0])


def test_a_latin_hypercube_ranks_the_factors_too() -> None:
    found = sensitivity(made_up(design("lhs", 300), additive), "y")
    assert found.ranked[0].factor == "patient_influence"
    assert found.ranked[0].value == pytest.approx(0.9, abs=0.1)


def test_the_figure_says_how_many_factors_carry_the_outcome() -> None:
    figure = sensitivity_figure(sensitivity(made_up(design("sobol", 64), additive), "y"))
    assert figure.title.startswith("1 of 3 factors")
    assert figure.table.rows[0][0] == "patient_influence"


@pytest.mark.parametrize(
    ("method", "outcome", "function"),
    [
        ("grid", "y", additive),
        ("lhs", "z", additive),
        ("lhs", "y", lambda x, y, z: 0 * x),
        ("lhs", "y", lambda x, y, z: np.where(x > 0.1, np.nan, x)),
    ],
)
def test_an_outcome_without_an_answer_is_refused(method: str, outcome: str, function: object) -> None:
    with pytest.raises(InvalidInput):
        sensitivity(made_up(design(method, 4), function), outcome)  # type: ignore[arg-type]


def test_contour_lines_of_a_plane_lie_where_the_outcome_is_equal() -> None:
    found = contour(made_up(design("grid", 6, (SHARING, LEAVING)), lambda x, y: x + 2 * y), "y", 3)
    assert len(found.levels) == 3
    for level, pieces in found.lines.items():
        assert pieces
        for x1, y1, x2, y2 in pieces:
            assert (x1 + 2 * y1, x2 + 2 * y2) == pytest.approx((level, level))
    assert (found.gain_x.value, found.gain_y.value) == pytest.approx((1.0, 2.0))
    assert found.parallel == ""


def test_a_lever_that_does_nothing_is_named_and_the_lines_run_along_it() -> None:
    table = made_up(design("grid", 5, (SHARING, LEAVING), replicates=10), lambda x, y: x + 0 * y, noise=0.01)
    found = contour(table, "y")
    assert found.parallel == "uptake"
    assert "uptake" in contour_figure(found).title


def test_two_levers_that_both_work_are_told_as_two_ways() -> None:
    table = made_up(design("grid", 5, (SHARING, LEAVING), replicates=5), lambda x, y: x + y, noise=0.01)
    figure = contour_figure(contour(table, "y"))
    assert "Different mixes" in figure.title
    assert figure.table.rows[0][1:] == tuple(f"{v:.3g}" for v in contour(table, "y").z[0])


@pytest.mark.parametrize(
    ("method", "factors", "levels"),
    [("lhs", (SHARING, LEAVING), 5), ("grid", THREE, 5), ("grid", (SHARING, LEAVING), 0), ("grid", (SHARING,), 5)],
)
def test_what_has_no_contour_is_refused(method: str, factors: tuple[Factor, ...], levels: int) -> None:
    with pytest.raises(InvalidInput):
        contour(made_up(design(method, 3, factors), lambda *x: sum(x)), "y", levels)


def test_a_form_has_no_contour() -> None:
    form = Factor("peer_form", "form", values=("upward", "none"))
    made = made_up(design("grid", 3, (SHARING, LEAVING)), lambda x, y: x)
    table = type(made)(design("grid", 3, (SHARING, form)), made.code, made.outcomes, made.rows)
    with pytest.raises(InvalidInput, match="two numbers"):
        contour(table, "y")
