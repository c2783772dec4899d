"""Knock-outs: how much of an effect passes through the commons, peers, clinicians or know-how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.parameters import Value, nearest
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.runs import Done, outcomes
from coproduce.simulator.studies.spans import Span, mean_span, span

#: Each path and the switches that bar it; off means that nothing passes.
PATHS: Mapping[str, tuple[str, ...]] = {
    "commons": ("commons_in_choice", "commons_in_needs"),
    "peers": ("peers_in_activation",),
    "clinicians": ("clinicians_in_activation",),
    "know-how": ("know_how_in_help",),
}


@dataclass(frozen=True)
class Path:
    """The effect with one path barred, and the share of the whole effect that is gone with it.

    Shares of several paths need not add to 1: a path may need another, or stand in for it. `share` is None when the
    whole effect cannot be told from nothing.
    """

    name: str
    barred: Span
    share: Span | None


@dataclass(frozen=True)
class Explanation:
    """An effect on an outcome, and through which paths it passes."""

    outcome: str
    change: Mapping[str, Value]
    before: Span
    after: Span
    effect: Span
    paths: tuple[Path, ...]
    replicates: int


def paths_of(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The paths that this model can bar, and their switches."""
    known = scenario.specs()
    found = {path: tuple(switch for switch in switches if switch in known) for path, switches in PATHS.items()}
    return {path: switches for path, switches in found.items() if switches}


def knock_out(
    scenario: Scenario,
    change: Mapping[str, Value],
    outcome: str,
    *,
    paths: Sequence[str] | None = None,
    replicates: int = 20,
    seed: int = 1,
    window: int = 1,
    workers: int = 1,
    done: Done | None = None,
) -> Explanation:
    """How a change of parameters moves an outcome, and how much of that is left with each path barred.

    The same change is made in the model as it is and in the model with one path barred (on both sides of the change),
    all under common random numbers; intervals come from resampling replicates.

    Raises InvalidInput for an unknown path, parameter or outcome, and for a model without paths.
    """
    bars = paths_of(scenario)
    chosen = list(bars) if paths is None else list(paths)
    for path in chosen:
        if path not in bars:
            raise InvalidInput(
                given=f"a path called {path[:40]}", expected="one of " + (", ".join(bars) or "none in this model"),
                next_step=nearest(path, bars), field="path",
            )  # fmt: skip
    barred = [scenario.having(**dict.fromkeys(bars[path], False)) for path in chosen]
    pairs = [side for base in (scenario, *barred) for side in (base, base.having(**change))]
    found = outcomes(
        pairs, columns=[outcome], seed=seed, replicates=replicates, window=window, workers=workers, done=done
    )[:, :, 0]
    effects = found[1::2] - found[::2]
    whole = mean_span(effects[0], seed, "effect")
    told = tuple(
        Path(path, mean_span(effects[i], seed, "effect"), _share(effects[[0, i]], whole, seed))
        for i, path in enumerate(chosen, start=1)
    )
    before, after = (mean_span(side, seed, "level") for side in found[:2])
    return Explanation(outcome, dict(change), before, after, whole, told, replicates)


def _share(effects: FloatArray, whole: Span, seed: int) -> Span | None:
    if not np.isfinite(whole.value) or whole.includes(0.0):
        return None
    return span(effects, lambda runs: 1.0 - runs[:, 1].mean(axis=-1) / runs[:, 0].mean(axis=-1), seed, "share")


def n_runs(scenario: Scenario, replicates: int, paths: Sequence[str] | None = None) -> int:
    """How many runs a knock-out takes."""
    n_paths = len(paths_of(scenario) if paths is None else paths)
    return 2 * (1 + n_paths) * replicates


def document(found: Explanation) -> dict[str, object]:
    """The explanation as plain data."""
    return {
        "outcome": found.outcome, "change": dict(found.change), "replicates": found.replicates,
        "before": found.before.document(), "after": found.after.document(), "effect": found.effect.document(),
        "paths": [
            {"path": path.name, "effect_barred": path.barred.document(),
             "share": None if path.share is None else path.share.document()}
            for path in found.paths
        ],
    }  # fmt: skip


def knock_out_figure(found: Explanation) -> Figure:
    """The whole effect, and what is left of it with each path barred."""
    change = ", ".join(f"{name} = {value}" for name, value in found.change.items())
    effects = [
        Effect("nothing barred", found.effect.value, found.effect.low, found.effect.high),
        *(Effect(f"{path.name} barred", path.barred.value, path.barred.low, path.barred.high) for path in found.paths),
    ]
    shares = [(path.name, path.share) for path in found.paths if path.share is not None]
    if shares:
        name, share = max(shares, key=lambda pair: pair[1].value)
        title = f"{share.value:.0%} of the effect on {found.outcome} passes through {name}"
    else:
        title = f"The change moves {found.outcome} by no more than chance"
    told = "; ".join(f"{name} {share.said('.0%')}" for name, share in shares) or "no share can be told"
    words = ForestWords(
        title=title,
        summary=f"With {change}, {found.outcome} moves by {found.effect.said()}. Share that is gone with a path "
        f"barred: {told} ({found.replicates} pairs of runs with common random numbers, 95 % intervals).",
        x=f"Effect on {found.outcome}",
        reference=0.0,
    )
    return forest_figure(effects, words)
