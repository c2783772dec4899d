"""The workload in mesa-frames: agents are rows of Polars frames, and a step is expressions, joins and groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

from benchmarks.simulator.peers.rules import DOWN, MAKE, SHARE, TREATMENTS, UP
from coproduce.simulator.models.bandit import TYPE_MEANS

Expressions = list[pl.Expr]


def columns(*names: str) -> list[str]:
    """One column a treatment for each of these names: n0 to n7, s0 to s7 ..."""
    return [f"{name}{k}" for name in names for k in TREATMENTS]


def by_level(values: Sequence[float]) -> pl.Expr:
    """What holds at each person's level of engagement."""
    return pl.col("engagement").replace_strict(dict(enumerate(values)), return_dtype=pl.Float64)


def sums(of: str) -> Expressions:
    """How often each treatment was chosen, and the sum of its outcomes, as n0 to n7 and s0 to s7 of somebody."""
    chosen = [pl.col("chosen") == k for k in TREATMENTS]
    return [
        *(chosen[k].sum().alias(f"{of}n{k}") for k in TREATMENTS),
        *(pl.when(chosen[k]).then(pl.col("outcome")).otherwise(0.0).sum().alias(f"{of}s{k}") for k in TREATMENTS),
    ]


def added(frame: pl.DataFrame, given: pl.DataFrame, key: str) -> pl.DataFrame:
    """The frame with the columns of `given` added to those of the same name, row by row of the same key."""
    names = [name for name in given.columns if name != key]
    joined = frame.join(given, on=key, how="left", suffix=" given", maintain_order="left")
    return joined.with_columns(pl.col(name) + pl.col(f"{name} given").fill_null(0) for name in names).select(
        frame.columns
    )


class Patients(AgentSetPolars):  # type: ignore[misc]
    """Every patient is a row."""

    def draw(self, **names: str) -> list[pl.Series]:
        """Fresh random columns: uniform, or normal, one a person."""
        drawn = {"uniform": self.model.random.random, "normal": self.model.random.standard_normal}
        return [pl.Series(name, drawn[kind](len(self.agents))) for name, kind in names.items()]

    def step(self) -> None:
        """One tick; all read what was there at its start."""
        model, a = self.model, pl.col("activation")
        before = self.agents.with_columns(
            *self.draw(need="uniform", visit="uniform", share="uniform", make="uniform", move="uniform")
        ).with_columns(pl.col("queue") + (pl.col("need") < 0.5))
        comes = (pl.col("queue") > 0) & (pl.col("visit") < 0.1 + 0.6 * a)
        visits = self.visits(before.filter(comes))
        given = visits.filter(pl.col("share") < by_level(SHARE))
        after = before.join(
            visits.select("unique_id", "chosen", "outcome"), on="unique_id", how="left", maintain_order="left"
        )
        now = [(pl.col("chosen") == k).fill_null(value=False) for k in TREATMENTS]
        after = after.with_columns(
            *(pl.col(f"n{k}") + now[k] for k in TREATMENTS),
            *(pl.when(now[k]).then(pl.col(f"s{k}") + pl.col("outcome")).otherwise(pl.col(f"s{k}")) for k in TREATMENTS),
            queue=pl.col("queue") - pl.col("chosen").is_not_null(),
            treatment=pl.coalesce("chosen", "treatment"),
        )
        after = self.moved(after)
        model.made = int((before["make"] < before.select(by_level(MAKE)).to_series()).sum())
        model.take_in(given, before, visits)
        self.agents = after.select(self.agents.columns)

    def visits(self, who: pl.DataFrame) -> pl.DataFrame:
        """The visits with treatment and outcome: Thompson's draw from own, the clinician's and shared evidence."""
        model, draw = self.model, self.model.random
        z = draw.standard_normal((9, who.height))
        known = who.with_columns(pl.Series(f"z{k}", z[k]) for k in range(9))
        known = known.join(model.clinicians, on="clinician", how="left", suffix=" theirs", maintain_order="left")
        known = known.join(model.commons, on="kind", how="left", maintain_order="left")
        scores = []
        for k in TREATMENTS:
            weight, total = 1.0 + pl.col(f"n{k}"), 0.5 + pl.col(f"s{k}")
            for of, cap in (("c", 10), ("p", 5)):
                n = pl.col(f"{of}n{k}")
                capped = pl.min_horizontal(n, pl.lit(cap))
                weight = weight + capped
                total = total + pl.when(n > 0).then(capped * pl.col(f"{of}s{k}") / n).otherwise(0.0)
            scores.append(total / weight + 0.3 / weight.sqrt() * pl.col(f"z{k}"))
        chosen = known.with_columns(chosen=pl.concat_list(scores).list.arg_max().cast(pl.Int64))
        theta = pl.concat_list(columns("theta")).list.get(pl.col("chosen"))
        return chosen.with_columns(outcome=theta + 0.3 * pl.col("z8"))

    def moved(self, people: pl.DataFrame) -> pl.DataFrame:
        """Activation and engagement of everybody, from the state at the start of the tick."""
        model, a = self.model, pl.col("activation")
        now = people.select(pl.col("unique_id").alias("other"), a.alias("theirs"))
        peers = model.ties.join(now, on="other", how="left").group_by("one").agg(pl.col("theirs").mean().alias("peers"))
        seen = people.join(peers, left_on="unique_id", right_on="one", how="left", maintain_order="left").join(
            model.clinicians.select("clinician", pl.col("activation").alias("doctor")),
            on="clinician", how="left", maintain_order="left",
        )  # fmt: skip
        lift = (
            0.10 * (pl.col("peers") - a).fill_null(0.0)
            + 0.05 * (pl.col("doctor") - a)
            + 0.01 * model.stock / (model.stock + model.n)
            + 0.04 * (pl.col("outcome") - 0.5).fill_null(0.0)
        )
        up = pl.col("move") < by_level(UP) * a
        down = pl.col("move") > 1.0 - by_level(DOWN) * (1.0 - a)
        return seen.with_columns(
            activation=(a + lift).clip(0.0, 1.0),
            engagement=pl.col("engagement") + up.cast(pl.Int64) - down.cast(pl.Int64),
        )


class Network(ModelDF):  # type: ignore[misc]
    """The network: patients as agents, and what they share as frames of the model."""

    def __init__(self, n: int, seed: int) -> None:
        super().__init__(seed)
        draw, self.n, self.stock, self.made = self.random, n, 0.0, 0
        n_clinicians = max(1, n // 100)
        nothing = {name: np.zeros(n_clinicians) for name in columns("cn", "cs")}
        self.clinicians = pl.DataFrame(
            {"clinician": np.arange(n_clinicians), "activation": draw.uniform(0.2, 0.8, n_clinicians), **nothing}
        )
        self.commons = pl.DataFrame({"kind": np.arange(4), **{name: np.zeros(4) for name in columns("pn", "ps")}})
        one, other = draw.integers(n, size=(2, 4 * n))
        self.ties = pl.DataFrame({"one": np.concatenate([one, other]), "other": np.concatenate([other, one])})
        self.agents += Patients(self).add(self.born(n, n_clinicians))
        self.rows: list[list[float]] = []

    def born(self, n: int, n_clinicians: int) -> pl.DataFrame:
        """The patients at the start."""
        draw = self.random
        kind = draw.integers(4, size=n)
        theta = TYPE_MEANS[kind] + draw.normal(0.0, 0.15, (n, 8))
        state: dict[str, Any] = {
            "unique_id": np.arange(n), "kind": kind, "clinician": draw.integers(n_clinicians, size=n),
            "activation": draw.uniform(0.2, 0.8, n), "engagement": np.zeros(n, dtype=np.int64),
            "queue": np.ones(n, dtype=np.int64), "treatment": draw.integers(8, size=n), "best": theta.argmax(axis=1),
        }  # fmt: skip
        state |= {f"theta{k}": theta[:, k] for k in TREATMENTS} | {name: np.zeros(n) for name in columns("n", "s")}
        return pl.DataFrame(state)

    def take_in(self, given: pl.DataFrame, before: pl.DataFrame, visits: pl.DataFrame) -> None:
        """What was shared enters the clinicians' and the commons' evidence; clinicians move towards their panels."""
        panels = before.group_by("clinician").agg(pl.col("activation").mean().alias("panel"))
        a = pl.col("activation")
        moved = self.clinicians.join(panels, on="clinician", how="left", maintain_order="left").with_columns(
            activation=a + 0.02 * (pl.col("panel") - a).fill_null(0.0)
        )
        self.clinicians = added(moved, given.group_by("clinician").agg(*sums("c")), "clinician").drop("panel")
        self.commons = added(self.commons, given.group_by("kind").agg(*sums("p")), "kind")
        self.encounters, outcome = visits.height, visits["outcome"].mean()
        self.mean_outcome = float("nan") if outcome is None else float(outcome)  # type: ignore[arg-type]

    def step(self) -> None:
        """One tick, and its numbers."""
        self.agents.step()
        self.stock = 0.99 * self.stock + self.made
        people = self.get_agents_of_type(Patients).agents
        levels = np.bincount(people["engagement"].to_numpy(), minlength=4).tolist()
        best = float((people["treatment"] == people["best"]).mean())
        activation = float(people["activation"].mean())
        self.rows.append([self.encounters, self.mean_outcome, best, *levels, self.stock, activation])
