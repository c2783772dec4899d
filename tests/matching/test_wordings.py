"""A need means the same when it is shouted, wrapped in chat or cut short, and chat alone means nothing."""

from __future__ import annotations

import pytest
from benchmarks.matching.wordings import chatty, shortened, shouted, without_content

from coproduce import rng
from coproduce.matching import Index, ParsedNeed, parse_need, rank

NEEDS = (
    "crohn\nWhat causes crohn's disease?",
    "my medicine\nWhat are the side effects of azathioprine?",
    "sleep\nHow can he sleep in a flare? The gut wakes him.",
    "hydrocephalus\nWhat is normal pressure hydrocephalus?",
)
SEEDS = range(5)


def understood(need: ParsedNeed) -> tuple[set[str], set[str], set[str]]:
    return (
        {thing.key for thing in need.conditions},
        {asked.kind for asked in need.kinds},
        {word.stem for word in need.words},
    )


@pytest.mark.parametrize("text", NEEDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_shouted_need_is_understood_as_the_calm_one(shelf: Index, text: str, seed: int) -> None:
    loud = shouted(text, rng.stream(seed, "test.shouted"))
    assert parse_need(loud, shelf.lexicon) == parse_need(text.upper(), shelf.lexicon)
    assert understood(parse_need(loud, shelf.lexicon)) == understood(parse_need(text, shelf.lexicon))


@pytest.mark.parametrize("text", NEEDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_chat_around_a_need_changes_no_name_and_not_the_best_offer(shelf: Index, text: str, seed: int) -> None:
    plain, wrapped = (parse_need(t, shelf.lexicon) for t in (text, chatty(text, rng.stream(seed, "test.chatty"))))
    assert understood(wrapped)[0] == understood(plain)[0]
    assert rank(wrapped, shelf).offers[0].resource_id == rank(plain, shelf).offers[0].resource_id


@pytest.mark.parametrize("text", NEEDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_shortened_need_still_says_is_understood(shelf: Index, text: str, seed: int) -> None:
    cut = parse_need(shortened(text, rng.stream(seed, "test.shortened")), shelf.lexicon)
    assert not cut.is_empty
    assert understood(cut)[2] <= understood(parse_need(text, shelf.lexicon))[2]


@pytest.mark.parametrize("seed", SEEDS)
def test_chat_alone_says_nothing_and_promises_nothing(shelf: Index, seed: int) -> None:
    need = parse_need(without_content("", rng.stream(seed, "test.empty")), shelf.lexicon)
    assert need.conditions == ()
    assert rank(need, shelf).answerable < 0.5
