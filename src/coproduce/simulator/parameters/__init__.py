"""Parameters: declared once as frozen typed dataclasses; their values, sources and status stand in the presets."""

from coproduce.simulator.parameters.bandit import BanditParameters
from coproduce.simulator.parameters.declare import Setting, Spec, Value, build, check, nearest, parse, require, specs
from coproduce.simulator.parameters.diffusion import DiffusionParameters
from coproduce.simulator.parameters.epistemic import PolarisationParameters, SelectiveParameters, ZollmanParameters
from coproduce.simulator.parameters.march import MarchParameters
from coproduce.simulator.parameters.network import LEVER_NAMES, NetworkParameters
from coproduce.simulator.parameters.publicgood import PublicGoodParameters

#: The parameters of any model.
Parameters = (
    NetworkParameters
    | BanditParameters
    | ZollmanParameters
    | PolarisationParameters
    | SelectiveParameters
    | MarchParameters
    | PublicGoodParameters
    | DiffusionParameters
)

#: Which parameters each model has.
DECLARED: dict[str, type[Parameters]] = {
    "network": NetworkParameters,
    "bandit": BanditParameters,
    "zollman": ZollmanParameters,
    "polarisation": PolarisationParameters,
    "selective": SelectiveParameters,
    "march": MarchParameters,
    "publicgood": PublicGoodParameters,
    "diffusion": DiffusionParameters,
}

__all__ = [
    "DECLARED",
    "LEVER_NAMES",
    "BanditParameters",
    "DiffusionParameters",
    "MarchParameters",
    "NetworkParameters",
    "Parameters",
    "PolarisationParameters",
    "PublicGoodParameters",
    "SelectiveParameters",
    "Setting",
    "Spec",
    "Value",
    "ZollmanParameters",
    "build",
    "check",
    "nearest",
    "parse",
    "require",
    "specs",
]
