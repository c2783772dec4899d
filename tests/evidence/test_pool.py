"""Pooling across people: against exact quadrature, and against the two ends it lies between."""

import json

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.evidence.across.pool import Results, Scales, pool
from coproduce.evidence.across.pooled_report import reference, report


def results(n=40, tau=0.5, n_sites=0, omega=0.0, seed=1):
    draws = np.random.default_rng(seed)
    site = draws.integers(n_sites, size=n) if n_sites else None
    theta = -0.5 + draws.normal(0, tau, n) + (draws.normal(0, omega, n_sites)[site] if n_sites else 0)
    s = draws.uniform(0.2, 0.6, n)
    return Results(draws.normal(theta, s), s, np.ones((n, 1)), site)


@pytest.mark.parametrize("case", [0, 1])
def test_pooled_answers_are_those_of_exact_quadrature(reference_data, case):
    given = json.loads((reference_data / "learning" / "hierarchical_normal_exact.json").read_text())["cases"][case]
    found, expected = reference(given), given["expected"]
    assert set(found) == set(expected)
    for key in ("mu", "gamma", "tau", "new_patient_z0"):
        assert found[key] == pytest.approx(expected[key], abs=1e-7)
    for key in ("theta_mean", "theta_sd", "p_theta_lt0", "p_theta_lt_minus_half"):
        assert found[key] == pytest.approx(expected[key], abs=1e-7)


def test_with_no_spread_between_people_it_is_the_fixed_effect():
    r = results()
    found = pool(r, Scales(mean=1e6, tau=0.0))
    w = 1 / r.s**2
    assert found.coefficient(0).mean == pytest.approx(np.average(r.d, weights=w), rel=1e-9)
    assert found.coefficient(0).sd == pytest.approx(w.sum() ** -0.5, rel=1e-9)
    assert found.person(3).mean == pytest.approx(found.coefficient(0).mean)


def test_with_a_spread_without_end_nobody_is_pooled():
    r = Results(np.array([-1.0, 0.0, 4.0]) * 1e3, np.full(3, 0.5), np.ones((3, 1)))
    found = pool(r, Scales(mean=1e6, tau=1e6))
    assert [found.person(i).mean for i in range(3)] == pytest.approx(r.d, abs=1e-2)
    assert found.person(0).sd == pytest.approx(0.5, rel=1e-5)


def test_people_who_all_agree_leave_no_spread_worth_speaking_of():
    found = pool(Results(np.zeros(50), np.full(50, 0.1), np.ones((50, 1))))
    assert found.between().mean < 0.03
    assert np.isfinite(found.person(0).sd)


def test_one_person_is_answered_by_themself_and_the_prior():
    found = pool(Results(np.array([1.0]), np.array([0.2]), np.ones((1, 1))))
    assert 0.8 < found.person(0).mean < 1.0
    assert found.new_person([1.0]).sd > found.person(0).sd


def test_sites_agree_with_the_dense_covariance():
    """Given tau and omega, against one big matrix."""
    r = results(n=30, n_sites=4, omega=0.8)
    found = pool(r)
    i = int(np.argmax(found.weight))
    v = np.diag(r.s**2 + found.tau[i] ** 2) + found.omega[i] ** 2 * (r.site[:, None] == r.site)
    inverse = np.linalg.inv(v)
    precision = r.w.T @ inverse @ r.w + 1 / 4
    assert found.b[i] == pytest.approx(np.linalg.solve(precision, r.w.T @ inverse @ r.d), abs=1e-10)
    assert found.b_cov[i] == pytest.approx(np.linalg.inv(precision), abs=1e-10)


def test_a_person_at_a_site_agrees_with_the_dense_covariance():
    r = results(n=30, n_sites=4, omega=0.8)
    found = pool(r)
    i = int(np.argmax(found.weight))
    shared = found.omega[i] ** 2 * (r.site[:, None] == r.site) + 4.0 + found.tau[i] ** 2 * np.eye(r.n)
    posterior = shared @ np.linalg.solve(shared + np.diag(r.s**2), r.d)
    for person in (0, 7):
        loc, _ = found._site_mean(r.w[person], int(r.site[person]))
        own = found.tau[i] ** 2 / (found.tau[i] ** 2 + r.s[person] ** 2)
        assert own * r.d[person] + (1 - own) * loc[i] == pytest.approx(posterior[person], abs=1e-9)


def test_a_new_person_at_a_new_site_is_less_sure_than_at_one_seen():
    found = pool(results(n=200, n_sites=8, omega=0.8))
    assert found.new_person([1.0]).sd > found.new_person([1.0], site=2).sd


def test_leaving_a_site_out_leaves_its_people_out():
    r = results(n=60, n_sites=3, omega=0.3)
    answer = report({"d": r.d.tolist(), "s": r.s.tolist(), "site": [f"site {s}" for s in r.site]})
    alone = pool(r.without(r.site == 1)).coefficient(0).mean
    assert answer["leave_one_site_out"][1]["mean"] == pytest.approx(alone)
    assert len(answer["leave_one_site_out"]) == 3


@pytest.mark.parametrize(
    "document",
    [
        {"d": [1.0], "s": [0.0]},
        {"d": [1.0], "s": [-1.0]},
        {"d": [1.0, 2.0], "s": [1.0]},
        {"d": [], "s": []},
        {"d": [float("nan")], "s": [1.0]},
        {"d": [1.0], "s": [float("inf")]},
        {"d": ["1"], "s": [1.0]},
        {"d": [1.0], "s": [1.0], "z": [1.0, 2.0]},
        {"d": [1.0], "s": [1.0], "site": ["a", "b"]},
        {"d": [1.0], "s": [1.0], "prior": {"tau": -1}},
        {"d": [1.0], "s": [1.0], "prior": {"mean": 0}},
        {"d": [1.0], "s": [1.0], "prior": {"sigma": 1}},
        {"d": [1.0], "s": [1.0], "weights": [1.0]},
    ],
)
def test_what_cannot_be_pooled_is_refused(document):
    with pytest.raises(InvalidInput):
        report(document)
