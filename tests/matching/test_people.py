"""Needs to people: the best assignment, against linear programming; limits that hold; hostile files."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.matching import people as bench_people
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from typer.testing import CliRunner

from coproduce import rng
from coproduce.cli.match import app
from coproduce.errors import BadFile, InvalidInput
from coproduce.matching import people
from coproduce.matching.expected import Parts, how_many, in_proportion
from coproduce.matching.people import Assignment, Helper, OpenNeed, Rules, assign
from coproduce.matching.people_spec import read_people_spec

EN = frozenset({"en"})
NOON, NIGHT = datetime(2026, 3, 2, 12), datetime(2026, 3, 2, 23, 30)
TOPICS = ("gut", "sleep", "school", "stoma", "diet")


def helper(name: str = "h", topics: tuple[str, ...] = ("gut",), **limits: Any) -> Helper:
    return Helper(name, dict.fromkeys(topics, 1.0), limits.pop("languages", EN), **limits)


def need(name: str = "n", topics: tuple[str, ...] = ("gut",), **wishes: Any) -> OpenNeed:
    return OpenNeed(name, dict.fromkeys(topics, 1.0), wishes.pop("language", "en"), **wishes)


def who(found: Assignment) -> dict[int | str, int | str]:
    return {pair.need: pair.helper for pair in found.pairs}


def why(found: Assignment) -> list[str]:
    return [left.reason for left in found.unserved]


def made(n_needs: int, n_helpers: int, seed: int) -> tuple[list[OpenNeed], list[Helper]]:
    """A made network: needs and helpers with one to three topics, two languages, room for about all."""
    draws = rng.stream(seed, "test.people")
    helpers = [
        Helper(
            at,
            {str(topic): float(draws.uniform(0.3, 1)) for topic in draws.choice(TOPICS, 3, replace=False)},
            frozenset(draws.choice(["en", "nl"], draws.integers(1, 3), replace=False)),
            capacity=int(draws.integers(0, 2 * n_needs // n_helpers + 2)),
            willingness=float(draws.uniform(0.4, 1)),
            is_new=bool(draws.random() < 0.2),
        )
        for at in range(n_helpers)
    ]
    needs = [
        OpenNeed(
            at,
            {str(topic): 1.0 for topic in draws.choice(TOPICS, draws.integers(1, 3), replace=False)},
            str(draws.choice(["en", "nl", ""])),
            is_urgent=bool(draws.random() < 0.1),
        )
        for at in range(n_needs)
    ]
    return needs, helpers


def by_hand(one: OpenNeed, other: Helper) -> float:
    """The fit as it is defined; 0 where a limit rules the pair out."""
    if one.language and one.language not in other.languages:
        return 0.0
    return sum(other.topics.get(topic, 0.0) for topic in one.topics) / len(one.topics) * other.willingness


def programme(needs: list[OpenNeed], helpers: list[Helper], n_served: int | None) -> float:
    """The most total fit by linear programming (HiGHS), with this many needs served, or with any number."""
    fit = np.array([[by_hand(one, other) for other in helpers] for one in needs])
    n, m = fit.shape
    once, within = np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))
    found = linprog(
        -fit.ravel(),
        A_ub=np.vstack([once, within]),
        b_ub=[*np.ones(n), *(h.capacity for h in helpers)],
        A_eq=None if n_served is None else np.ones((1, n * m)),
        b_eq=None if n_served is None else [n_served],
        bounds=[(0, float(value > 0)) for value in fit.ravel()],
    )
    return -float(found.fun) if found.success else -1.0


@pytest.mark.parametrize("seed", range(8))
def test_as_many_as_possible_are_served_with_the_most_fit_a_linear_programme_finds(seed: int) -> None:
    needs, helpers = made(24, 8, seed)
    found = assign(needs, helpers, rules=Rules(new_share=0))
    best = programme(needs, helpers, len(found.pairs))
    assert programme(needs, helpers, len(found.pairs) + 1) == -1
    assert best - 0.003 * len(found.pairs) <= found.total_fit <= best + 1e-9
    assert found.optimum == pytest.approx(programme(needs, helpers, None), abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 10), st.integers(0, 10**6), st.sampled_from([None, 1, 7]))
def test_no_limit_is_broken_in_any_batch(n_needs: int, n_helpers: int, seed: int, size: int | None) -> None:
    needs, helpers = made(n_needs, n_helpers, seed)
    found = assign(needs, helpers, rules=Rules(batch_size=size))
    loads = Counter(pair.helper for pair in found.pairs)
    assert all(loads[other.id] <= other.capacity for other in helpers)
    asked, helping = {one.id: one for one in needs}, {other.id: other for other in helpers}
    for pair in found.pairs:
        assert pair.fit == pytest.approx(by_hand(asked[pair.need], helping[pair.helper]))
        assert pair.fit > 0
    assert sorted([*who(found), *(left.need for left in found.unserved)]) == sorted(asked)


def test_a_made_network_is_served_nearly_at_the_optimum() -> None:
    needs, helpers = made(2000, 200, 1)
    found = assign(needs, helpers)
    assert len(found.pairs) / len(needs) >= 0.99
    assert found.share_of_optimum >= 0.97


@pytest.mark.parametrize("seed", range(3))
def test_batches_keep_room_for_what_is_asked_again_and_again(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    needs, helpers = made(2000, 200, seed)
    in_batches = Rules(batch_size=100)
    foreseen = assign(needs, helpers, rules=in_batches)
    monkeypatch.setattr(people, "how_many", lambda _n, seen: (np.zeros_like(seen), 0))
    blind = assign(needs, helpers, rules=in_batches)
    assert 1 - foreseen.share_of_optimum < 0.8 * (1 - blind.share_of_optimum)
    assert len(foreseen.pairs) >= len(blind.pairs)
    assert foreseen.share_of_optimum >= 0.97


def test_a_specialist_is_kept_for_the_need_that_is_expected() -> None:
    # Both know the everyday topic; only one knows the rare one, which half of the needs so far asked for.
    helpers = [helper("both", ("gut", "sleep"), capacity=2), helper("one", ("gut",), capacity=2, willingness=0.8)]
    needs = [need("a", ("gut",)), need("b", ("sleep",)), need("c", ("gut",)), need("d", ("sleep",))]
    found = assign(needs, helpers, rules=Rules(batch_size=2, new_share=0))
    assert who(found) == {"a": "one", "b": "both", "c": "one", "d": "both"}


@given(st.integers(0, 500), st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_what_is_expected_adds_up_and_follows_what_was_seen(n: int, seen: list[int]) -> None:
    counts = np.array(seen, dtype=np.int64)
    expected = in_proportion(n, counts)
    assert expected.sum() == (n if counts.any() else 0)
    assert (expected[counts == 0] == 0).all()
    if counts.any():
        assert np.abs(expected - counts * n / counts.sum()).max() <= 1.0 + 1e-9


@given(st.integers(0, 500), st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_new_kinds_are_expected_as_often_as_a_need_so_far_was_the_only_one_of_its_kind(n: int, seen: list[int]) -> None:
    again, n_new = how_many(n, np.array(seen, dtype=np.int64))
    assert again.sum() + n_new == (n if any(seen) else 0)
    assert n_new == (round(n * seen.count(1) / sum(seen)) if any(seen) else 0)


def test_what_is_new_is_made_of_the_parts_of_what_came_in_whatever_order() -> None:
    needs, _helpers = made(60, 2, 4)
    needs = [*needs, OpenNeed("any", {}, "nl"), OpenNeed("twice", {"gut": 2.0, "rare": 0.5}, "fr")]

    def parts(order: list[OpenNeed]) -> list[tuple[dict[str, float], str]]:
        counted = Parts.none()
        counted.add(order[:10])
        counted.add(order[10:])
        return counted.recombined(4_000, rng.stream(1, "test.expected"))

    found = parts(needs)
    assert [sorted(topics) for topics, _language in found] == [sorted(t) for t, _language in parts(needs[::-1])]
    sizes = Counter(len(topics) for topics, _language in found)
    asked = Counter(len(need.topics) for need in needs)
    assert all(sizes[size] / 4_000 == pytest.approx(asked[size] / len(needs), abs=0.03) for size in asked)
    assert {language for _topics, language in found} == {need.language for need in needs}
    weights = [need.topics["gut"] for need in needs if "gut" in need.topics]
    (weight,) = {topics["gut"] for topics, _language in found if "gut" in topics}
    assert weight == pytest.approx(np.mean(weights))
    assert {topics["rare"] for topics, _language in found if "rare" in topics} == {0.5}


@pytest.mark.parametrize("seed", range(3))
def test_room_is_kept_also_where_hardly_two_ask_for_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    needs, helpers = bench_people.made(600, 180, seed)
    in_batches = Rules(batch_size=30)
    foreseen = assign(needs, helpers, rules=in_batches)
    monkeypatch.setattr(people, "how_many", lambda n, seen: (in_proportion(n, seen), 0))
    only_again = assign(needs, helpers, rules=in_batches)
    assert 1 - foreseen.share_of_optimum < 0.85 * (1 - only_again.share_of_optimum)


def test_an_urgent_need_goes_first_though_it_came_last_and_fits_worse() -> None:
    found = assign([need("early"), need("late", ("gut", "sleep"), is_urgent=True)], [helper(capacity=1)])
    assert who(found) == {"late": "h"}
    assert why(found) == ["taken"]


def test_serving_two_needs_beats_the_better_fit_for_one() -> None:
    found = assign([need("a"), need("b", ("sleep", "gut"))], [helper("x", ("gut", "sleep")), helper("y", ("gut",))])
    assert who(found) == {"a": "y", "b": "x"}


def test_needs_that_ask_for_the_same_are_served_in_the_order_given() -> None:
    assert who(assign([need("first"), need("second")], [helper()])) == {"first": "h"}


def test_everyone_wanting_one_mentor_fills_their_room_and_the_others_wait() -> None:
    found = assign([need(str(at)) for at in range(500)], [helper(capacity=3), helper("other", ("diet",))])
    assert len(found.pairs) == 3
    assert set(why(found)) == {"taken"}


def test_of_two_equal_helpers_the_less_loaded_goes_first() -> None:
    found = assign([need()], [helper("busy", capacity=8, n_open=5), helper("free", capacity=8)])
    assert who(found) == {"n": "free"}


def test_the_more_willing_goes_first() -> None:
    assert who(assign([need()], [helper("a", willingness=0.3), helper("b", willingness=0.9)])) == {"n": "b"}


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"capacity": 0}, "full"),
        ({"capacity": 2, "n_open": 5}, "full"),
        ({"topics": ("diet",)}, "topic"),
        ({"topics": ()}, "topic"),
        ({"languages": frozenset({"nl"})}, "language"),
        ({"languages": frozenset()}, "language"),
        ({"willingness": 0.0}, "resting"),
        ({"quiet_hours": (22, 7)}, "resting"),
        ({"last_heavy": datetime(2026, 2, 28)}, "resting"),
    ],
)
def test_a_limit_keeps_an_urgent_need_away_too_and_the_reason_is_told(limits: dict[str, Any], reason: str) -> None:
    assert why(assign([need(is_urgent=True)], [helper(**limits)], now=NIGHT)) == [reason]


@pytest.mark.parametrize("limits", [{"quiet_hours": (22, 7)}, {"last_heavy": datetime(2026, 2, 20)}])
def test_after_quiet_hours_and_after_the_pause_a_helper_is_asked(limits: dict[str, Any]) -> None:
    assert who(assign([need()], [helper(**limits)], now=NOON)) == {"n": "h"}


def test_quiet_hours_without_a_time_are_refused() -> None:
    with pytest.raises(InvalidInput, match="the time"):
        assign([need()], [helper(quiet_hours=(22, 7))])


def test_who_declined_is_not_asked_again_and_loses_nothing_else() -> None:
    found = assign([need("a", declined=frozenset({"h"})), need("b")], [helper()])
    assert (who(found), why(found)) == ({"b": "h"}, ["declined"])


def test_without_helpers_everybody_waits_and_without_needs_nobody_does() -> None:
    assert why(assign([need()], [])) == ["no_helper"]
    nothing = assign([], [helper()])
    assert (nothing.pairs, nothing.unserved, nothing.share_of_optimum) == ((), (), 1.0)


def test_a_need_without_topics_or_language_fits_everybody() -> None:
    assert len(assign([need(topics=(), language="")], [helper()]).pairs) == 1


def exposed(n_urgent: int, **rules: float) -> int:
    helpers = [helper("old", capacity=100), helper("new", capacity=100, willingness=0.4, is_new=True)]
    needs = [need(str(at), is_urgent=at < n_urgent) for at in range(30)]
    return sum(pair.helper == "new" for pair in assign(needs, helpers, rules=Rules(**rules)).pairs)


def test_new_helpers_get_their_share_and_no_more_and_urgent_needs_are_not_tried_on_them() -> None:
    assert [exposed(0), exposed(0, new_share=0), exposed(20, new_share=0.2), exposed(30)] == [3, 0, 2, 0]


def test_two_needs_with_one_id_are_refused() -> None:
    with pytest.raises(InvalidInput, match="one id"):
        assign([need(), need()], [helper()])


SPEC: dict[str, Any] = {
    "helpers": [{"id": 7, "topics": ["Crohn"], "languages": ["en"], "capacity": 1}],
    "needs": [
        {"id": "a", "topics": ["crohn"], "language": "en", "urgency": "normal"},
        {"id": "b", "topics": ["crohn"], "language": "nl", "urgency": "urgent"},
    ],
}


def call(folder: Path, spec: object, *options: str) -> Any:
    (folder / "spec.json").write_text(spec if isinstance(spec, str) else json.dumps(spec))
    return CliRunner().invoke(app, ["people", str(folder / "spec.json"), *options])


def test_the_command_answers_pairs_total_share_and_who_waits_with_the_reason(tmp_path: Path) -> None:
    answer = json.loads(call(tmp_path, SPEC, "--json").stdout)
    assert answer["pairs"] == [{"need": "a", "helper": 7, "fit": 1.0}]
    assert (answer["total_fit"], answer["share_of_optimum"], answer["n_served"]) == (1.0, 1.0, 1)
    assert [(left["need"], left["reason"]) for left in answer["unserved"]] == [("b", "language")]


def test_people_get_sentences(tmp_path: Path) -> None:
    told = call(tmp_path, SPEC).stdout
    assert "b waits: Nobody who knows its topics speaks its language." in told
    assert "1 of 2 needs served" in told


def changed(part: str, **values: Any) -> dict[str, Any]:
    return SPEC | {part: [SPEC[part][0] | values]}


HOSTILE = [
    "{", "[]", "[" * 100_000, "{}", '{"helpers": [], "needs": 5}', '{"helpers": [5], "needs": []}',
    changed("helpers", capacity=-1), changed("helpers", capacity=1.5), changed("helpers", capacity=None),
    changed("helpers", capacity=10**30), changed("helpers", capacity=True), changed("helpers", topics=5),
    changed("helpers", topics={"a": 2}), changed("helpers", topics={"a": float("nan")}), changed("helpers", id=None),
    changed("helpers", willingness=2), changed("helpers", quiet_hours=[1]), changed("helpers", quiet_hours="night"),
    changed("helpers", last_heavy="yesterday"), changed("helpers", last_heavy="2026-01-01T00:00+01:00"),
    changed("helpers", is_new="no"), changed("helpers", languages=[5]), changed("needs", urgency="whenever"),
    changed("needs", urgency=-1), changed("needs", topics=[None]), changed("needs", language=5),
    changed("needs", declined="x"), changed("needs", id=True), SPEC | {"batch_size": 0}, SPEC | {"new_share": 2},
]  # fmt: skip


@pytest.mark.parametrize("spec", HOSTILE, ids=range(len(HOSTILE)))
def test_a_specification_that_cannot_be_used_is_refused_with_one_message(tmp_path: Path, spec: object) -> None:
    result = call(tmp_path, spec, "--json")
    assert isinstance(result.exception, BadFile)
    assert result.stdout == ""


def test_a_number_is_urgent_from_1_on(tmp_path: Path) -> None:
    rows = [{"id": at, "topics": [], "urgency": value} for at, value in enumerate([0, 0.5, 1, 3, True, "URGENT"])]
    (tmp_path / "spec.json").write_text(json.dumps({"helpers": [], "needs": rows}))
    read = read_people_spec(tmp_path / "spec.json")
    assert [one.is_urgent for one in read.needs] == [False, False, True, True, True, True]
