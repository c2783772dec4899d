"""The rules that come in several forms; a parameter names the form, the first is the reference."""

from __future__ import annotations

import numpy as np

from coproduce.simulator.streams import FloatArray

_PEER_PULL = {"upward": "up", "threshold": "up", "complex": "up", "symmetric": "both"}


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


def combined(form: str, brought: FloatArray, shared: FloatArray | float) -> FloatArray:
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


def bonus(form: str, rows: FloatArray, z: FloatArray, optimism: float) -> FloatArray | float:
    """Standard errors that a pair adds to what it knows of a treatment before it ranks them.

    A draw of a normal, given as `z` (thompson), as many as UCB1 says for so many `rows` (ucb), or none.
    """
    match form:
        case "thompson":
            return z
        case "ucb":
            errors: FloatArray = optimism * np.sqrt(2.0 * np.log(rows.sum(axis=1, keepdims=True)))
            return errors
        case _:
            return 0.0


def made(form: str, fullness: FloatArray, threshold: float) -> FloatArray:
    """The part of the most information that a visit with this f(a, b) makes."""
    return np.where(fullness >= threshold, fullness, 0.0) if form == "threshold" else fullness


def kept(form: str, given: FloatArray, held: float, half: float, ceiling: float) -> FloatArray:
    """What the commons keeps of the rows that are given to it when it holds so many.

    `duplicates`: a row repeats what is there with the chance S / (S + S_h); `ceiling`: up to what the registry holds.
    """
    match form:
        case "duplicates":
            return given * (half / (held + half))
        case "ceiling":
            total = float(given.sum())
            return given * min(1.0, max(0.0, ceiling - held) / total) if total > 0.0 else given
        case _:
            return given


def peers_suffice(form: str, ahead: FloatArray, number: FloatArray, threshold: float, reinforcement: int) -> FloatArray:
    """1 where enough of a person's ties are ahead for them to pull, else 0; `ahead` of `number` ties are.

    Sources: Granovetter 1978, 10.1086/226707 (threshold: a share); Centola and Macy 2007, 10.1086/521848 (complex
    contagion: several sources).
    """
    enough = ahead >= (threshold * number if form == "threshold" else reinforcement)
    return enough.astype(np.float64)


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
    return pair_pull(_PEER_PULL.get(form, "none"), gap)


def visit_chance(form: str, period: float, outcome: FloatArray) -> FloatArray:
    """Chance of a visit in a tick, for the forms that draw it; `unwell` doubles it from the best to the worst outcome.

    With `unwell`, the chance at an outcome of 0.5 is that of `bernoulli`.
    """
    factor = (4.0 - 2.0 * outcome) / 3.0 if form == "unwell" else np.ones_like(outcome)
    chance: FloatArray = np.minimum(1.0, factor / period)
    return chance
