"""Everything that changes needs; each action asks the policy first."""

from coproduce.network.needs.actions.answering import (
    Outcome,
    confirm_met,
    give_up_need,
    redirect_need,
    reopen_need,
    report_outcome,
    thank,
    use_offer,
    withdraw_need,
)
from coproduce.network.needs.actions.asking import ask_people, ask_person, decline_help
from coproduce.network.needs.actions.following import (
    count_silent,
    draw_lesson,
    follow_up_need,
    match_again,
)
from coproduce.network.needs.actions.helping import (
    accept,
    offer_new_resource,
    offer_resource,
    offer_self,
    reply,
)
from coproduce.network.needs.actions.stating import Chips, Wish, correct_need, go_on_with_need, state_need

__all__ = [
    "Chips",
    "Outcome",
    "Wish",
    "accept",
    "ask_people",
    "ask_person",
    "confirm_met",
    "correct_need",
    "count_silent",
    "decline_help",
    "draw_lesson",
    "follow_up_need",
    "give_up_need",
    "go_on_with_need",
    "match_again",
    "offer_new_resource",
    "offer_resource",
    "offer_self",
    "redirect_need",
    "reopen_need",
    "reply",
    "report_outcome",
    "state_need",
    "thank",
    "use_offer",
    "withdraw_need",
]
