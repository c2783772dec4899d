"""What a run gives: numbers after each tick, the events, and tables of what events cannot say."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from coproduce.events import EventFrame
from coproduce.simulator.scenario import Scenario

_INT, _NUMBER = pl.Int64(), pl.Float64()
PEOPLE = {
    "id": _INT, "role": _INT, "site": _INT, "clinic": _INT, "patient": _INT, "condition": _INT, "joined": _INT,
    "left": _INT, "stratum": _INT, "activation": _NUMBER, "engagement": _INT, "outcome": _NUMBER,
}  # fmt: skip
SITES = {"id": _INT, "parent": _INT, "level": _INT}
RESOURCES = {
    "id": _INT, "version": _INT, "kind": _INT, "line_of_work": _INT, "topic": _INT, "author": _INT, "created": _INT,
    "quality": _NUMBER, "n_uses": _INT, "n_answers": _INT, "helped": _NUMBER, "retired": pl.Boolean(),
    "for_need": _INT, "derived_from": _INT,
}  # fmt: skip
NEEDS = {
    "id": _INT, "owner": _INT, "patient": _INT, "line_of_work": _INT, "condition": _INT, "stage": _INT, "topic": _INT,
    "stated": _INT, "deadline_days": _NUMBER, "state": pl.String(), "closed": _INT,
}  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """What the events of a run cannot say. Ids are those of its events, one space in a run; 0 is the computer.

    Topics are counted from 0 within a line of work, ticks from 0 (the start).

    - `people`: id, role, site, clinic, patient (whom they act for; themselves when they act for nobody), condition
      (tag code, -1 for staff), joined (tick), left (tick, -1 when still here), stratum (1 disadvantaged,
      0 not, -1 for staff), activation, engagement, outcome
      (at the end or on leaving; NaN for staff).
    - `sites`: id, parent (-1 at the top), level (1 site, 2 clinic).
    - `resources`: id, version (the newest), kind (0 information, 1 knowledge, 2 know-how), line_of_work, topic,
      author, created (tick), quality (true chance that it helps fully), n_uses, n_answers, helped (sum of answers),
      retired, for_need (the need it was made for, -1), derived_from (a resource, -1).
    - `needs`: id, owner, patient, line_of_work, condition, stage (of the illness, 0 just told, 1 starting treatment,
      2 flare, 3 surgery, 4 steady, 5 moving to adult care), topic, stated (tick), deadline_days (NaN when none),
      state (open, matched, used, silent, confirmed, unreachable, withdrawn, expired), closed (tick, -1 when open).
    """

    people: pl.DataFrame
    sites: pl.DataFrame
    resources: pl.DataFrame
    needs: pl.DataFrame

    @classmethod
    def none(cls) -> Tables:
        """Tables without rows, for who does not ask for any."""
        return cls(*(pl.DataFrame(schema=schema) for schema in (PEOPLE, SITES, RESOURCES, NEEDS)))


@dataclass(frozen=True)
class Result:
    """One run of a scenario.

    `series`: one row a tick (the state before the first is not in it), one float column a number of the model.
    `frame`: the events, empty when nothing was recorded. `tables`: what events cannot say.
    """

    scenario: Scenario
    seed: int
    run: int
    series: pl.DataFrame
    frame: EventFrame
    tables: Tables

    @property
    def people(self) -> pl.DataFrame:
        """Everybody who ever was a member; see Tables."""
        return self.tables.people

    @property
    def sites(self) -> pl.DataFrame:
        """Places of care, nested; see Tables."""
        return self.tables.sites

    @property
    def resources(self) -> pl.DataFrame:
        """Every resource ever made; see Tables."""
        return self.tables.resources

    @property
    def needs(self) -> pl.DataFrame:
        """Every need ever stated; see Tables."""
        return self.tables.needs
