"""The design of a sweep: which points are run, how often, and what is read off; its hash names it."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.simulator.parameters import Value
from coproduce.simulator.provenance import code_hash
from coproduce.simulator.rules import OURS
from coproduce.simulator.scenario import Scenario, load
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.factors import RULE, Factor, from_document
from coproduce.simulator.studies.runs import Job

METHODS = ("lhs", "sobol", "morris", "grid")
#: A design with more runs than this is a slip of the keyboard.
MAX_RUNS = 10_000_000


@dataclass(frozen=True)
class Design:
    """Everything that decides the numbers of a sweep, except the code.

    `fixed` are parameters set for all points. `n`: points (lhs), base points (sobol, a power of 2; n (k + 2) points for
    k factors), trajectories (morris; n (k + 1) points), levels of a number (grid). Every point is run `replicates`
    times under `seed`, with the same replicate numbers, so that points share their random numbers. `window`: outcomes
    are means over the last so many ticks.
    """

    preset: str
    fixed: Mapping[str, Value]
    ticks: int
    factors: tuple[Factor, ...]
    method: str = "lhs"
    n: int = 64
    replicates: int = 1
    seed: int = 1
    window: int = 1

    def __post_init__(self) -> None:
        allowed = {"n": (2, MAX_RUNS), "replicates": (1, 100_000), "window": (1, self.ticks), "seed": (0, 1 << 128)}
        for name, (low, high) in allowed.items():
            if not low <= getattr(self, name) <= high:
                raise InvalidInput(
                    given=f"{name} = {getattr(self, name)}", expected=f"a whole number from {low} to {high}", field=name
                )
        if self.method not in METHODS:
            raise InvalidInput(given="a design that is not known", expected="one of " + ", ".join(METHODS))
        if self.method == "sobol" and self.n & (self.n - 1):
            raise InvalidInput(
                given=f"{self.n} base points", expected="a power of 2, as Sobol's sequence needs",
                next_step=f"Try --n {1 << self.n.bit_length()}.", field="n",
            )  # fmt: skip
        both = {factor.name for factor in self.factors} & set(self.fixed)
        if both:
            raise InvalidInput(given=f"{sorted(both)[0]} both set and varied", expected="one of the two")
        if self.n_points * self.replicates > MAX_RUNS:
            raise InvalidInput(given=f"{self.n_points * self.replicates} runs", expected=f"at most {MAX_RUNS}")

    @property
    def n_points(self) -> int:
        """How many points the design has."""
        k = len(self.factors)
        if self.method == "grid":
            return int(np.prod([len(factor.levels(self.n)) for factor in self.factors]))
        return {"lhs": self.n, "sobol": self.n * (k + 2), "morris": self.n * (k + 1)}[self.method]

    @property
    def n_runs(self) -> int:
        """Points times replicates."""
        return self.n_points * self.replicates

    def scenario(self) -> Scenario:
        """The scenario that every point starts from."""
        return load(self.preset).having(**self.fixed).lasting(self.ticks)

    def unit(self) -> FloatArray:
        """The points in the unit cube, float (points, factors); for all methods but the grid."""
        return _sampled(self.method, self.problem(), self.n, self.seed)

    def problem(self) -> dict[str, Any]:
        """The factors as SALib takes them: each on the unit interval."""
        names = [factor.name for factor in self.factors]
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}

    def points(self) -> dict[str, list[Value]]:
        """The values of each factor, one a point, in the order of the design."""
        if self.method == "grid":
            crossed = list(itertools.product(*(factor.levels(self.n) for factor in self.factors)))
            return {factor.name: [point[i] for point in crossed] for i, factor in enumerate(self.factors)}
        u = self.unit()
        return {factor.name: factor.at(u[:, i]) for i, factor in enumerate(self.factors)}

    def document(self) -> dict[str, Any]:
        """The design as plain data, from which it can be made again."""
        return {**asdict(self), "fixed": dict(self.fixed), "factors": [factor.document() for factor in self.factors]}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Design:
        """The design that `document` wrote."""
        return cls(**{**document, "factors": tuple(from_document(one) for one in document["factors"])})

    @property
    def key(self) -> str:
        """The hash of the design and of the code that runs it: equal keys give the identical table."""
        text = json.dumps([self.document(), code_hash()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def job(scenario: Scenario, values: Mapping[str, Value], seed: int, run: int) -> Job:
    """One run at one point of a design."""
    plain = {name: value for name, value in values.items() if name != RULE}
    own = values.get(RULE, OURS)
    return Job(scenario.having(**plain), seed, run, () if own == OURS else (str(own),))


def _sampled(method: str, problem: dict[str, Any], n: int, seed: int) -> FloatArray:
    """Points from SALib. Sources: McKay, Beckman and Conover 1979, 10.1080/00401706.1979.10489755 (lhs); Saltelli 2002,
    10.1016/S0010-4655(02)00280-1 (sobol); Morris 1991, 10.1080/00401706.1991.10484804.
    """
    from SALib.sample import latin, morris, sobol

    samplers: dict[str, Callable[..., Any]] = {
        "lhs": latin.sample,
        "sobol": lambda p, n, seed: sobol.sample(p, n, calc_second_order=False, seed=seed),
        "morris": morris.sample,
    }
    sampled: FloatArray = np.asarray(samplers[method](problem, n, seed=seed % (1 << 32)), dtype=np.float64)
    return sampled
