"""Calibration: the method against an exact posterior, the summaries of a log, and planted parameters found again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, truncnorm
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput
from coproduce.events import EventFrame, codec
from coproduce.simulator import load, run
from coproduce.simulator.studies.abc import Fit, Reference, weighted_quantile
from coproduce.simulator.studies.calibrate import calibrate, calibration_figure, coverage, document
from coproduce.simulator.studies.factors import factors
from coproduce.simulator.studies.summaries import MEASURES, shape, summarise

BASE = load("seid2021").having(n_patients=40, patients_per_clinician=10.0, n_sites=3, n_researchers=2).lasting(16)


def normal_reference(n: int, spread: float = 0.1) -> Reference:
    """u uniform; three summaries: u with noise, u with more noise, and noise alone. The same for the same n."""
    draws = np.random.default_rng(n)
    u = draws.random((n, 1))
    noise = draws.normal(0.0, 1.0, (n, 3))
    return Reference(u, np.column_stack([u + spread * noise[:, :1], u + 3 * spread * noise[:, 1:2], noise[:, 2:]]))


def test_the_posterior_is_the_exact_one_where_that_is_known() -> None:
    fit = Fit(normal_reference(4000))
    for seen in (0.3, 0.5, 0.8):
        # Two normal measurements of u with precision 100 and 100/9, on a flat prior between 0 and 1.
        se = (100 + 100 / 9) ** -0.5
        exact = truncnorm((0 - seen) / se, (1 - seen) / se, loc=seen, scale=se).ppf([0.05, 0.5, 0.95])
        found = fit.posterior(np.array([seen, seen, 0.0])).quantiles(np.array([0.05, 0.5, 0.95]))[0]
        assert found == pytest.approx(exact, abs=0.035)


def test_ninety_percent_intervals_hold_nine_in_ten_planted_values() -> None:
    fit, new = Fit(normal_reference(600)), normal_reference(400)
    ends = [fit.posterior(s).quantiles(np.array([0.05, 0.95]))[0] for s in new.summaries]
    held = sum(low <= u[0] <= high for (low, high), u in zip(ends, new.unit, strict=True))
    assert binomtest(held, 400, 0.9).pvalue > 0.01


@pytest.mark.parametrize("half", ["lower", "upper"])
def test_intervals_hold_where_summaries_scatter_little_and_where_they_scatter_much(half: str) -> None:
    """The noise of the summary grows twelvefold over the prior: intervals are to follow it, not its mean."""
    draws = np.random.default_rng(5)

    def made(u: np.ndarray) -> Reference:
        return Reference(u, u + (0.01 + 0.11 * u) * draws.normal(size=u.shape))

    fit = Fit(made(draws.random((1_000, 1))))
    new = made(draws.uniform(*((0.1, 0.4) if half == "lower" else (0.6, 0.9)), (600, 1)))
    ends = [fit.posterior(s).quantiles(np.array([0.05, 0.95]))[0] for s in new.summaries]
    held = np.mean([low <= u[0] <= high for (low, high), u in zip(ends, new.unit, strict=True)])
    assert 0.86 <= held <= 0.94


def test_summaries_that_are_missing_or_never_move_are_left_out() -> None:
    made = normal_reference(200)
    holes = np.where(np.random.default_rng(1).random((200, 1)) < 0.5, np.nan, 1.0)
    fit = Fit(Reference(made.unit, np.column_stack([made.summaries, holes, np.ones(200)])))
    assert fit.usable.tolist() == [True, True, True, False, False]
    with pytest.raises(InvalidInput):
        Fit(Reference(made.unit, np.ones((200, 2))))


def test_too_few_runs_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 60"):
        normal_reference(59)


def test_weighted_quantiles_with_equal_weights_are_those_of_numpy() -> None:
    values = np.random.default_rng(1).normal(size=2001)
    at = np.array([0.1, 0.5, 0.9])
    assert weighted_quantile(values, np.ones(2001), at) == pytest.approx(np.quantile(values, at), abs=0.01)


def test_the_summaries_of_a_log_are_measures_rates_and_means() -> None:
    frame = run(BASE, 1).frame
    found = summarise(frame)
    assert set(MEASURES) <= set(found)
    stated = (frame.rows["kind"] == 30).sum()
    joined = frame.rows.filter(frame.rows["kind"] == 1)["actor"].n_unique()
    assert found["rate.NeedStated"] == pytest.approx(stated / joined / 16)
    assert 0 < found["mean.MeasureObserved.first"] < 1


def test_the_shape_of_a_log_is_the_size_of_its_network() -> None:
    found = shape(run(BASE, 1).frame)
    assert (found.n_patients, found.n_clinicians, found.n_researchers, found.n_sites, found.weeks) == (40, 4, 2, 3, 16)


@pytest.mark.parametrize("frame", [run(BASE.having(needs=False), 1).frame, EventFrame.empty(1)])
def test_a_log_without_needs_is_refused(frame: EventFrame) -> None:
    with pytest.raises(InvalidInput, match="without needs"):
        calibrate(frame, BASE, factors(["asking"], BASE), n_runs=60)


def test_planted_rates_are_found_and_misfit_is_told() -> None:
    planted = BASE.having(need_rate=0.05, reports=0.9)
    chosen = factors(["need_rate=0.005:0.08", "reports"], BASE)
    found = calibrate(run(planted, 77).frame, BASE, chosen, n_runs=80)
    for fitted, truth in zip(found.parameters, (0.05, 0.9), strict=True):
        assert fitted.low <= truth <= fitted.high
    assert found.parameters[0].high - found.parameters[0].low < 0.05
    assert 0 <= found.misfit < 0.3
    assert json.loads(json.dumps(document(found)))["parameters"][0]["name"] == "need_rate"
    assert "need_rate" in calibration_figure(found).table.rows[0][0]


def test_a_log_that_the_model_cannot_tell_misfits() -> None:
    odd = run(BASE.having(barrier=1.0, outcome_noise=0.5), 5).frame
    found = calibrate(odd, BASE, factors(["need_rate=0.005:0.08"], BASE), n_runs=60)
    assert found.misfit > 0.1
    assert not next(s for s in found.summaries if s.name == "spread.MeasureObserved").fits


def test_coverage_is_counted_for_each_parameter() -> None:
    tiny = BASE.having(n_patients=20).lasting(8)
    (found,) = coverage(tiny, factors(["need_rate=0.005:0.2"], tiny), n_runs=80, n_networks=40)
    assert found.n_networks == 40
    assert found.p_value > 0.01


@pytest.mark.parametrize("names", [["peer_form"], ["needs"], [f"{n}=0.1:0.9" for n in (
    "asking", "reports", "confirms", "thanks", "uptake", "sharing", "shareable", "barrier", "withdraws")]])  # fmt: skip
def test_what_cannot_be_fitted_is_refused(names: list[str]) -> None:
    with pytest.raises(InvalidInput):
        coverage(BASE, factors(names, BASE), n_runs=60, n_networks=10)


def test_the_command_fits_a_file_and_answers_with_one_document(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    codec.write(run(BASE.having(n_patients=30).lasting(8), 3).frame, log)
    words = ["calibrate", str(log), "--parameters", "need_rate=0.005:0.08", "--runs", "60", "--figure", str(tmp_path)]
    answer = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    found = json.loads(answer.stdout)
    assert found["parameters"][0]["low"] < found["parameters"][0]["median"] < found["parameters"][0]["high"]
    assert found["shape"]["n_patients"] == 30
    assert (tmp_path / "calibration.svg").is_file()


@pytest.mark.parametrize("words", [["--parameters", "asking"], ["x.parquet"],
                                   ["x.parquet", "--parameters", "asking", "--coverage", "20"]])  # fmt: skip
def test_wrong_use_exits_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["calibrate", *words]).exit_code == 2


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        CliRunner().invoke(app, ["calibrate", str(tmp_path / "x.parquet"), "--parameters", "asking"],
                           catch_exceptions=False)  # fmt: skip
