"""From a person's own words to a parsed need."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce.matching import Index, ParsedNeed, Resource, parse_need, rank
from coproduce.matching.text import NEED_LIMIT


def things(need: ParsedNeed) -> list[str]:
    return [thing.said for thing in need.conditions]


def test_the_longest_name_is_linked(shelf: Index) -> None:
    need = parse_need("is my otitis media chronic, or chronic otitis media?", shelf.lexicon)
    assert "chronic otitis media" in things(need)


def test_an_alias_is_linked(shelf: Index) -> None:
    assert things(parse_need("I was told I have regional enteritis", shelf.lexicon)) == ["regional enteritis"]


def test_a_catalogue_name_is_linked_without_its_tail(shelf: Index) -> None:
    assert things(parse_need("azathioprine makes me sick", shelf.lexicon)) == ["azathioprine"]


def test_initials_are_linked(shelf: Index) -> None:
    assert things(parse_need("my mother has nph", shelf.lexicon)) == ["nph"]


def test_another_abbreviation_is_not_taken_for_it(shelf: Index) -> None:
    assert things(parse_need("ed", shelf.lexicon)) == []


def test_chat_words_do_not_count(shelf: Index) -> None:
    need = parse_need("Hello, could you please help me? Thank you very much, sleep", shelf.lexicon)
    assert [word.said for word in need.words] == ["sleep"]


def test_a_misspelt_name_is_repaired_and_the_repair_is_told(shelf: Index) -> None:
    need = parse_need("azathiprine", shelf.lexicon)
    assert need.repairs == (("azathiprine", "azathioprine"),)
    assert things(need) == ["azathioprine"]


@pytest.mark.parametrize("word", ["zebra", "gut", "toilets", "abc12def", "sleep"])
def test_a_word_that_is_known_or_far_from_every_name_is_left_alone(shelf: Index, word: str) -> None:
    assert parse_need(word, shelf.lexicon).repairs == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("what are the side effects of azathioprine", "side_effects"),
        ("how do I take azathioprine", "how_to_use"),
        ("why did I get crohn's disease, is it inherited", "inheritance"),
        ("is there a cure for crohn's", "treatment"),
        ("where is a support group", "people"),
        ("I need a letter for school", "planning"),
    ],
)
def test_the_kind_of_help_is_detected(shelf: Index, text: str, kind: str) -> None:
    assert kind in [asked.kind for asked in parse_need(text, shelf.lexicon).kinds]


def test_the_person_can_correct_every_chip(shelf: Index) -> None:
    need = parse_need("what is crohn's disease", shelf.lexicon)
    corrected = need.correct(shelf.lexicon, conditions=["Azathioprine"], kinds=["side_effects"])
    assert corrected.corrected
    assert [asked.kind for asked in corrected.kinds] == ["side_effects"]
    assert rank(corrected, shelf).offers[0].resource_id == "5"


def test_a_condition_taken_away_takes_its_words_along(shelf: Index) -> None:
    need = parse_need("crohn's disease and sleep", shelf.lexicon).correct(shelf.lexicon, conditions=["sleep"])
    assert [word.said for word in need.words] == ["sleep"]


def test_a_part_that_is_not_corrected_stays(shelf: Index) -> None:
    need = parse_need("what causes crohn's disease", shelf.lexicon)
    assert need.correct(shelf.lexicon, words=["gut"]).conditions == need.conditions


def test_an_unknown_kind_is_dropped(shelf: Index) -> None:
    assert parse_need("sleep", shelf.lexicon).correct(shelf.lexicon, kinds=["nonsense"]).kinds == ()


def test_a_need_survives_storage(shelf: Index) -> None:
    need = parse_need("azathiprine side effects", shelf.lexicon)
    assert ParsedNeed.from_dict(json.loads(json.dumps(need.to_dict()))) == need


HOSTILE = {
    "empty": "",
    "only spaces": " \n\t ",
    "only emoji": "😀🏥" * 50,
    "right to left": "متلازمة كرون \u202e מחלת קרוהן",
    "null bytes": "crohn\x00's\x00 disease\x00",
    "query syntax": '+title:(a AND "b"~3) OR NOT [x TO *] ^5 \\ / {!}',
    "script": "<script>alert('crohn')</script><img src=x onerror=1>",
    "lone surrogate": "crohn \ud800 disease",
    "very long": "crohn's disease and sleep " * 4000,
    "one long word": "a" * 100_000,
    "only chat": "hello please thank you",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_parsed_and_ranked_without_failing(shelf: Index, text: str) -> None:
    ranking = rank(parse_need(text, shelf.lexicon), shelf)
    assert 0 <= ranking.answerable <= 1
    assert parse_need(text, shelf.lexicon).cut == (len(text) > NEED_LIMIT)


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_gives_weights_between_0_and_1(shelf: Index, text: str) -> None:
    need = parse_need(text, shelf.lexicon)
    assert all(0 <= part.weight <= 1 for part in (*need.conditions, *need.kinds, *need.words))


def test_a_word_that_somebody_picks_on_purpose_counts_though_messages_are_full_of_it(shelf: Index) -> None:
    need = parse_need("I have a question about sleep", shelf.lexicon)
    assert "question" not in {word.stem for word in need.words}
    visits = Index.in_memory([Resource(id="1", title="Questions for a visit")])
    picked = need.correct(visits.lexicon, words=["questions"])
    assert [word.said for word in picked.words] == ["questions"]


@pytest.fixture
def on_friends() -> Index:
    return Index.in_memory(
        [Resource(1, "What to tell in class"), Resource(2, "Sleep", body="Tell nobody. How are you?")]
    )


def weights_of(text: str, index: Index) -> dict[str, float]:
    return {word.said: word.weight for word in parse_need(text, index.lexicon).words}


def test_a_word_of_chat_counts_little_where_a_title_holds_it_and_not_where_only_bodies_do(on_friends: Index) -> None:
    assert weights_of("how do I tell my class", on_friends) == pytest.approx({"class": 1.0, "tell": 0.3}, abs=0.05)
    without = Index.in_memory([Resource(1, "In class"), Resource(2, "Sleep", body="Tell nobody.")])
    assert weights_of("how do I tell my class", without) == {"class": 1.0}


def test_where_all_is_chat_it_counts_no_more(on_friends: Index) -> None:
    assert weights_of("please tell me", on_friends) == {"tell": 0.3}


def test_a_word_of_chat_that_somebody_picked_counts_in_full(on_friends: Index) -> None:
    need = parse_need("how do I tell my class", on_friends.lexicon)
    picked = need.correct(on_friends.lexicon, words=["tell", "class"])
    assert {word.said: word.weight > 0.8 for word in picked.words} == {"tell": True, "class": True}


def test_a_word_of_chat_that_asks_for_a_kind_of_help_is_not_counted_twice() -> None:
    index = Index.in_memory([Resource(1, "What causes sleep"), Resource(2, "Sleep")])
    assert set(weights_of("what causes sleep", index)) == {"sleep"}


@pytest.mark.parametrize("said", ["scope", "spain", "bread"])
def test_a_repair_keeps_the_first_letter(said: str) -> None:
    index = Index.in_memory([Resource(1, "How to cope", ("pain", "cope", "read"))])
    assert parse_need(f"about my {said}", index.lexicon).repairs == ()


def test_i_will_is_not_being_ill() -> None:
    index = Index.in_memory([Resource(1, "Being ill")])
    assert weights_of("I'll try it", index) == {}
    assert set(weights_of("my illness", index)) == {"illness"}
