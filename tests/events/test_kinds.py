"""The vocabulary: stable codes in blocks, past tense, and no column that could hold somebody's words."""

from dataclasses import fields
from itertools import pairwise

import pytest

from coproduce.errors import InvalidInput
from coproduce.events import ABSENT, BLOCKS, KINDS, NAMES, SCHEMA, Event, event, kinds

EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda k: k.__name__)
NUMBERS = {"int", "float"}
#: What happened, told without a final -ed.
IRREGULAR = (
    "ActedFor", "HandedOver", "NeedFollowedUp", "NeedUnreachable", "Left", "Shown", "Held", "Made", "Cast", "Given",
    "Set", "Drawn", "Withdrawn", "Done", "Read",
)  # fmt: skip


@EVERY
def test_a_kind_holds_numbers_only(kind):
    assert {f.type for f in fields(kind)} <= NUMBERS
    assert not [name for name in SCHEMA if not SCHEMA[name].is_numeric()]


@EVERY
def test_a_kind_says_what_it_means_and_who_acts(kind):
    meaning = kind.meaning
    assert meaning.says.endswith(".")
    assert meaning.actor
    assert bool(meaning.unit) <= bool(meaning.value)


@EVERY
def test_a_kind_is_named_in_the_past_tense(kind):
    assert kind.__name__.endswith(("ed", *IRREGULAR))


@EVERY
def test_a_code_lies_in_its_block_and_fits_a_byte(kind):
    low, high = BLOCKS[kind.meaning.block]
    assert low <= kind.meaning.code <= high <= 255
    assert NAMES[kind.__name__] is kind


def test_blocks_do_not_overlap():
    assert all(high < low for (_, high), (low, _) in pairwise(sorted(BLOCKS.values())))


def test_the_codes_that_files_already_hold_stay_what_they_are():
    codes = {
        "Joined": 1,
        "NeedStated": 30,
        "NeedConfirmed": 39,
        "Thanked": 76,
        "EncounterHeld": 110,
        "StockMeasured": 240,
    }
    assert {name: NAMES[name].meaning.code for name in codes} == codes


def test_the_kinds_of_the_design_are_all_there():
    named = (
        "Joined Left RoleGranted RoleEnded Invited Connected TeamStarted TeamJoined TaskDone SurveyAnswered NeedStated "
        "NeedClarified ResourceMatched PersonMatched ResourceShown Replied ResourceOpened ResourceUsed OutcomeReported "
        "NeedConfirmed NeedUnreachable NeedWithdrawn NeedRedirected NeedExpired NeedReopened ResourceCreated "
        "ResourceRevised ResourceShared ResourceRetired OwnerAssigned ReviewDateSet Thanked Rated Reviewed Graded "
        "ConcernRaised Corrected AuditRated ReadabilityMeasured EditSurvivalMeasured EncounterHeld TreatmentStarted "
        "DecisionMade TrialStarted ObservationRecorded TrialConcluded LessonDrawn ActivationMeasured MeasureObserved "
        "AimSet CycleStarted CycleStudied InterventionStarted ConsentGiven ConsentWithdrawn ProposalMade VoteCast "
        "RuleEnacted Sanctioned Appealed AppealDecided StockMeasured"
    )
    assert set(named.split()) <= set(NAMES)


def test_absent_columns_are_minus_one_and_values_nan():
    stated = kinds.NeedStated(time=0, actor=1)
    assert (stated.subject, stated.object, stated.site, stated.cause) == (ABSENT,) * 4
    assert stated.value != stated.value


@pytest.mark.parametrize("code", [30, 0, 256, 239])
def test_a_code_that_is_taken_or_lies_in_no_block_is_refused(code):
    declare = event.kind(code, "A thing happened.", actor="somebody")
    with pytest.raises(InvalidInput, match="free code"):
        declare(type("ThingHappened", (Event,), {}))
    assert "ThingHappened" not in NAMES
