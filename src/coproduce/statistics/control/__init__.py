"""Control charts: a specification in; limits, signals and their named conventions out.

`chart` makes every kind but two: `funnel` compares sites at one time, `cusum` adds up small shifts. `xmr` is the chart
of the live pages. Drawing is apart, in `coproduce.figures`.
"""

from coproduce.statistics.control.chance import chance_of_signal
from coproduce.statistics.control.chart import Assurance, Chart, Phase, ShiftCandidate, assurance, chart
from coproduce.statistics.control.cusum import Cusum, CusumDesign, cusum
from coproduce.statistics.control.discovery import chart_p_values, discoveries
from coproduce.statistics.control.funnel import Funnel, FunnelKind, funnel
from coproduce.statistics.control.many import ManyCharts, many_charts
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
    "ManyCharts",
    "Phase",
    "PhaseStart",
    "Rules",
    "ShiftCandidate",
    "Signal",
    "Variant",
    "assurance",
    "chance_of_signal",
    "chart",
    "chart_p_values",
    "cusum",
    "discoveries",
    "funnel",
    "many_charts",
    "xmr",
]
