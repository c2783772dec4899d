"""What the models of mutual learning and of giving to a common good were published to show.

The sources print their results as figures, so that directions are asked, and no numbers of theirs. The long version:
`coproduce simulate march --set socialisation=0.1 --replicates 2000 --json`, and so on.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from coproduce.simulator import load, run

N = 40
#: Two-sided 1 %.
Z = 2.576


@cache
def series(preset: str, ticks: int, *settings: str) -> np.ndarray:
    """The first number after each tick, (runs, ticks)."""
    scenario = load(preset).with_settings(settings).lasting(ticks)
    return np.array([run(scenario, 1, run=i, record=False).series.to_series(0).to_numpy() for i in range(1, N + 1)])


def surely_more(more: np.ndarray, less: np.ndarray) -> bool:
    """Whether the mean difference of runs that share their random numbers is above 0, with its interval."""
    difference = more - less
    return bool(difference.mean() - Z * difference.std(ddof=1) / np.sqrt(N) > 0)


def knows(*settings: str, ticks: int = 80) -> np.ndarray:
    return series("march", ticks, *settings)[:, -1]


@pytest.mark.parametrize("p2", [0.1, 0.5, 0.9])
def test_t12_slow_socialisation_ends_with_more_knowledge_than_fast(p2: float) -> None:
    """March 1991, 10.1287/orsc.2.1.71, figure 1."""
    slow, middle, fast = (knows(f"socialisation={p1}", f"code_learning={p2}") for p1 in (0.1, 0.5, 0.9))
    assert surely_more(slow, middle)
    assert surely_more(slow, fast)


def test_t12_a_fast_code_with_slow_members_knows_most_of_all() -> None:
    best = knows("socialisation=0.1", "code_learning=0.9")
    others = [(p1, p2) for p1 in (0.1, 0.5, 0.9) for p2 in (0.1, 0.5, 0.9) if (p1, p2) != (0.1, 0.9)]
    assert all(surely_more(best, knows(f"socialisation={p1}", f"code_learning={p2}")) for p1, p2 in others)


def test_t12_a_mix_of_slow_and_fast_learners_beats_everybody_at_their_mean_rate() -> None:
    """March 1991, figure 2."""
    mixed = knows("socialisation=0.9", "second_socialisation=0.1", "second_share=0.5")
    assert surely_more(mixed, knows("socialisation=0.5"))


def test_t12_some_turnover_helps_a_code_that_socialises_fast() -> None:
    """March 1991, figure 4: newcomers know less, and differ from the code."""
    assert surely_more(knows("turnover=0.1", ticks=20), knows(ticks=20))


def test_t12_in_a_turbulent_world_knowledge_decays_without_newcomers_and_holds_with_them() -> None:
    """March 1991, figure 5."""
    closed, opened = (series("march", 120, "turbulence=0.02", f"turnover={p3}") for p3 in (0.0, 0.1))
    assert surely_more(closed[:, 9], closed[:, -1])
    assert surely_more(opened[:, -1], closed[:, -1])
    assert abs(opened[:, 59].mean() - opened[:, -1].mean()) < 0.05


def gives(*settings: str) -> np.ndarray:
    return series("publicgood", 10, *settings)


ALIKE = ("conditional=1", "free_riders=0", "hump_shaped=0")


def test_t18_giving_decays_among_imperfect_conditional_cooperators() -> None:
    """Fischbacher and Gachter 2010, 10.1257/aer.100.1.541."""
    given = gives()
    assert surely_more(given[:, 0], 2 * given[:, -1])
    assert (np.diff(given.mean(axis=0)) < 0).all()


def test_t18_it_is_imperfect_matching_and_not_free_riders_that_makes_giving_decay() -> None:
    """The same source: even among conditional cooperators alone giving decays, if they match less than all."""
    imperfect = gives(*ALIKE, "matching=0.9")
    assert surely_more(imperfect[:, 0], imperfect[:, -1] + 0.05)
    perfect = gives(*ALIKE, "matching=1")
    assert abs(perfect[:, 0].mean() - perfect[:, -1].mean()) < 0.01


@pytest.mark.parametrize("rematched", ["true", "false"])
def test_t18_with_sanctions_giving_holds_where_it_decays_without(rematched: str) -> None:
    """Fehr and Gachter 2000, 10.1257/aer.90.4.980, among strangers and among partners."""
    punished, free = (gives(f"rematched={rematched}", f"sanctions={on}") for on in ("true", "false"))
    assert surely_more(punished[:, -1], 0.95 * punished[:, 0])
    assert surely_more(free[:, 0], 2 * free[:, -1])
    assert surely_more(punished[:, -1], free[:, -1] + 0.1)


def test_t18_partners_give_more_than_strangers_in_the_end() -> None:
    """Fehr and Gachter 2000: those who stay together give more."""
    assert surely_more(gives("rematched=false")[:, -1], gives("rematched=true")[:, -1])


def test_t18_giving_holds_where_people_see_that_what_they_gave_is_used() -> None:
    """The rule is ours: on seeing its use, people give a part of their last gift again."""
    seen = gives("recognition=0.4")
    assert surely_more(seen[:, -1], 0.95 * seen[:, 0])
