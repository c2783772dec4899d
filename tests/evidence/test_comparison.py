"""Comparisons from tables: the published answers, what theory says must hold, and refusals."""

import json

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from coproduce.errors import BadFile, InvalidInput
from coproduce.evidence.across.comparison import compare, e_values
from coproduce.evidence.across.estimators import Effect, People, aipw
from coproduce.evidence.across.specification import read_specification, specification
from coproduce.evidence.across.terms import columns
from coproduce.evidence.across.weighting import Propensity, balance, effective_n

STORED = ("C(sex)+C(race)+age+I(age**2)+C(education)+smokeintensity+I(smokeintensity**2)+smokeyrs+I(smokeyrs**2)"
          "+C(exercise)+C(active)+wt71+I(wt71**2)")  # fmt: skip
PLAIN = ["sex", "race", "age", "education", "smokeintensity", "smokeyrs", "exercise", "active", "wt71"]


def nhefs(folder, method, confounders=STORED, **more):
    table = pl.read_csv(folder / "learning" / "nhefs_complete_1566.csv")
    document = {"treatment": "qsmk", "outcome": "wt82_71", "confounders": confounders, "method": method,
                "modifiers": ["smokeintensity"]}  # fmt: skip
    return compare(*specification(document | more, table))


@pytest.fixture
def what_if(reference_data):
    return json.loads((reference_data / "learning" / "nhefs_whatif.json").read_text())


def test_the_published_answers_about_smoking_are_found(reference_data, what_if):
    crude = nhefs(reference_data, "crude")
    assert crude.effect.value == pytest.approx(what_if["crude"]["est"], abs=1e-9)
    assert (crude.equal_variances.low, crude.equal_variances.high) == pytest.approx(what_if["crude"]["ci"], abs=1e-9)
    weighted = nhefs(reference_data, "ipw").effect
    assert weighted.value == pytest.approx(what_if["ip_weighted_unstabilized"]["est"], abs=1e-8)
    assert (weighted.low, weighted.high) == pytest.approx(what_if["ip_weighted_unstabilized"]["robust_ci"], abs=1e-8)
    assert nhefs(reference_data, "standardisation").effect.value == pytest.approx(
        what_if["standardization"]["est"], abs=1e-8
    )
    robust = nhefs(reference_data, "aipw").effect
    assert (robust.value, robust.se) == pytest.approx((what_if["aipw"]["est"], what_if["aipw"]["se"]), abs=1e-8)


def test_plain_names_stand_for_categories_lines_and_squares(reference_data):
    table = pl.read_csv(reference_data / "learning" / "nhefs_complete_1566.csv")
    one, other = columns(table, STORED), columns(table, PLAIN)
    assert set(one.names) == set(other.names)
    assert nhefs(reference_data, "ipw", PLAIN).effect.value == pytest.approx(3.440535429646, abs=1e-8)


def test_the_experiment_s_own_difference_is_found(reference_data):
    expected = json.loads((reference_data / "learning" / "nsw_experimental.json").read_text())
    table = pl.read_csv(reference_data / "learning" / "nsw_dehejia_wahba_445.csv")
    found = compare(*specification({"treatment": "treat", "outcome": "re78", "method": "crude"}, table))
    assert found.effect.value == pytest.approx(expected["diff"], abs=0.01)
    assert found.effect.se == pytest.approx(expected["se_neyman"], abs=0.01)
    assert found.n == (expected["n_treated"], expected["n_control"])


def made(n=1000, effect=1.0, strength=0.8, seed=1):
    """A table in which sicker people are treated more and do worse; the true mean effect is `effect`."""
    draws = np.random.default_rng(seed)
    sick, age = draws.normal(size=n), draws.normal(50, 10, n)
    t = (draws.random(n) < expit(strength * sick + 0.02 * (age - 50))).astype(float)
    y = effect * t - 2.0 * sick + 0.01 * age + draws.normal(size=n)
    return pl.DataFrame({"t": t, "y": y, "sick": sick, "age": age, "before": -2.0 * sick + draws.normal(size=n)})


def compared(table, **more):
    document = {"treatment": "t", "outcome": "y", "confounders": ["sick", "age"], "method": "aipw"} | more
    return compare(*specification(document, table))


@pytest.mark.parametrize("method", ["ipw", "standardisation", "aipw", "overlap"])
def test_confounding_that_was_measured_is_taken_away(method):
    found = compared(made(n=4000), method=method, folds=5)
    assert found.effect.low < 1.0 < found.effect.high
    assert compared(made(n=4000), method="crude").effect.high < 0.5


def test_aipw_intervals_cover_the_truth_as_often_as_they_say():
    """The short version of a bar: 200 tables, of which about 190 must hold the truth (binomial, 1 %)."""
    held = 0
    for seed in range(200):
        table = made(n=400, seed=seed)
        x = columns(table, ["sick", "age"]).values
        people = People(table["t"].to_numpy(), table["y"].to_numpy(), x, np.array([], dtype=np.int64))
        effect, _ = aipw(people, folds=5, seed=seed)
        held += effect.low < 1.0 < effect.high
    assert 180 <= held <= 198


def test_either_model_may_be_wrong_and_aipw_is_right():
    """The outcome model lacks the square; the propensity model has what it needs."""
    draws = np.random.default_rng(5)
    x = draws.normal(size=20_000)
    t = (draws.random(x.size) < expit(0.5 * x)).astype(float)
    people = People(t, t + np.exp(0.7 * x) + draws.normal(size=x.size), x[:, None], np.array([], dtype=np.int64))
    effect, _ = aipw(people, folds=5, seed=1)
    assert effect.value == pytest.approx(1.0, abs=4 * effect.se)
    assert effect.se < 0.05


def test_a_negative_control_that_moves_is_seen():
    found = compared(made(n=4000), negative_control="before")
    assert found.negative_control.low < 0 < found.negative_control.high
    moved = compared(made(n=4000), confounders=["age"], negative_control="before", override="to show it")
    assert moved.negative_control.high < -0.3


# -- refusals ---------------------------------------------------------------------------------------------------


def test_a_comparison_without_overlap_is_refused():
    table = made().with_columns(t=(pl.col("sick") > 0).cast(pl.Float64))
    found = compared(table)
    assert found.effect is None
    assert "do not overlap" in found.refused


def test_too_small_an_effective_sample_is_refused_and_its_size_told():
    found = compared(made(n=90))
    assert found.effect is None
    assert "at least 50 are needed" in found.refused


def test_imbalance_after_weighting_is_refused():
    found = compared(made(n=500, strength=3.5, seed=3), method="ipw")
    assert found.effect is None
    assert found.refused


def test_a_refusal_can_be_overridden_and_says_so():
    found = compared(made(n=90), override="a small first look, for our eyes only")
    assert found.overridden
    assert found.refused
    assert found.effect is not None
    with pytest.raises(InvalidInput, match="the reason"):
        compared(made(n=90), override=" ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"treatment": "nothing"}, "a column of the table"),
        ({"outcome": 5}, "a column of the table"),
        ({"confounders": ["nothing"]}, "does not have"),
        ({"confounders": ["log(age)"]}, "an unknown form"),
        ({"confounders": []}, 'method = "crude"'),
        ({"method": "magic"}, "one of crude"),
        ({"folds": 0}, "a whole number from 1"),
        ({"folds": 10_000}, "a whole number from 1"),
        ({"seed": -1}, "a whole number"),
        ({"modifiers": ["height"]}, "among the confounders"),
        ({"metod": "ipw"}, "a key that a comparison does not have"),
    ],
)
def test_a_specification_that_does_not_fit_is_refused(changes, said):
    with pytest.raises(InvalidInput, match=said):
        compared(made(n=50), **changes)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pl.lit(0.0).alias("t"), "nobody had"),
        (pl.lit(1.0).alias("t"), "everybody had"),
        (pl.lit(2.0).alias("t"), "other values than 0 and 1"),
        (pl.lit(None, dtype=pl.Float64).alias("y"), "50 rows in which the outcome is not a number"),
        (pl.lit(float("inf")).alias("y"), "not a number"),
        (pl.lit("many").alias("y"), "not a number"),
        (pl.lit(float("nan")).alias("sick"), "not numbers"),
        (pl.lit(None, dtype=pl.Float64).alias("sick"), "without this confounder"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(column, said):
    with pytest.raises(InvalidInput, match=said):
        compared(made(n=50).with_columns(column))


def test_a_constant_confounder_changes_nothing():
    table = made(n=1000).with_columns(same=pl.lit(3.0))
    one, other = compared(table), compared(table, confounders=["sick", "age", "C(same)"])
    assert one.effect.value == pytest.approx(other.effect.value, abs=1e-9)


def test_files_that_cannot_be_read_are_named(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text("data = ")
    with pytest.raises(BadFile, match=r"spec\.toml"):
        read_specification(spec)
    spec.write_text('data = "gone.csv"')
    with pytest.raises(BadFile, match=r"gone\.csv"):
        read_specification(spec)


# -- the parts --------------------------------------------------------------------------------------------------


def test_effective_size_is_the_count_for_equal_weights_and_less_otherwise():
    assert effective_n(np.full(10, 3.0)) == pytest.approx(10)
    assert effective_n(np.array([1.0, 0.0, 0.0])) == pytest.approx(1)
    assert effective_n(np.zeros(3)) == 0.0


def test_weighting_by_the_propensity_balances_what_it_was_fitted_on():
    table = made(n=3000)
    x, t = columns(table, ["sick", "age"]), table["t"].to_numpy()
    model = Propensity.fit(x.values, t)
    e = model.of(x.values)
    rows = balance(x.values, x.names, t, np.where(t == 1, 1 - e, e))
    assert max(abs(row.before) for row in rows) > 0.5
    assert max(abs(row.after) for row in rows) < 1e-6


def test_e_values_are_those_of_their_formula():
    """VanderWeele and Ding 2017: a risk ratio of 3.9 has the E-value 7.26."""
    d = np.log(3.9) / 0.91
    estimate, nearer = e_values(Effect(d, 0.1, d - 0.2, d + 0.2), 1.0)
    assert estimate == pytest.approx(7.26, abs=0.005)
    assert 1 < nearer < estimate
    assert e_values(Effect(0.1, 0.1, -0.1, 0.3), 1.0)[1] == 1.0
