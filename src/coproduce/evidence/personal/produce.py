"""Documents of the PRODUCE app: what it showed to families, and beside it the answer that knows autocorrelation.

A document has blocks of baseline, strict and liberalized diet in the order they were lived, each with the daily stools
and the weekly scores of a parent and of a child. After each switch seven days, or one weekly score, are left out.

Source: Kaplan et al. 2022, 10.14309/ajg.0000000000001800.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput, NotComputable
from coproduce.evidence.arrays import Floats
from coproduce.evidence.personal.analysis import FEW, Zones
from coproduce.evidence.personal.independent import ByArm, Difference, by_arm
from coproduce.evidence.personal.report import report
from coproduce.evidence.personal.words import percent
from coproduce.evidence.reading import number

#: From this age on a person's own answers are used, below it the parent's.
OWN_ANSWERS_FROM = 14
#: The letters by which the app's answer names its arms.
LETTER = {"baseline": "baseline", "strict": "A", "liberalized": "B"}
#: Every pair of arms, the second the reference, in the order of the app's answer.
PAIRS = (("strict", "baseline"), ("liberalized", "baseline"), ("strict", "liberalized"))
_WEEK = 7
_RATIOS, _POINTS = (0.9, 1.1), (-2.9, 2.9)


@dataclass(frozen=True, slots=True)
class Kind:
    """One outcome of the app: where its numbers stand, their range and family, how many days a number stands for, and
    between which thresholds two arms are about the same (ratios; differences when normal). Lower is better."""

    name: str
    where: tuple[str, ...]
    range: tuple[float, float]
    family: str
    link: str
    days: int
    thresholds: tuple[float, float]

    @property
    def washout(self) -> int:
        """Numbers left out after a switch: a week of them."""
        return _WEEK // self.days

    def read(self, response: Mapping[str, Any], field: str) -> list[float]:
        """The numbers of one block, NaN where missing; raises InvalidInput, naming the field."""
        found: Any = response
        for part in self.where:
            field = f"{field}.{part}"
            found = found.get(part) if isinstance(found, Mapping) else None
        if not isinstance(found, list):
            raise InvalidInput(given=f"no list for {field}", expected="numbers, or null where missing", field=field)
        return [self._number(one, f"{field}[{i}]") for i, one in enumerate(found)]

    def _number(self, found: object, field: str) -> float:
        if found is None:
            return math.nan
        value = number(found, field, low=self.range[0], high=self.range[1])
        if self.family != "normal" and value != int(value):
            raise InvalidInput(given=f"{value:g} for {field}", expected="a whole number", field=field)
        # Consistency is on the Bristol scale; the app counts hard (1) and watery (7) stools.
        return float(value in {1.0, 7.0}) if self.family == "binary" else value


KINDS = (
    Kind("stool_frequency", ("daily_stool_frequency",), (0, 100), "count", "poisson", 1, _RATIOS),
    Kind("stool_consistency", ("daily_stool_consistency",), (1, 7), "binary", "binomial", 1, _RATIOS),
    Kind("pain_interference", ("promis_pain_interference", "t-score"), (0, 100), "normal", "normal", _WEEK, _POINTS),
    Kind("gi_symptoms", ("promis_gi_symptoms", "t-score"), (0, 100), "normal", "normal", _WEEK, _POINTS),
)


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of an arm: the numbers of each outcome, those within the washout missing."""

    arm: str
    first_day: int
    values: Mapping[str, list[float]]


def is_produce(document: Mapping[str, Any]) -> bool:
    """Whether a document is one of the app, and not a trial of our own form."""
    return "data" in document and "days" not in document


def chosen(document: Mapping[str, Any], respondent: str | None) -> str:
    """Whose answers are analysed: as asked, otherwise by age. Raises InvalidInput for an age that is no number."""
    if respondent is not None:
        return respondent
    about = document.get("metadata")
    age = about.get("user_age", 0) if isinstance(about, Mapping) else 0
    return "child" if number(age, "metadata.user_age") >= OWN_ANSWERS_FROM else "parent"


def read_blocks(document: Mapping[str, Any], who: str) -> list[Block]:
    """The blocks of a document with the answers of "parent" or "child"; after a switch a week is missing.

    Raises InvalidInput, naming the field; also for an arm without a number of one outcome outside the washout.
    """
    rows = document.get("data")
    # By str(), as a list is no key that could be looked up.
    if not isinstance(rows, list) or not all(
        isinstance(row, Mapping) and str(row.get("treatment")) in LETTER for row in rows
    ):
        raise InvalidInput(
            given="a document without blocks of baseline, strict and liberalized",
            expected="the input of the PRODUCE app", field="data",
        )  # fmt: skip
    if {row["treatment"] for row in rows} != set(LETTER):
        raise InvalidInput(
            given="fewer than three arms", expected="baseline, strict and liberalized", field="data.treatment"
        )
    found: list[Block] = []
    day = 0
    for i, row in enumerate(rows):
        response = row.get(f"{who}_response")
        read = {kind.name: kind.read(response, f"data[{i}].{who}_response") for kind in KINDS}
        switched = bool(found) and found[-1].arm != row["treatment"]
        found.append(Block(row["treatment"], day, _without_washout(read) if switched else read))
        day += max(len(read[kind.name]) * kind.days for kind in KINDS)
    for kind in KINDS:
        _refuse_empty(kind, _by_arm(kind, found))
    return found


def as_shown(document: Mapping[str, Any], respondent: str | None) -> dict[str, Any]:
    """The analysis that the app showed to families, by outcome, in the form of its stored answer.

    `respondent` is "parent" or "child"; None takes the child's own answers from the age of 14 on, as the app did.
    `mcmc_draws` is 0: nothing is drawn. Raises InvalidInput, naming the field.
    """
    blocks = read_blocks(document, chosen(document, respondent))
    answer = {}
    for kind in KINDS:
        values = _by_arm(kind, blocks)
        answer[kind.name] = _shown(kind, values, by_arm(kind.family, values, kind.thresholds))
    return answer


def beside(
    document: Mapping[str, Any], respondent: str | None, done: Callable[[int], None] = lambda n: None
) -> dict[str, Any]:
    """For each outcome and each pair of arms: what the app showed, and what is so when days hang together.

    The same numbers go into both. What matters is the app's threshold: 2.9 points, or a tenth of the reference's mean.
    `prior_decides` says that an arm of the pair has fewer than five numbers. A pair of which the sampler does not
    settle has `days_hang_together` None and `not_computable`. `done` is called with 1 after
    each of the four outcomes. Raises InvalidInput, naming the field.
    """
    who = chosen(document, respondent)
    blocks = read_blocks(document, who)
    outcomes = {}
    for kind in KINDS:
        outcomes[kind.name] = both(kind, blocks)
        done(1)
    return {"respondent": who, "outcomes": outcomes}


def both(kind: Kind, blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """One outcome's answers, for each pair of arms; the form of `beside`."""
    values = _by_arm(kind, blocks)
    independent = by_arm(kind.family, values, kind.thresholds).difference
    # One analysis for each reference: an effect is always told against the first arm.
    against = {"baseline": ("baseline", "strict", "liberalized"), "liberalized": ("liberalized", "strict", "baseline")}
    told = {reference: _told(kind, blocks, arms, values[reference]) for reference, arms in against.items()}
    return [_pair(kind, values, (one, other), independent[one, other], told[other]) for one, other in PAIRS]


def in_words(answer: Mapping[str, Any]) -> str:
    """The answer of `beside`, a line or two for each outcome and pair of arms."""
    return "\n".join(
        f"{name.replace('_', ' ')}, {pair['arm']} against {pair['reference']}. {_sentence(pair)}"
        for name, pairs in answer["outcomes"].items()
        for pair in pairs
    )


def _without_washout(read: Mapping[str, list[float]]) -> dict[str, list[float]]:
    return {
        kind.name: [math.nan if i < kind.washout else value for i, value in enumerate(read[kind.name])]
        for kind in KINDS
    }  # fmt: skip


def _by_arm(kind: Kind, blocks: Sequence[Block]) -> dict[str, Floats]:
    """The numbers of each arm, the missing ones dropped."""
    return {arm: _numbers(b.values[kind.name] for b in blocks if b.arm == arm) for arm in LETTER}


def _refuse_empty(kind: Kind, values: Mapping[str, Floats]) -> None:
    for arm, found in values.items():
        if not found.size:
            raise InvalidInput(
                given=f"no number of {kind.name} with {arm} outside the washout", expected="at least one", field="data"
            )


def _numbers(lists: Iterable[list[float]]) -> Floats:
    return np.array([value for values in lists for value in values if not math.isnan(value)], dtype=np.float64)


def _shown(kind: Kind, values: Mapping[str, Floats], found: ByArm) -> dict[str, Any]:
    coefficient = {"baseline": "alpha", "strict": "bA", "liberalized": "bB", "precision": "prec"}
    return {
        "family": kind.link,
        "n_used": sum(v.size for v in values.values()),
        "n_by_arm": {LETTER[arm]: int(v.size) for arm, v in values.items()},
        "raw_mean": {LETTER[arm]: float(v.mean()) for arm, v in values.items()},
        **{f"{LETTER[one]}_minus_{LETTER[other]}": _difference(d) for (one, other), d in found.difference.items()},
        "coef_mean": {coefficient[name]: mean for name, (mean, _) in found.coefficient.items()},
        "coef_sd": {coefficient[name]: sd for name, (_, sd) in found.coefficient.items()},
        "mcmc_draws": 0,
    }


def _difference(found: Difference) -> dict[str, float]:
    return {
        "mean_diff": found.mean, "sd": found.sd, "q025": found.q025, "q975": found.q975, "p_gt_thr": found.p_gt_thr,
        "p_lt_thr": found.p_lt_thr, "p_gt0": found.p_gt0,
    }  # fmt: skip


def _told(kind: Kind, blocks: Sequence[Block], arms: Sequence[str], reference: Floats) -> dict[str, Any] | str:
    """What our own analysis tells of the same numbers, by arm; the reason where a sampler does not settle."""
    days = [
        {"day": b.first_day + i * kind.days, "arm": b.arm, "value": None if math.isnan(value) else value}
        for b in blocks for i, value in enumerate(b.values[kind.name])
    ]  # fmt: skip
    matters = kind.thresholds[1] if kind.family == "normal" else (kind.thresholds[1] - 1.0) * float(reference.mean())
    scale = None if kind.family == "count" else kind.range if kind.family == "normal" else (0, 1)
    outcome = {"name": kind.name.replace("_", " "), "scale": scale, "better": "lower", "family": kind.family}
    try:
        found = report({"outcome": outcome, "arms": list(arms), "mcid": matters, "days": days})
    except NotComputable as reason:
        return str(reason)
    return {answer["arm"]: answer for answer in found["comparisons"]}


def _pair(
    kind: Kind, values: Mapping[str, Floats], pair: tuple[str, str], shown: Difference, told: dict[str, Any] | str
) -> dict[str, Any]:
    one, other = pair
    independent = Zones(shown.p_lt_thr, max(0.0, 1.0 - shown.p_lt_thr - shown.p_gt_thr), shown.p_gt_thr)
    answer = {
        "arm": one, "reference": other, "n_by_arm": {arm: int(values[arm].size) for arm in pair},
        "prior_decides": min(values[arm].size for arm in pair) < FEW,
        "days_independent": _difference(shown) | {f"p_{zone}": p for zone, p in asdict(independent).items()},
    }  # fmt: skip
    if isinstance(told, str):
        return answer | {"days_hang_together": None, "not_computable": told}
    ours = told[one]
    zones = Zones(ours["p_better"], ours["p_same"], ours["p_worse"])
    return answer | {"days_hang_together": ours, "disagrees": zones.decision != independent.decision}


def _sentence(pair: Mapping[str, Any]) -> str:
    shown = pair["days_independent"]
    zones = ", ".join(f"{zone} {percent(shown[f'p_{zone}'])}" for zone in ("better", "same", "worse"))
    ours = pair["days_hang_together"]
    told = pair["not_computable"] if ours is None else ours["sentence"]
    if pair["prior_decides"] and ours is None:
        told += " There are so few numbers that what was assumed before decides this."
    disagreeing = " The two do not point the same way." if pair.get("disagrees") else ""
    return f"{told} With days taken as independent, as the app did, in 100: {zones}.{disagreeing}"
