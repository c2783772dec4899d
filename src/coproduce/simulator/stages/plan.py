"""The order of a tick as data: what each step does, which layer it belongs to, which random streams it draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.stages import learned, matched, moved, outcome, shared, stated, used
from coproduce.simulator.state import World


@dataclass(frozen=True)
class Step:
    """One step of a tick."""

    stage: str
    do: Callable[[World], None]
    layer: str = ""
    streams: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name, that of its function."""
        return self.do.__name__

    @property
    def says(self) -> str:
        """What it does, the first line of its function's docstring."""
        return (self.do.__doc__ or "").strip().splitlines()[0]


STAGES: tuple[Step, ...] = (
    Step("stated", stated.illness_moves, "needs", ("illness",)),
    Step("stated", stated.needs_arise, "needs", ("need", "need.line", "need.topic", "need.deadline")),
    Step("matched", matched.look_in_commons, "needs", ("search", "find")),
    Step("matched", matched.ask_people, "needs", ("ask", "ask.route", "ask.pick", "willing")),
    Step("matched", matched.make_for_needs, "needs", ("make.who", "make", "make.quality", "make.kind")),
    Step("used", used.visits_held, "", ("visit",)),
    Step("used", used.resources_used, "needs", ("use",)),
    Step("outcome", outcome.treatment_chosen, "", ("choice", "uptake")),
    Step("outcome", outcome.response_observed, "", ("response", "survey")),
    Step("outcome", outcome.needs_answered, "needs",
         ("barrier", "barrier.reason", "report", "help", "confirm", "withdraw")),
    Step("outcome", outcome.followed_up, "needs",
         ("follow-up", "help.late", "confirm.late", "withdraw.late", "withdraw.waiting")),
    Step("outcome", outcome.thanks_given, "needs", ("thanks",)),
    Step("learned", learned.information_made),
    Step("learned", learned.knowledge_codified),
    Step("learned", learned.lessons_drawn, "needs", ("lesson",)),
    Step("shared", shared.resources_shared, "needs", ("give", "revise", "write", "lesson.quality", "lesson.kind")),
    Step("shared", shared.resources_made, "needs",
         ("unasked", "unasked.line", "unasked.topic", "unasked.quality", "unasked.kind")),
    Step("shared", shared.commons_ages, "needs"),
    Step("shared", moved.activation_moves),
    Step("shared", moved.engagement_moves, "engagement", ("engagement",)),
    Step("shared", moved.people_come_and_go, "turnover",
         ("leave", "enter", "enter.activation", "enter.phenotype", "enter.treatment", "enter.condition",
          "enter.knows")),
)  # fmt: skip


def active(p: NetworkParameters) -> tuple[Step, ...]:
    """The steps of the layers that are on; a layer that is off leaves no trace in a tick."""
    return tuple(step for step in STAGES if not step.layer or getattr(p, step.layer))
