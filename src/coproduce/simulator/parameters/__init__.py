"""Parameters: declared once as frozen typed dataclasses; their values, sources and status stand in the presets."""

from coproduce.simulator.parameters.bandit import BanditParameters
from coproduce.simulator.parameters.declare import Setting, Spec, Value, build, check, nearest, parse, require, specs
from coproduce.simulator.parameters.network import NetworkParameters

#: Which parameters each model has.
DECLARED: dict[str, type[NetworkParameters] | type[BanditParameters]] = {
    "network": NetworkParameters,
    "bandit": BanditParameters,
}

__all__ = [
    "DECLARED",
    "BanditParameters",
    "NetworkParameters",
    "Setting",
    "Spec",
    "Value",
    "build",
    "check",
    "nearest",
    "parse",
    "require",
    "specs",
]
