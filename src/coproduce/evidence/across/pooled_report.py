"""Pooling as plain data: what `coproduce trial pool` takes and prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.across.pool import Pooled, Results, Scales, pool
from coproduce.evidence.mixture import NormalMixture
from coproduce.evidence.reading import number

_KEYS = frozenset({"d", "s", "z", "moderators", "site", "prior", "mcid"})


def read_results(document: Mapping[str, Any]) -> tuple[Results, list[str]]:
    """The results in a document, and the names of their moderators.

    d and s are lists; z one moderator's list; moderators {name: list}; site a list of names or numbers. Raises
    InvalidInput, naming the field.
    """
    if not isinstance(document, Mapping) or set(document) - _KEYS:
        raise InvalidInput(given="keys that are not known", expected="among " + ", ".join(sorted(_KEYS)))
    d, s = _list(document, "d"), _list(document, "s")
    named = dict(document.get("moderators", {}))
    if document.get("z") is not None:
        named = {"z": document["z"], **named}
    columns = [np.ones_like(d), *(_list(named, name) for name in named)]
    if any(column.shape != d.shape for column in (*columns, s)):
        raise InvalidInput(given="lists of different lengths", expected="one entry for each person")
    site = document.get("site")
    if site is not None:
        site = np.unique(np.asarray([str(value) for value in site]), return_inverse=True)[1].astype(np.int64)
        if site.shape != d.shape:
            raise InvalidInput(given="a list of another length", expected="one site for each person", field="site")
    return Results(d, s, np.column_stack(columns), site), list(named)


def read_scales(document: Mapping[str, Any]) -> Scales:
    """The prior scales of a document's `prior`: any of mean, moderator, tau, omega; raises InvalidInput."""
    given, known = document.get("prior") or {}, {field.name for field in fields(Scales)}
    if set(given) - known:
        raise InvalidInput(given="an unknown prior scale", expected="among " + ", ".join(sorted(known)), field="prior")
    for name, value in given.items():
        above = 0.0 if name in {"mean", "moderator"} else None
        number(value, f"prior.{name}", low=0.0, high=1e9, above=above)
    return Scales(**given)


def _list(document: Mapping[str, Any], name: str) -> np.ndarray:
    found = document.get(name)
    if not isinstance(found, list) or not found:
        raise InvalidInput(given=f"no usable {name}", expected="a list of numbers", field=name)
    return np.array([number(value, name) for value in found])


def report(document: Mapping[str, Any]) -> dict[str, Any]:
    """The mean effect, its spread, the moderators, each person's shrunken effect, a new person; and sites, if any.

    The new person has the moderators at 0; `prior_of_the_next_trial` is what their trial may state as its prior.
    """
    results, names = read_results(document)
    found = pool(results, read_scales(document))
    mcid = number(document.get("mcid", 0.0), "mcid", low=0.0)
    new = found.new_person([1.0, *[0.0] * len(names)])
    answer: dict[str, Any] = {
        "n": results.n,
        "mean_effect": _summary(found.coefficient(0)),
        "moderators": {name: _summary(found.coefficient(j)) for j, name in enumerate(names, start=1)},
        "between_people": _summary(found.between()),
        "people": [_summary(found.person(i)) | _sides(found.person(i), mcid) for i in range(results.n)],
        "new_person": _summary(new) | _sides(new, mcid),
        "prior_of_the_next_trial": {
            "effect": {"mean": new.mean, "sd": new.sd}, "source": f"pooled from the trials of {results.n} people",
        },
    }  # fmt: skip
    if results.site is not None:
        answer["between_sites"] = _summary(found.between("omega"))
        answer["leave_one_site_out"] = _without_each_site(results, read_scales(document))
    return answer


def _without_each_site(results: Results, scales: Scales) -> list[dict[str, float]]:
    assert results.site is not None
    sites = np.unique(results.site)
    if sites.size < 2:
        return []
    return [_summary(pool(results.without(results.site == site), scales).coefficient(0)) for site in sites]


def _summary(found: NormalMixture) -> dict[str, float]:
    return {"mean": found.mean, "sd": found.sd, "low": found.quantile(0.025), "high": found.quantile(0.975)}


def _sides(found: NormalMixture, mcid: float) -> dict[str, float]:
    return {"p_below": found.below(-mcid), "p_above": 1.0 - found.below(mcid)}


def reference(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same in the form of the reference cases: mu, gamma, tau, theta, and a new person whose moderator is 0."""
    results, names = read_results({key: document[key] for key in ("d", "s", "z") if key in document})
    found = pool(results)
    people = [found.person(i) for i in range(results.n)]
    new = found.new_person([1.0, *[0.0] * len(names)])

    def moments(mixture: NormalMixture) -> dict[str, float]:
        return {"mean": mixture.mean, "sd": mixture.sd}

    return {
        "mu": moments(found.coefficient(0)), **_gamma(found, names), "tau": moments(found.between()),
        "theta_mean": [person.mean for person in people], "theta_sd": [person.sd for person in people],
        "p_theta_lt0": [person.below(0.0) for person in people],
        "p_theta_lt_minus_half": [person.below(-0.5) for person in people],
        "new_patient_z0": {"p_lt0": new.below(0.0), **moments(new)},
    }  # fmt: skip


def _gamma(found: Pooled, names: list[str]) -> dict[str, Any]:
    return {"gamma": {"mean": found.coefficient(1).mean, "sd": found.coefficient(1).sd}} if names else {}
