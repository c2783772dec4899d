"""The rules that come in several forms; a parameter names the form, the first is the reference."""

from __future__ import annotations

import numpy as np

from coproduce.simulator.streams import FloatArray


def information(form: str, a: FloatArray, b: FloatArray) -> FloatArray:
    """f(a, b): what a patient with activation a and a clinician with activation b make of a visit, in [0, 1]."""
    match form:
        case "mean":
            made = (a + b) / 2.0
        case "min":
            made = np.minimum(a, b)
        case "product":
            made = a * b
        case _:
            made = np.sqrt(a * b)
    return made


def combined(form: str, brought: FloatArray, shared: float) -> FloatArray:
    """G(I, kappa): information brought and shared knowledge together, in [0, 1]."""
    match form:
        case "product":
            total = brought * shared
        case "substitutes":
            total = 1.0 - (1.0 - brought) * (1.0 - shared)
        case _:
            total = brought + shared
    clipped: FloatArray = np.clip(total, 0.0, 1.0)
    return clipped


def pair_pull(form: str, gap: FloatArray) -> FloatArray:
    """The part of a gap in activation (other minus own) that moves a person."""
    match form:
        case "down":
            pull = np.minimum(gap, 0.0)
        case "up":
            pull = np.maximum(gap, 0.0)
        case "none":
            pull = np.zeros_like(gap)
        case _:
            pull = gap
    return pull


def peer_pull(form: str, gap: FloatArray) -> FloatArray:
    """The part of a gap to a peer's activation (peer minus own) that moves a person."""
    return pair_pull({"upward": "up", "symmetric": "both"}.get(form, "none"), gap)


def visit_chance(form: str, period: float, outcome: FloatArray) -> FloatArray:
    """Chance of a visit in a tick, for the forms that draw it; `unwell` doubles it from the best to the worst outcome.

    With `unwell`, the chance at an outcome of 0.5 is that of `bernoulli`.
    """
    factor = (4.0 - 2.0 * outcome) / 3.0 if form == "unwell" else np.ones_like(outcome)
    chance: FloatArray = np.minimum(1.0, factor / period)
    return chance
