"""What the fast engine cuts from a random word."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from coproduce.simulator.fast import chance
from coproduce.simulator.models import draws
from coproduce.simulator.streams import Streams

WORDS = st.integers(min_value=0, max_value=2**64 - 1)


def in_python(part: Any) -> Any:
    """What a part computes, by Python: parts can only be called by kernels."""
    return part.py_func


@given(WORDS, st.integers(min_value=1, max_value=10_000_000))
def test_a_whole_number_below_n_is_the_upper_half_of_the_product(word: int, n: int) -> None:
    assert in_python(chance.below)(np.uint64(word), n) == word * n >> 64


@given(WORDS)
def test_the_halves_of_a_word_are_uniforms_of_24_bits(word: int) -> None:
    high, low = (float(in_python(half)(np.uint64(word))) for half in (chance.high, chance.low))
    assert high == (word >> 40) / 2**24 < 1
    assert low == (word & 0xFFFFFF) / 2**24 < 1


@given(WORDS, st.integers(min_value=0, max_value=3))
def test_a_field_of_a_word_chooses_the_normal_at_its_share(word: int, field: int) -> None:
    share = ((word >> 16 * field & 0xFFFF) + 0.5) / 2**16
    assert abs(in_python(chance.normal)(chance.normals(), np.uint64(word), field) - stats.norm.ppf(share)) < 1e-5


def test_the_table_of_normals_has_the_moments_of_the_normal() -> None:
    table = chance.normals().astype(np.float64)
    gaps = [abs(np.mean(table**k) - moment) for k, moment in ((1, 0), (2, 1), (3, 0), (4, 3))]
    assert np.all(np.array(gaps) < [1e-6, 1e-4, 1e-5, 2e-3])


def test_a_word_is_the_number_of_the_named_stream_before_it_is_cut() -> None:
    streams = Streams(5, 2)
    begin = np.uint64(draws.start(draws.words(streams, "some.name"), 9))
    uniforms = [((int(draws.word(begin, agent)) >> 11) + 0.5) * 2.0**-53 for agent in range(50)]
    assert uniforms == streams.uniform("some.name", 9, 50).tolist()
