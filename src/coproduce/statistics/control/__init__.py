"""Control charts: a specification in; limits, signals and their named conventions out.

`chart` makes every kind but two: `funnel` compares sites at one time, `cusum` adds up small shifts. `xmr` is the chart
of the live pages. Drawing is apart, in `coproduce.figures`.
"""

from coproduce.statistics.control.chart import Assurance, Chart, Phase, ShiftCandidate, assurance, chart
from coproduce.statistics.control.cusum import Cusum, CusumDesign, cusum
from coproduce.statistics.control.funnel import Funnel, FunnelKind, funnel
from coproduce.statistics.control.rules import Signal
from coproduce.statistics.control.runs import Variant
from coproduce.statistics.control.spec import ChartSpec, Factor, Kind, PhaseStart, Rules
from coproduce.statistics.control.xmr import NHS, ControlChart, Convention, xmr

__all__ = [
    "NHS",
    "Assurance",
    "Chart",
    "ChartSpec",
    "ControlChart",
    "Convention",
    "Cusum",
    "CusumDesign",
    "Factor",
    "Funnel",
    "FunnelKind",
    "Kind",
    "Phase",
    "PhaseStart",
    "Rules",
    "ShiftCandidate",
    "Signal",
    "Variant",
    "assurance",
    "chart",
    "cusum",
    "funnel",
    "xmr",
]
