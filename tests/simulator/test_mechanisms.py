"""Each rule moves what it says it moves, and nothing is made out of nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce.events import kinds
from coproduce.simulator import Result, load, run
from coproduce.simulator.commons import UNKNOWN, Giver
from coproduce.simulator.evidence import Evidence
from coproduce.simulator.network import Network, begin
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.population import strata
from coproduce.simulator.recorder import Silent
from coproduce.simulator.stages import stocks
from coproduce.simulator.stages.contribution import giver_kind, severity
from coproduce.simulator.state import World
from coproduce.simulator.streams import Streams

CARE_ONLY = {"needs": False, "engagement": False}
SEEDS = (1, 2, 3)
#: Nothing wrong at all: what is wrong is added to it.
TRUTHFUL = {"misinformation": True, "error_rate": 0.0, "selective_sharing": 0.0, "intransigent": 0.0, "claim_rows": 2.0,
            "trust_form": "fixed", "retraction": 0.0}  # fmt: skip


@cache
def last(column: str, **changed: object) -> np.ndarray:
    """The last value of a column in each of some runs that share their chance with those of other settings."""
    scenario = load("seid2021").having(n_patients=300, n_sites=8).having(**changed).lasting(80)
    return np.array([run(scenario, seed, record=False).series[column][-1] for seed in SEEDS])


def world(preset: str = "seid2021", ticks: int = 30, **changed: object) -> World:
    """The state after some ticks."""
    p = load(preset).having(n_patients=200, n_sites=4).having(**changed).parameters
    assert isinstance(p, NetworkParameters)
    running: Network = begin(p, Streams(5, 1), Silent())
    for tick in range(1, ticks + 1):
        running.advance(tick)
    return running.world


# -- choice from evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["greedy", "epsilon", "thompson", "ucb"])
def test_choice_by_evidence_finds_the_best_treatment_oftener_than_chance_and_with_the_commons_still_oftener(
    form: str,
) -> None:
    alone = last("share_best", **CARE_ONLY, choice_form=form, commons_in_choice=False)
    together = last("share_best", **CARE_ONLY, choice_form=form)
    assert (alone > 1.5 / 8).all()
    assert (together > alone).all()


def test_rows_of_the_commons_add_up_to_its_stock_of_information() -> None:
    w = world(choice_form="thompson", misinformation=True, error_rate=0.2, selective_sharing=0.5, trust_form="belief")
    e = w.care_evidence()
    assert e.rows.count.sum() == pytest.approx(w.information)
    assert e.wrong.count.sum() == pytest.approx(w.wrong_information)
    assert e.own.count.sum() == e.clinician.count.sum() > 0


def test_codified_knowledge_stays_when_the_rows_are_gone_and_is_made_by_researchers_only() -> None:
    w = world(choice_form="thompson", knowledge_decay=0.0)
    e = w.care_evidence()
    held = e.codified.count.copy()
    w.information = 0.0
    e.rows.keep(0.0)
    stocks.knowledge_codified(w)
    assert held.sum() > 0
    assert (e.codified.count == held).all()
    assert world(choice_form="thompson", n_researchers=0).care_evidence().codified.count.sum() == 0


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.floats(0, 1), st.floats(0, 5)), max_size=30),
    st.floats(0, 100),
)
def test_pooling_moves_means_towards_each_other_and_never_outside_them(
    rows: list[tuple[int, int, float, float]], strength: float
) -> None:
    evidence = Evidence.none(4, 3)
    for unit, treatment, outcome, weight in rows:
        evidence.add(np.array([unit]), np.array([treatment]), np.array([outcome]), np.array([weight]))
    pooled = evidence.pooled(strength)
    assert (pooled.count >= evidence.count - 1e-9).all()
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = evidence.total / evidence.count, pooled.total / pooled.count
    some = evidence.count > 1e-9
    for t in range(3):
        known = before[:, t][some[:, t]]
        if known.size:
            assert (after[:, t][some[:, t]] <= known.max() + 1e-6).all()
            assert (after[:, t][some[:, t]] >= known.min() - 1e-6).all()


def test_what_treatments_do_can_drift_within_bounds_and_the_best_follows() -> None:
    start, people = world(ticks=0).people, world(response_drift=0.1).people
    assert (people.response != start.response).all()
    assert ((people.response >= 0) & (people.response <= 1)).all()
    assert (people.best == people.response.argmax(axis=1)).all()


def test_patients_differ_from_their_phenotype_when_responses_spread() -> None:
    people = world(response_spread=0.3).people
    slots = np.arange(people.n_patients)
    assert (people.best_for(slots) != people.best[people.phenotype]).mean() > 0.2
    q = people.responses_to(slots, people.treatment)
    assert ((q >= 0) & (q <= 1)).all()


def test_a_one_shot_outcome_stays_until_the_next_visit() -> None:
    w = world(outcome_form="one-shot", visit_period=10.0, ticks=20)
    before, visited = w.people.outcome.copy(), w.visited
    assert visited.any()
    w.tick = 21
    running = Network(w, ())
    running.advance(21)
    assert (w.people.outcome == before).all()


# -- stocks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"made_form": "threshold", "information_threshold": 0.5},
        {"kept_form": "duplicates"},
        {"kept_form": "ceiling", "registry_ceiling": 0.1},
        {"sharing_cost": 1.0},
        {"sharing_risk": 1.0},
    ],
)
def test_less_information_is_shared_under(changed: dict[str, object]) -> None:
    assert (last("shared_information", **CARE_ONLY, **changed) < last("shared_information", **CARE_ONLY)).all()


def test_a_registry_never_holds_more_than_its_ceiling() -> None:
    assert (last("shared_information", **CARE_ONLY, kept_form="ceiling", registry_ceiling=0.1) <= 0.1 + 1e-12).all()


def test_payment_raises_what_is_shared() -> None:
    assert (last("shared_information", **CARE_ONLY, payment=0.5) > last("shared_information", **CARE_ONLY)).all()


def test_know_how_passes_only_by_doing_together_in_that_form() -> None:
    by_help, together = (world(know_how_form=form, need_rate=0.1, ticks=60) for form in ("help", "together"))
    known = [(w.needs_layer().practised > UNKNOWN).sum() for w in (by_help, together)]
    nobody_asks = world(know_how_form="together", need_rate=0.1, asking=0.0, ticks=60)
    at_start = world(know_how_form="together", ticks=0)
    assert known[0] > known[1] > (at_start.needs_layer().practised > UNKNOWN).sum()
    assert (nobody_asks.needs_layer().practised > 0).sum() == 0


def test_know_how_without_practice_is_lost() -> None:
    layer = world(know_how_lasts=5, ticks=10).needs_layer()
    slots, topics = np.nonzero(layer.practised > UNKNOWN)
    fresh = layer.practised[slots, topics] >= 5
    assert (layer.knows(slots, topics, 10) == fresh).all()
    assert not fresh.all()


# -- activation, ties --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "values"), [("threshold", [0.0, 0.5, 1.0]), ("complex", [1, 3, 8])])
def test_the_more_peers_must_be_ahead_the_less_they_raise_activation(form: str, values: list[float]) -> None:
    name = {"threshold": "peer_threshold", "complex": "peer_reinforcement"}[form]
    levels = [last("activation", **CARE_ONLY, patient_influence=0.1, peer_form=form, **{name: v}) for v in values]
    assert (levels[0] > levels[1]).all()
    assert (levels[1] > levels[2]).all()


@pytest.mark.parametrize("form", ["homophily", "closure", "introduced", "projects", "rewired", "all"])
def test_ties_keep_their_number_and_stay_among_patients_and_never_to_oneself(form: str) -> None:
    before, after = (world(tie_form=f, tie_pace=0.2, climb_0=0.2, climb_1=0.2, need_rate=0.1) for f in ("fixed", form))
    ties = after.people.ties
    assert (ties.start == before.people.ties.start).all()
    assert (ties.neighbour != before.people.ties.neighbour).any()
    assert (ties.neighbour != ties.owner).all()
    assert ((ties.owner < 200) == (ties.neighbour < 200)).all()
    pairs = ties.owner * after.people.n + ties.neighbour
    assert np.unique(pairs).size >= pairs.size - 5


def test_homophily_brings_the_like_together_and_introductions_the_active() -> None:
    def gap(w: World) -> float:
        a, ties = w.people.activation, w.people.ties
        mine = ties.owner < w.people.n_patients
        return float(np.abs(a[ties.owner] - a[ties.neighbour])[mine].mean())

    def met(w: World) -> float:
        ties = w.people.ties
        return float(w.people.activation[ties.neighbour[ties.owner < w.people.n_patients]].mean())

    fixed, like, introduced = (
        world(tie_form=form, tie_pace=0.3, peer_form="none", ticks=60) for form in ("fixed", "homophily", "introduced")
    )
    assert gap(like) < 0.8 * gap(fixed)
    assert met(introduced) > met(fixed) + 0.02


def test_closure_makes_triangles() -> None:
    def closed(w: World) -> float:
        ties, n = w.people.ties, w.people.n_patients
        linked = np.zeros((n, n), dtype=bool)
        mine = ties.owner < n
        linked[ties.owner[mine], ties.neighbour[mine]] = True
        paths = linked.astype(float) @ linked.astype(float)
        np.fill_diagonal(paths, 0.0)
        return float((paths * linked).sum() / paths.sum())

    assert closed(world(tie_form="closure", tie_pace=0.3, ticks=150)) > 1.3 * closed(world())


# -- contribution, governance ------------------------------------------------------------------------------------

#: A network in which many could give, and only reciprocity decides (Fischbacher and Gachter 2010).
GIVING = {"n_patients": 400, "need_rate": 0.06, "climb_0": 0.1, "climb_1": 0.05, "contribution_form": "conditional",
          "cooperators": 0.55, "free_riders": 0.3, "hump_shaped": 0.15, "cooperation_slope": 0.85, "belief_start": 0.8,
          "motive_per_level": 1.0, "motive_use": 0.0, "motive_thanks": 0.0, "sanction_weight": 1.0}  # fmt: skip
ONLY_SANCTIONS = {"governance": True, "monitoring": 0.5, "reward": 0.0, "review_form": "none"}


@cache
def given_share(**changed: object) -> tuple[float, float]:
    """Share of possible contributions made in the first 20 ticks, and in the last 30 of 100."""
    rates = []
    for seed in SEEDS:
        series = run(load("seid2021").having(**GIVING).having(**changed).lasting(100), seed, record=False).series
        rates.append(series["contribution"].to_numpy())
    return float(np.nanmean(np.array(rates)[:, :20])), float(np.nanmean(np.array(rates)[:, -30:]))


def test_t18_giving_decays_without_feedback_under_imperfect_conditional_cooperation() -> None:
    first, final = given_share()
    assert first > 0.2
    assert final < 0.1 * first


@pytest.mark.parametrize(
    "what",
    [
        {"visible_use": 0.8},
        {**ONLY_SANCTIONS, "sanction_form": "graduated"},
        {**ONLY_SANCTIONS, "sanction_form": "flat"},
    ],
)
def test_t18_giving_holds_with_visible_use_or_sanctions(what: dict[str, object]) -> None:
    first, final = given_share(**what)
    assert final > 0.75 * first
    assert final > given_share()[1] + 0.2


def test_kinds_of_givers_have_their_shares_and_are_cut_at_one() -> None:
    u = (np.arange(1000) + 0.5) / 1000
    p = load("seid2021").parameters
    assert isinstance(p, NetworkParameters)
    counts = np.bincount(giver_kind(p, u), minlength=4)
    assert counts[[Giver.COOPERATOR, Giver.FREE_RIDER, Giver.HUMP, Giver.OTHER]].tolist() == [500, 330, 140, 30]
    crowded = load("seid2021").having(cooperators=0.8, free_riders=0.9).parameters
    assert isinstance(crowded, NetworkParameters)
    assert np.bincount(giver_kind(crowded, u), minlength=4).tolist() == [0, 800, 200, 0]


def test_sanctions_are_none_or_the_same_or_rise_step_by_step() -> None:
    offences = np.array([0, 1, 2, 9])
    forms = {}
    for form in ("none", "flat", "graduated"):
        p = load("seid2021").having(sanction_form=form).parameters
        assert isinstance(p, NetworkParameters)
        forms[form] = severity(p, offences).tolist()
    assert forms == {"none": [0, 0, 0, 0], "flat": [0, 3, 3, 3], "graduated": [0, 1, 2, 5]}


@pytest.mark.parametrize("motive", ["motive_affiliation", "motive_autonomy", "motive_mastery", "warm_glow", "payment"])
def test_each_motive_raises_giving(motive: str) -> None:
    assert last("contribution", **BARELY, **{motive: 1.0}).mean() > last("contribution", **BARELY).mean() + 0.05


@pytest.mark.parametrize(
    "cost", [{"give_steps": 10}, {"give_minutes": 60.0, "give_minutes_staff": 60.0}, {"sharing_cost": 2.0}]
)
def test_each_friction_lowers_giving(cost: dict[str, object]) -> None:
    eager = {**BARELY, "warm_glow": 0.7}
    assert last("contribution", **eager, **cost).mean() < last("contribution", **eager).mean() - 0.05


BARELY = {"n_patients": 200, "need_rate": 0.1, "climb_0": 0.2, "climb_1": 0.1, "motive_per_level": 0.05,
          "motive_use": 0.0, "motive_thanks": 0.0}  # fmt: skip


def test_payment_that_crowds_out_inner_motives_can_lower_giving() -> None:
    moved = {**BARELY, "warm_glow": 0.8, "payment": 0.2}
    assert last("contribution", **moved, crowding_out=1.0).mean() < last("contribution", **moved).mean()


def test_members_vote_on_sanctions_and_the_log_tells_how() -> None:
    scenario = load("seid2021").having(**{**GIVING, **ONLY_SANCTIONS, "vote_every": 10, "n_patients": 200})
    result = run(scenario.lasting(50), 2)
    made = result.frame.of(kinds.ProposalMade)
    votes = result.frame.of(kinds.VoteCast)
    assert made.height == 5
    enacted = set(result.frame.of(kinds.RuleEnacted)["object"])
    shares = votes.group_by("subject").agg(pl.col("value").mean())
    assert {p for p, share in shares.iter_rows() if share > 0.5} == enacted
    assert votes.height > 0


# -- misinformation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["gain", "thompson"])
@pytest.mark.parametrize("wrong", [{"error_rate": 0.5}, {"selective_sharing": 0.9}, {"intransigent": 0.05}])
def test_what_is_wrong_or_one_sided_misleads(form: str, wrong: dict[str, object]) -> None:
    truth = last("share_best", **CARE_ONLY, **TRUTHFUL, choice_form=form)
    assert (last("share_best", **{**CARE_ONLY, **TRUTHFUL, **wrong, "choice_form": form}) < truth).all()


@pytest.mark.parametrize(
    "cure",
    [{"retraction": 0.3}, {"governance": True, "review_form": "before"}, {"trust_form": "outcome"},
     {"trust_form": "belief"}],
)  # fmt: skip
def test_retraction_review_and_learned_trust_each_protect_from_a_false_claim(cure: dict[str, object]) -> None:
    claim = {**CARE_ONLY, **TRUTHFUL, "choice_form": "thompson", "intransigent": 0.05}
    assert last("share_best", **{**claim, **cure}).mean() > last("share_best", **claim).mean()


@pytest.mark.parametrize("when", ["before", "after"])
def test_review_lowers_the_share_of_wrong_rows(when: str) -> None:
    honest = {**CARE_ONLY, **TRUTHFUL, "error_rate": 0.4, "governance": True}
    none, reviewed = (last("wrong_shared", **honest, review_form=form) for form in ("none", when))
    assert (reviewed < 0.9 * none).all()


def test_watching_brings_out_what_would_be_withheld() -> None:
    one_sided = {**CARE_ONLY, **TRUTHFUL, "selective_sharing": 0.9}
    watched = {**one_sided, "governance": True, "review_form": "none", "monitoring": 0.9}
    assert (last("shared_information", **watched) > last("shared_information", **one_sided)).all()
    allowed = {**watched, "sanction_form": "none"}
    assert (last("shared_information", **allowed) == last("shared_information", **one_sided)).all()


@pytest.mark.parametrize("when", ["before", "after"])
def test_review_lowers_the_share_of_wrong_resources_that_are_offered(when: str) -> None:
    def offered(review: str) -> float:
        changed = {**TRUTHFUL, "error_rate": 0.4, "governance": True, "sanction_form": "none", "review_form": review}
        resources = world(need_rate=0.1, ticks=50, **changed).needs_layer().resources
        live = ~resources.retired
        return float(resources.wrong[live].mean())

    assert offered(when) < 0.7 * offered("none")


def test_trust_stays_a_share_and_falls_where_the_commons_misleads() -> None:
    claim = {**CARE_ONLY, **TRUTHFUL, "choice_form": "thompson", "intransigent": 0.05, "trust_form": "belief"}
    misled, honest = (last("trust", **{**claim, "intransigent": share}) for share in (0.05, 0.0))
    assert ((misled >= 0) & (honest <= 1)).all()
    assert (misled < honest).all()


# -- equity ------------------------------------------------------------------------------------------------------

EVEN = {**CARE_ONLY, "equity": True, "access_gate": 0.0, "unequal_listening": 0.0, "unequal_data": 0.0,
        "phenotype_tilt": 0.0, "data_to_visit": 0.8}  # fmt: skip


@pytest.mark.parametrize(
    ("barrier", "where"),
    [("access_gate", {"choice_form": "thompson"}), ("unequal_listening", {}),
     ("unequal_data", {"choice_form": "thompson", "phenotype_tilt": 1.0, "data_to_visit": 0.2})],
)  # fmt: skip
def test_each_barrier_widens_the_gap_and_measures_close_part_of_it(barrier: str, where: dict[str, object]) -> None:
    even = {**EVEN, **where}
    uneven = {**even, barrier: 0.9}
    gap = last("outcome_gap", **uneven).mean()
    assert gap > last("outcome_gap", **even).mean() + 0.01
    assert last("outcome_gap", **uneven, equity_measures=1.0, equity_relief=1.0).mean() < gap


def test_strata_have_their_share_and_there_are_none_when_the_layer_is_off() -> None:
    u = (np.arange(100) + 0.5) / 100
    for on, number in ((True, 25), (False, 0)):
        p = load("seid2021").having(equity=on, disadvantaged=0.25).parameters
        assert isinstance(p, NetworkParameters)
        assert strata(p, u).sum() == number


# -- people ------------------------------------------------------------------------------------------------------


def test_clinicians_who_are_replaced_are_new_people_without_memory() -> None:
    changed = {"turnover": True, "staff_turnover": 1.0, "start_share": 1.0, "choice_form": "thompson"}
    result = run(load("seid2021").having(n_patients=100, **changed).lasting(5), 1)
    staff = result.people.filter(pl.col("role") == 3)
    assert staff.filter(pl.col("left") >= 0).height == 5 * staff.filter(pl.col("left") == -1).height
    assert world(ticks=5, **changed).care_evidence().clinician.count.sum() == 0


def test_onboarding_brings_newcomers_in_sooner() -> None:
    new = {"turnover": True, "start_share": 0.3, "entry": 0.05, "leaving": 0.02}
    assert (last("engagement_0", **new, onboarding=1.0) < last("engagement_0", **new)).all()


def test_people_with_no_time_to_give_decline() -> None:
    scenario = load("seid2021").having(n_patients=200, need_rate=0.1, minutes_to_give=5.0, minutes_to_give_staff=5.0)
    result: Result = run(scenario.lasting(20), 1)
    assert result.frame.of(kinds.Replied).height == 0
    assert result.frame.of(kinds.HelpDeclined).height > 0


def test_dropping_out_ends_engagement() -> None:
    aware = last("engagement_0", drop_out=0.5, needs=False)
    assert (aware > last("engagement_0", needs=False)).all()
