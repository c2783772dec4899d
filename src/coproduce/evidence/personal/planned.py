"""A design as plain data: what `coproduce trial design` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from coproduce.evidence.personal.checklist import checklist
from coproduce.evidence.personal.design import Design, read_design
from coproduce.evidence.personal.outcomes import Outcome, measured
from coproduce.evidence.personal.planning import SETTLED
from coproduce.evidence.personal.power import N_SIMULATED, Expected, power, read_expected
from coproduce.evidence.personal.stopping import LEAST_CYCLES, SURE, read_safety


def planned(document: Mapping[str, Any]) -> dict[str, Any]:
    """The schedule with its seed and hash, the power of several lengths, when to stop, and the checklist so far.

    `outcome` is an object as `trial analyse` takes it, or the key of a measure of the library. Power is simulated for a
    normal outcome; it is None for others. Raises InvalidInput, naming the field.
    """
    design = read_design(document)
    found = measured(document)
    outcome, mcid = found.outcome, found.mcid
    safety = read_safety(document)
    low, high = outcome.scale or (0.0, 10.0)
    expected = read_expected(document, mcid, (high - low) / 10)
    washout = design.in_washout()
    said = dict(document) | {"outcome": {"name": outcome.name}, "mcid": mcid}
    return {
        "schedule": [
            {"day": day, "arm": design.arms[arm], "baseline": day < design.baseline_days, "washout": bool(washout[day])}
            for day, arm in enumerate(design.schedule())
        ],
        "seed": design.seed,
        "hash": design.hash(),
        "power": _power(design, outcome, mcid, expected),
        "power_assumes": asdict(expected) | {"settled_at": SETTLED, "n_simulated": N_SIMULATED},
        "stopping": {"probability": SURE, "least_cycles": LEAST_CYCLES, "safety": safety and asdict(safety)},
        "checklist": checklist(design, said),
    }  # fmt: skip


def _power(design: Design, outcome: Outcome, mcid: float, expected: Expected) -> list[dict[str, float]] | None:
    if outcome.family != "normal":
        return None
    a_cycle = len(design.arms) * design.block_days
    return [
        {"cycles": cycles, "days": design.baseline_days + cycles * a_cycle, "share": share}
        for cycles, share in power(design, outcome, mcid, expected).items()
    ]
