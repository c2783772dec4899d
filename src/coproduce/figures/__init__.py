"""Data in, Vega-Lite specification and SVG out; each figure has its table and its sentence beside it."""

from coproduce.figures.bars import Bar, bar_figure
from coproduce.figures.control import ControlSeries, control_figure
from coproduce.figures.figure import Figure, Table
from coproduce.figures.incidence import Curve, Words, incidence_figure
from coproduce.figures.palette import Theme

__all__ = [
    "Bar",
    "ControlSeries",
    "Curve",
    "Figure",
    "Table",
    "Theme",
    "Words",
    "bar_figure",
    "control_figure",
    "incidence_figure",
]
