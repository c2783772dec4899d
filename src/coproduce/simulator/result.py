"""What a run gives: numbers after each tick, the events, and tables of what events cannot say."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from coproduce.events import EventFrame
from coproduce.simulator.scenario import Scenario


@dataclass(frozen=True)
class Result:
    """One run of a scenario.

    `series`: one row a tick (the state before the first is not in it), one float column a number of the model.
    `frame`: the events, empty when nothing was recorded. Ids are one space in a run: 0 is the computer.

    The tables say what events cannot; topics are counted from 0 within a line of work, ticks from 0 (the start):

    - `people`: id, role, site, clinic, patient (whom they act for; themselves when they act for nobody), condition
      (tag code, -1 for staff), joined (tick), left (tick, -1 when still here), activation, engagement, outcome
      (at the end or on leaving; NaN for staff).
    - `sites`: id, parent (-1 at the top), level (1 site, 2 clinic).
    - `resources`: id, version (the newest), kind (0 information, 1 knowledge, 2 know-how), line_of_work, topic,
      author, created (tick), quality (true chance that it helps fully), n_uses, helped (sum of answers), retired,
      for_need (the need it was made for, -1), derived_from (a resource, -1).
    - `needs`: id, owner, patient, line_of_work, condition, stage (of the illness, 0 just told, 1 starting treatment,
      2 flare, 3 surgery, 4 steady, 5 moving to adult care), topic, stated (tick), deadline_days (NaN when none),
      state (name), closed (tick, -1 when open).
    """

    scenario: Scenario
    seed: int
    run: int
    series: pl.DataFrame
    frame: EventFrame
    people: pl.DataFrame
    sites: pl.DataFrame
    resources: pl.DataFrame
    needs: pl.DataFrame
