"""Data in, Vega-Lite specification and SVG out; each figure has its table and its sentence beside it."""

from coproduce.figures.bands import Line, LineWords, bands_figure
from coproduce.figures.bars import Bar, bar_figure
from coproduce.figures.control import ControlSeries, control_figure
from coproduce.figures.days import ArmLevel, Day, DaysWords, days_figure
from coproduce.figures.figure import Figure, Table
from coproduce.figures.forest import Effect, ForestWords, forest_figure
from coproduce.figures.grid import GridWords, equal_lines, grid_figure
from coproduce.figures.incidence import Curve, Words, incidence_figure
from coproduce.figures.palette import Theme
from coproduce.figures.sites import FunnelSeries, Multiples, Panel, funnel_figure, multiples_figure
from coproduce.figures.sums import SumSeries, sums_figure

__all__ = [
    "ArmLevel",
    "Bar",
    "ControlSeries",
    "Curve",
    "Day",
    "DaysWords",
    "Effect",
    "Figure",
    "ForestWords",
    "FunnelSeries",
    "GridWords",
    "Line",
    "LineWords",
    "Multiples",
    "Panel",
    "SumSeries",
    "Table",
    "Theme",
    "Words",
    "bands_figure",
    "bar_figure",
    "control_figure",
    "days_figure",
    "equal_lines",
    "forest_figure",
    "funnel_figure",
    "grid_figure",
    "incidence_figure",
    "multiples_figure",
    "sums_figure",
]
