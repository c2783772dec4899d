"""Numbers from events: what was needed, met, how soon, by whom; the same from the live network and a simulated one."""

from coproduce.measures.catalogue import CATALOGUE, chosen, reference_page
from coproduce.measures.change import changes
from coproduce.measures.declared import Declared
from coproduce.measures.measure import Period, Request, measure_all, timeline, timelines
from coproduce.measures.measurement import Answer, Measurement
from coproduce.measures.needs import Exit, NeedTable
from coproduce.measures.pictures import chart_figure, levels_figure, series_figure, winwin_figure
from coproduce.measures.strata import Strata
from coproduce.measures.study import Log
from coproduce.measures.tables import SCHEMAS, Tables

__all__ = [
    "CATALOGUE",
    "SCHEMAS",
    "Answer",
    "Declared",
    "Exit",
    "Log",
    "Measurement",
    "NeedTable",
    "Period",
    "Request",
    "Strata",
    "Tables",
    "changes",
    "chart_figure",
    "chosen",
    "levels_figure",
    "measure_all",
    "reference_page",
    "series_figure",
    "timeline",
    "timelines",
    "winwin_figure",
]
