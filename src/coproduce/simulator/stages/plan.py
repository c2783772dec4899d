"""The order of a tick as data: what each step does, which layer it belongs to, which random streams it draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.stages import (
    care,
    governed,
    learned,
    levers,
    matched,
    moved,
    outcome,
    review,
    shared,
    stated,
    stocks,
    tied,
    used,
)
from coproduce.simulator.state import World


@dataclass(frozen=True)
class Step:
    """One step of a tick."""

    stage: str
    do: Callable[[World], None]
    #: The layer it belongs to, or several joined by +, all of which must be on; nothing for a step always taken.
    layer: str = ""
    streams: tuple[str, ...] = ()
    #: Kernels of the fast engine that it calls, apart from those that draw; a test holds this to what is called.
    kernels: tuple[str, ...] = ()

    @property
    def compiled(self) -> tuple[str, ...]:
        """What of it is compiled on the fast engine: its draws, if any, and these kernels; the rest is NumPy."""
        return (("draws",) if self.streams else ()) + self.kernels

    @property
    def name(self) -> str:
        """Its name, that of its function."""
        return self.do.__name__

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that must be on, by the name of the parameter or property that says so."""
        return tuple(self.layer.split("+")) if self.layer else ()

    @property
    def says(self) -> str:
        """What it does, the first line of its function's docstring."""
        return (self.do.__doc__ or "").strip().splitlines()[0]


def _making(name: str) -> tuple[str, ...]:
    """The streams that are drawn when resources are made by this decision."""
    return tuple(f"{name}.{part}" for part in ("quality", "kind", "wrong", "review", "reviewer"))


STAGES: tuple[Step, ...] = (
    Step("stated", levers.interventions_start, "interventions"),
    Step("stated", stated.illness_moves, "needs", ("illness",)),
    Step("stated", stated.needs_arise, "needs", ("need", "need.line", "need.topic", "need.deadline")),
    Step("matched", matched.look_in_commons, "needs", ("search", "access.search", "find")),
    Step("matched", matched.ask_people, "needs", ("ask", "ask.route", "ask.pick", "willing")),
    Step("matched", matched.make_for_needs, "needs", ("make.who", "make", *_making("make"))),
    Step("used", used.visits_held, "", ("visit", "access")),
    Step("used", used.resources_used, "needs", ("use",)),
    Step("outcome", care.responses_drift, "responses_drift", ("drift",)),
    Step("outcome", care.treatment_chosen, "", ("choice", "choice.arm", "uptake"),
         ("best_of", "lend_to")),
    Step("outcome", care.response_observed, "", ("response", "survey"), ("step_to",)),
    Step("outcome", outcome.needs_answered, "needs",
         ("barrier", "barrier.reason", "report", "help", "confirm", "withdraw")),
    Step("outcome", outcome.followed_up, "needs",
         ("follow-up", "help.late", "confirm.late", "withdraw.late", "withdraw.waiting")),
    Step("outcome", outcome.thanks_given, "needs", ("thanks",)),
    Step("learned", stocks.outcomes_noted, "evidence", ("noted",)),
    Step("learned", stocks.information_made, "", ("error",)),
    Step("learned", stocks.knowledge_codified),
    Step("learned", stocks.wrong_spreads, "misinformation"),
    Step("learned", stocks.trust_learned, "misinformation"),
    Step("learned", learned.lessons_drawn, "needs", ("lesson",)),
    Step("shared", shared.resources_shared, "needs", ("give", "withhold", "revise", "write", *_making("lesson")),
         ("above",)),
    Step("shared", shared.resources_made, "needs",
         ("unasked", "unasked.line", "unasked.topic", *_making("unasked"))),
    Step("shared", review.resources_reviewed, "reviews", ("review", "review.find", "reviewer")),
    Step("shared", review.resources_retracted, "needs+misinformation", ("retract",)),
    Step("shared", governed.contributions_watched, "needs+governance", ("watch", "watch.gave")),
    Step("shared", governed.rules_voted, "needs+governance", ("vote",)),
    Step("shared", shared.commons_ages, "needs"),
    Step("shared", tied.ties_move, "ties_move",
         ("rewire", "rewire.place", "rewire.who", "homophily", "homophily.place", "homophily.who", "closure",
          "closure.friend", "closure.who", "closure.place", "introduce", "introduce.one", "introduce.other",
          "introduce.place", "project", "project.who", "project.topic", "project.place"), ("tie_between",)),
    Step("shared", moved.activation_moves, kernels=("pull_on", "let_go", "drift_to")),
    Step("shared", moved.engagement_moves, "engagement", ("engagement", "drop-out"), ("above",)),
    Step("shared", moved.people_come_and_go, "turnover",
         ("leave", "enter", "enter.activation", "enter.stratum", "enter.phenotype", "enter.tilt", "enter.treatment",
          "enter.response", "enter.condition", "enter.knows", "enter.giver", "enter.minutes", "enter.intransigent",
          "leave.staff"), ("respond",)),
)  # fmt: skip


def active(p: NetworkParameters) -> tuple[Step, ...]:
    """The steps of the layers that are on; a layer that is off leaves no trace in a tick."""
    return tuple(step for step in STAGES if all(getattr(p, layer) for layer in step.layers))
