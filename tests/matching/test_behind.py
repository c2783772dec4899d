"""Who stands behind a need is kept apart from what is asked, and two questions in one message are told apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.matching import Index, ParsedNeed, Resource, parse_need
from coproduce.matching.behind import Behind, person_behind
from coproduce.matching.text import NEED_LIMIT
from tests.matching.conftest import SHELF

ON_SHELF = Index.in_memory(SHELF)


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("my daughter, 12 years old, has crohn", Behind("child", 12)),
        ("My 12-year-old son", Behind("child", 12)),
        ("I am a 45yo woman with EDS", Behind(age=45)),
        ("our baby is 9 months old", Behind("child", 0.75)),
        ("mother aged 81", Behind(age=81)),
        ("my dear old mother aged 81", Behind("parent", 81)),
        ("something for my wife in Spanish please", Behind("partner", language="es")),
        ("she only reads Mandarin", Behind(language="zh")),
        ("a patient, age 30, and my patient of 7", Behind("patient", 30)),
        # None of these is a person's age.
        ("I have had it for 12 years", Behind()),
        ("20 mg twice a day for 3 months", Behind()),
        ("a 200 years old castle", Behind()),
        ("aged 5 years of pain", Behind()),
        ("spanish flu", Behind()),
        ("", Behind()),
    ],
)
def test_who_a_message_is_for(text: str, behind: Behind) -> None:
    assert person_behind(text)[0] == behind


def test_age_and_language_are_not_searched_for(shelf: Index) -> None:
    plain = parse_need("a letter for school", shelf.lexicon)
    said = parse_need("a letter for school, for a 12 years old, in Spanish", shelf.lexicon)
    assert (said.words, said.others, said.conditions) == (plain.words, plain.others, plain.conditions)
    assert said.behind == Behind(age=12, language="es")


def test_relatives_are_not_searched_for_but_ages_of_life_are(shelf: Index) -> None:
    lexicon = Index.in_memory([*SHELF, Resource("20", "Fever in a child", body="A son, a daughter, a child.")]).lexicon
    assert {word.stem for word in parse_need("my daughter has a fever", lexicon).words} == {"fever"}
    assert {word.stem for word in parse_need("my feverish son, fever", lexicon).words} == {"fever"}
    assert {word.stem for word in parse_need("my child has a fever", lexicon).words} == {"fever", "child"}


@given(st.text(max_size=300))
def test_the_text_keeps_its_length_and_any_text_is_read(text: str) -> None:
    assert len(person_behind(text)[1]) == len(text)


def cut(text: str, index: Index) -> list[str]:
    return [text[first:last] for first, last in parse_need(text, index.lexicon).questions]


@pytest.mark.parametrize(
    "parts",
    [
        ("What causes Crohn's disease? ", "And how do I take azathioprine?"),
        ("Hello there. I read much. What causes Crohn's disease? ", "He has hepatitis B too. What is it? Thank you!"),
        ("Crohn's disease\nWhat causes it? ", "What is otitis media? ", "What of hepatitis B?"),
    ],
)
def test_questions_about_unlike_things_are_told_apart(shelf: Index, parts: tuple[str, ...]) -> None:
    assert cut("".join(parts), shelf) == list(parts)


def test_what_is_beyond_what_is_read_stays_with_the_last_question(shelf: Index) -> None:
    first = "What causes Crohn's disease? "
    last = "And how do I take azathioprine? " + "Thank you so much. " * (NEED_LIMIT // 10)
    assert cut(first + last, shelf) == [first, last]


@pytest.mark.parametrize(
    "text",
    [
        "What causes Crohn's disease?",
        "What causes Crohn's disease? Is Crohn's disease treated?",
        "What causes Crohn's disease? Is it bad? Can he eat?",
        "Crohn's disease and azathioprine and hepatitis B",
        "????",
        "",
    ],
)
def test_one_question_stays_whole(shelf: Index, text: str) -> None:
    assert cut(text, shelf) == []


@given(st.text(alphabet="crohn's azathioprine?.! \n\x00é🩺", max_size=120))
def test_a_cut_loses_nothing_whatever_the_text(text: str) -> None:
    found = parse_need(text, ON_SHELF.lexicon).questions
    if found:
        assert found[0][0] == 0
        assert found[-1][1] == len(text)
        assert all(before[1] == after[0] for before, after in pairwise(found))


def test_what_was_kept_before_these_parts_were_known_is_read(shelf: Index) -> None:
    need = parse_need("My son, 12 years old: what causes Crohn's disease? What of EDS?", shelf.lexicon)
    assert len(need.questions) == 2
    kept = need.to_dict()
    assert ParsedNeed.from_dict(kept) == need
    old = {name: kept[name] for name in kept.keys() - {"behind", "questions", "others"}}
    assert ParsedNeed.from_dict(old).words == need.words
