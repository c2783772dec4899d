"""Numbers from events: what was needed, met, how soon, by whom; the same from the live network and a simulated one.

What counts comes with SciPy and Numba, 90 MB and 0.8 s of start; it is loaded when it is first asked for, so that
a web process, which shows numbers that were counted elsewhere, never does.
"""

from typing import TYPE_CHECKING

from coproduce.measures.catalogue import CATALOGUE, chosen, reference_page
from coproduce.measures.declared import Declared

if TYPE_CHECKING:
    from coproduce.measures.change import changes
    from coproduce.measures.measure import Period, Request, measure_all, timeline, timelines
    from coproduce.measures.measurement import Answer, Measurement
    from coproduce.measures.needs import Exit, NeedTable
    from coproduce.measures.pictures import chart_figure, levels_figure, series_figure, winwin_figure
    from coproduce.measures.strata import Strata
    from coproduce.measures.study import Log
    from coproduce.measures.tables import SCHEMAS, Tables
else:
    from importlib import import_module

    _COUNTING = ("change", "measure", "measurement", "needs", "pictures", "strata", "study", "tables")

    def __getattr__(name: str) -> object:
        for part in _COUNTING if name in __all__ else ():
            found = vars(import_module(f"{__name__}.{part}")).get(name)
            if found is not None:
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
