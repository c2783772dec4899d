"""Parameters of the model of a learning network: what each means, its unit and its range."""

from __future__ import annotations

from dataclasses import dataclass, fields

from coproduce.simulator.parameters.care import CareParameters
from coproduce.simulator.parameters.levers import INTENSITY, LeverParameters
from coproduce.simulator.parameters.needs import NeedsParameters
from coproduce.simulator.parameters.people import PeopleParameters
from coproduce.simulator.parameters.rules import RulesParameters

#: The levers of the network model, in order.
LEVER_NAMES: tuple[str, ...] = tuple(f.name for f in fields(LeverParameters) if f.metadata["unit"] == INTENSITY)


@dataclass(frozen=True, kw_only=True)
class NetworkParameters(LeverParameters, RulesParameters, NeedsParameters, CareParameters, PeopleParameters):
    """Every parameter of the network model; values come from a preset.

    The properties name the layers that follow from forms and levers; the others are switches of their own.
    """

    @property
    def evidence(self) -> bool:
        """Whether outcomes are kept as evidence on each treatment."""
        return self.choice_form != "gain"

    @property
    def responses_drift(self) -> bool:
        """Whether treatments change in what they do."""
        return self.response_drift > 0

    @property
    def ties_move(self) -> bool:
        """Whether ties change."""
        return self.tie_form != "fixed" or self.peer_programme > 0

    @property
    def reviews(self) -> bool:
        """Whether resources are reviewed after they were shared."""
        return self.needs and ((self.governance and self.review_form == "after") or self.resource_review > 0)

    @property
    def interventions(self) -> bool:
        """Whether any lever is pulled."""
        return any(getattr(self, name) > 0 for name in LEVER_NAMES)
