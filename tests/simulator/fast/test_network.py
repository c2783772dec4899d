"""The network model is the same on both engines, number for number and event for event."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coproduce.simulator import STAGES, Scenario, engine_for, fast, kept, load, names, network, run
from coproduce.simulator.evidence import Evidence
from coproduce.simulator.fast.network import CompiledEvidence, CompiledPopulation, CompiledStreams, CompiledTies
from coproduce.simulator.recorder import Silent
from coproduce.simulator.stages import moved, stated
from coproduce.simulator.state import World
from coproduce.simulator.streams import Streams
from coproduce.simulator.ties import PeerRule, join

PRESETS = [name for name in names() if load(name).model == "network"]
FULL = load("full").having(n_patients=60, n_sites=3).lasting(6)
CHANGES = [
    (name, value)
    for name, spec in FULL.specs().items()
    for value in (spec.choices or ((True, False) if spec.type is bool else ()))
    if value != getattr(FULL.parameters, name)
]


def assert_same(scenario: Scenario) -> None:
    oracle, fast = (run(scenario, 4, engine=engine) for engine in ("oracle", "fast"))
    assert fast.series.equals(oracle.series, null_equal=True)
    assert fast.frame.rows.equals(oracle.frame.rows)
    assert fast.people.equals(oracle.people)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_the_same_on_both_engines(preset: str) -> None:
    assert_same(load(preset).having(n_patients=150, n_sites=4).lasting(25))


@pytest.mark.parametrize(("name", "value"), CHANGES)
def test_every_form_and_switch_is_the_same_on_both_engines(name: str, value: object) -> None:
    assert_same(FULL.having(**{name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("unusual", [{"n_patients": 1}, {"patient_ties": 0.0}, {"patients_per_clinician": 1.0}])
def test_one_patient_people_without_ties_and_a_clinician_for_each_are_the_same_too(unusual: dict[str, float]) -> None:
    assert_same(load("seid2021").having(**{"n_patients": 40, **unusual}).lasting(12))


EXTREMES: list[dict[str, float]] = [
    {},
    {"climb_0": 0.9, "slip": 0.9, "drop_out": 0.5, "burden_disengages": 20.0, "unmet_need_disengages": 20.0},
    {"onboarding": 1.0, "onboarding_climb": 20.0, "onboarding_lasts": 3, "peers_engage": 20.0, "thanks_engage": 20.0},
    {"makes_unasked": 0.5, "climb_0": 0.9, "climb_1": 0.9, "climb_2": 0.9},
    {"need_rate": 0.5, "need_rate_staff": 0.9, "visit_raises_need": 0.1, "leaving": 0.2, "unmet_need_leaves": 5.0},
]


@pytest.mark.parametrize("values", EXTREMES)
def test_a_step_overlooks_nobody_whom_its_hazard_reaches(
    values: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = FULL.having(**values).lasting(20)
    quick = run(scenario, 5, engine="oracle")
    plain = World.below

    def everybody(world: World, name: str, n: int, limit: float) -> np.ndarray:
        """Where a draw is looked at again, all are."""
        return np.arange(n) if name in {"need", "leave", "drop-out", "unasked"} else plain(world, name, n, limit)

    monkeypatch.setattr(World, "below", everybody)
    monkeypatch.setattr(moved, "_who_could_move", lambda world, _most: np.flatnonzero(world.people.member))
    monkeypatch.setattr(stated, "_who_could_move", lambda world: world.patients)
    slow = run(scenario, 5, engine="oracle")
    assert slow.series.equals(quick.series, null_equal=True)
    assert slow.frame.rows.equals(quick.frame.rows)


@pytest.mark.parametrize("values", EXTREMES)
def test_who_climbs_and_slips_is_said_by_the_hazards_of_everybody(values: dict[str, float]) -> None:
    world = network.begin(
        FULL.having(**{**values, "drop_out": 0.0, "n_patients": 400}).parameters, Streams(2, 1), Silent()
    ).world
    people, p, draw = world.people, world.p, np.random.default_rng(1)
    people.engagement[:] = draw.integers(4, size=people.n)
    for times in (world.met, world.unmet, world.thanked):
        times[:] = draw.random(people.n) < 0.2
    world.load, people.joined, world.tick = draw.random(people.n), draw.integers(12, size=people.n), 12
    level, a, u = people.engagement.copy(), people.activation, world.uniform("engagement", people.n)
    ahead = people.ties.share_above(level, level, people.member, np.arange(people.n))
    new = (12 - people.joined <= p.onboarding_lasts) & (level == 0)
    up = np.array([p.climb_0, p.climb_1, p.climb_2, 0.0])[level] * a * (1 + p.peers_engage * ahead)
    up *= (1 + p.met_need_engages * world.met) * (1 + p.thanks_engage * world.thanked)
    up *= 1 + p.onboarding_climb * p.onboarding * new
    down = np.where(level > 0, p.slip, 0.0) * (1 - a) * (1 + p.unmet_need_disengages * world.unmet)
    down *= 1 + p.burden_disengages * world.load
    after = np.where(u < up, level + 1, np.where(u > 1 - down, level - 1, level))
    moved.engagement_moves(world)
    assert np.array_equal(people.engagement, np.where(people.member, after, level))
    assert {-1, 1} <= set((people.engagement - level).tolist())


@pytest.fixture
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has run nothing yet, on a machine where the kernels have been compiled before."""
    monkeypatch.setattr(fast, "_done_without", dict.fromkeys(fast.MODELS, 0))
    monkeypatch.setattr(fast, "is_kept", lambda _model: True)


@pytest.mark.usefixtures("rested")
def test_the_work_decides_when_no_engine_is_named() -> None:
    small = load("seid2021")
    assert engine_for(small) == "oracle"
    assert engine_for(small, "fast") == "fast"
    assert engine_for(small, n_runs=20) == "fast"
    assert engine_for(small.having(n_patients=100_000).lasting(50)) == "fast"


@pytest.mark.usefixtures("rested")
def test_where_nothing_was_compiled_before_it_takes_more_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "is_kept", lambda _model: False)
    small = load("seid2021")
    assert engine_for(small, n_runs=20) == "oracle"
    assert engine_for(small, n_runs=100) == "fast"
    assert engine_for(load("bandit")) == "fast"


def test_whether_kernels_are_kept_is_seen_in_their_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kept, "folder", lambda: tmp_path)
    assert not kept.is_kept("network")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "bandit.play-1.py311.nbi").touch()
    assert not kept.is_kept("network")
    (tmp_path / "source" / "network.pull_on-1.py311.nbi").touch()
    assert kept.is_kept("network")


@pytest.mark.usefixtures("rested")
def test_a_process_that_ran_enough_without_kernels_takes_them_for_the_next_run() -> None:
    small, taken = load("seid2021").having(n_patients=20).lasting(100), []
    for seed in range(8):
        taken.append(engine_for(small))
        run(small, seed, record=False, tabled=False)
    assert taken[:2] == ["oracle", "oracle"]
    assert taken[-1] == "fast"
    assert taken == sorted(taken, reverse=True)


#: The first example may compile a kernel, which takes longer than any other.
compiling = settings(deadline=None)


@compiling
@given(st.integers(0, 2**64), st.integers(1, 100_000), st.lists(st.integers(0, 10**9), max_size=40))
def test_kernels_draw_the_numbers_of_the_named_streams(seed: int, tick: int, agents: list[int]) -> None:
    who = np.array(agents, dtype=np.int64)
    plain, compiled = Streams(seed, 1), CompiledStreams(seed, 1)
    assert np.array_equal(compiled.uniform("a", tick, who), plain.uniform("a", tick, who))
    assert np.array_equal(compiled.uniform("a", tick, 7), plain.uniform("a", tick, 7))
    assert np.array_equal(compiled.normal("b", tick, who), plain.normal("b", tick, who))
    assert np.array_equal(compiled.uniform_each("a", tick, who, 3), plain.uniform_each("a", tick, who, 3))
    each = 3 * who.repeat(3) + np.tile([0, 1, 2], who.size)
    assert np.array_equal(plain.uniform_each("a", tick, who, 3).ravel(), plain.uniform("a", tick, each))
    own = plain.uniform("c", tick, 1_100)
    for limit in (0.0, 0.3, float(own[20]), 1.0, own[::-1]):
        below = np.flatnonzero(own < limit)
        assert np.array_equal(compiled.below("c", tick, 1_100, limit), below)
        assert np.array_equal(plain.below("c", tick, 1_100, limit), below)
    kind = (np.arange(own.size) % 3).astype(np.int16)
    low, high = np.array([0.0, 0.3, float(own[20])]), np.array([float(own[30]), 1.0, 0.9])
    reached = [i for i in range(own.size) if own[i] < low[kind[i]] or own[i] > high[kind[i]]]
    assert compiled.reached("c", tick, kind, (low, high)).tolist() == reached
    assert plain.reached("c", tick, kind, (low, high)).tolist() == reached


@compiling
@given(arrays(np.float64, (4, 3), elements=st.floats(2.0**-54, 1.0 - 2.0**-53)))
def test_normals_are_those_of_the_oracle_to_the_last_bit_in_the_centre_the_flanks_and_the_tails(u: np.ndarray) -> None:
    u[0] = 2.0**-54, 1e-7, 0.075
    assert np.array_equal(CompiledStreams(1, 1).quantile(u), Streams(1, 1).quantile(u))


FORMS = [
    PeerRule(form, share, number)
    for form in ("upward", "symmetric", "threshold", "complex", "none")
    for share, number in ((0.0, 0), (0.4, 2))
]


@compiling
@given(
    st.integers(0, 2**32),
    arrays(np.float64, 12, elements=st.sampled_from([0.0, 0.3, 0.30000000000000004, 0.7, 1.0])),
    arrays(np.int16, 12, elements=st.integers(0, 3)),
    arrays(np.bool_, 12),
)
def test_what_peers_do_is_the_same_to_the_last_bit(
    seed: int, activation: np.ndarray, level: np.ndarray, member: np.ndarray
) -> None:
    ends = np.random.default_rng(seed).integers(11, size=(2, 30))
    plain = join(12, *ends)
    compiled = CompiledTies(plain.start, plain.neighbour, plain.owner)
    for rule in FORMS:
        assert np.array_equal(compiled.pull(activation, member, 9, rule), plain.pull(activation, member, 9, rule)), rule
    slots = np.array([11, 3, 3, 0])
    for than in (level[slots], 0):
        shares = plain.share_above(level, than, member, slots)
        assert np.array_equal(compiled.share_above(level, than, member, slots), shares)
        theirs = [plain.neighbour[plain.start[i] : plain.start[i + 1]] for i in slots]
        limits = np.broadcast_to(than, slots.shape)
        by_hand = [
            np.mean(level[ties[member[ties]]] > limit) if member[i] and member[ties].any() else 0.0
            for i, ties, limit in zip(slots, theirs, limits, strict=True)
        ]
        assert shares == pytest.approx(by_hand)


@compiling
@given(st.integers(0, 2**32))
def test_ties_are_found_at_the_same_places(seed: int) -> None:
    draw = np.random.default_rng(seed)
    plain = join(12, *draw.integers(11, size=(2, 30)))
    plain.neighbour[draw.integers(max(plain.neighbour.size, 1), size=5)] = draw.integers(11, size=5)  # may repeat
    compiled = CompiledTies(plain.start, plain.neighbour, plain.owner)
    owner, other = draw.integers(12, size=(2, 40))
    found = plain.place_of(owner, other)
    assert np.array_equal(compiled.place_of(owner, other), found)
    there = found >= 0
    assert np.array_equal(plain.neighbour[found[there]], other[there])
    assert np.array_equal(plain.owner[found[there]], owner[there])
    pairs = set(zip(plain.owner.tolist(), plain.neighbour.tolist(), strict=True))
    assert there.tolist() == [pair in pairs for pair in zip(owner.tolist(), other.tolist(), strict=True)]


@compiling
@given(st.integers(0, 2**32), st.sampled_from([0.0, 2.5, np.inf]))
def test_evidence_is_lent_to_the_last_bit(seed: int, cap: float) -> None:
    draw = np.random.default_rng(seed)
    count = draw.choice([0.0, 0.7, 3.0, 40.0], size=(6, 3))
    held = count, count * draw.random((6, 3))
    units, trust = draw.integers(6, size=9), draw.random(9)
    sums = [np.full((9, 3), start) for start in (1.0, 0.5, 1.0, 0.5)]
    Evidence(*held).lend(sums[0], sums[1], units, trust, cap=cap)
    CompiledEvidence(*held).lend(sums[2], sums[3], units, trust, cap=cap)
    assert np.array_equal(sums[0], sums[2])
    assert np.array_equal(sums[1], sums[3])
    assert np.allclose(sums[0], 1.0 + trust[:, None] * np.minimum(count[units], cap))


def test_activation_and_responses_are_the_same_to_the_last_bit() -> None:
    world = network.begin(FULL.parameters, Streams(3, 1), Silent()).world
    plain = world.people
    draw = np.random.default_rng(1)
    plain.activation = draw.random(plain.n)
    move, moves = draw.normal(0.0, 0.5, plain.n), draw.random(plain.n) < 0.7
    compiled = CompiledPopulation(**vars(plain))
    after = plain.activation_after(move, moves, 0.1)
    assert np.array_equal(compiled.activation_after(move, moves, 0.1), after)
    assert np.array_equal(after[~moves], plain.activation[~moves])
    assert {0.0, 1.0} <= set(after.tolist())
    slots, treatment = draw.integers(60, size=40), draw.integers(plain.response.shape[1], size=40)
    assert np.array_equal(compiled.responses_to(slots, treatment), plain.responses_to(slots, treatment))
    assert np.array_equal(compiled.best_for(slots), plain.best_for(slots))
    assert np.array_equal(compiled.on_the_best(slots), plain.on_the_best(slots))
    noise = draw.normal(0.0, 0.5, slots.size)
    for pace in (0.3, draw.random(slots.size)):
        after = plain.outcomes_after(slots, pace, noise)
        assert np.array_equal(compiled.outcomes_after(slots, pace, noise), after)
        assert {0.0, 1.0} <= set(after.tolist())


def test_who_is_on_the_best_treatment_is_on_the_first_of_those_that_do_most() -> None:
    people = network.begin(FULL.parameters, Streams(3, 1), Silent()).world.people
    assert people.own is not None
    people.response[:] = np.arange(people.response.shape[1]) % 3  # the most is beyond 1, so that several do as much
    people.own[:] = 0.0
    slots = np.arange(people.n_patients)
    for one in (people, CompiledPopulation(**vars(people))):
        assert set(people.treatment[slots[one.on_the_best(slots)]].tolist()) == {1}
        assert one.on_the_best(slots).tolist() == (people.treatment == 1).tolist()


def test_the_plan_says_which_kernels_each_step_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = dict.fromkeys(
        ("draw_all", "draw_some", "draw_each", "draw_below", "draw_reached", "centre", "tails"), "draws"
    )
    called: set[str] = set()

    def noting(name: str, kernel: Callable[..., object]) -> Callable[..., object]:
        return lambda *given: (called.add(drawing.get(name, name)), kernel(*given))[1]

    for name, found in vars(fast.network).copy().items():
        if getattr(found, "__module__", "") == fast.network.__name__ and hasattr(found, "py_func") and name[0] != "_":
            monkeypatch.setattr(fast.network, name, noting(name, found))
    seen: dict[str, set[str]] = {}
    # one asks for the best treatment, the other draws errors of evidence and asks how many peers are ahead
    for forms in ({"choice_form": "gain"}, {"choice_form": "thompson", "peer_form": "threshold"}):
        p = FULL.having(**forms, vote_every=3).parameters
        running = fast.begin_network(p, Streams(1, 1), Silent())
        for tick in range(1, 31):
            running.world.tick = tick
            for step in running.steps:
                called.clear()
                step.do(running.world)
                seen.setdefault(step.name, set()).update(called)
    assert seen == {step.name: set(step.compiled) for step in STAGES if step.name in seen}
    assert len(seen) == len(STAGES)
