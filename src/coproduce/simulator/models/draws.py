"""The numbers of a named stream inside compiled code, equal bit for bit to those of `Streams`."""

from __future__ import annotations

import numpy as np

from coproduce.simulator.compiled import kernel
from coproduce.simulator.streams import FloatArray, Streams

#: The two words of a stream, as a kernel takes them.
Words = tuple[np.uint64, np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11, _ONE = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11), np.uint64(1)


def words(streams: Streams, name: str) -> Words:
    """The words of this stream in the type that kernels take."""
    low, high = streams.words(name)
    return np.uint64(low), np.uint64(high)


@kernel
def _mix(word: np.uint64) -> np.uint64:
    word = (word ^ (word >> _30)) * _FIRST
    word = (word ^ (word >> _27)) * _SECOND
    return word ^ (word >> _31)


@kernel
def start(stream: Words, tick: int) -> np.uint64:
    """Where the numbers of a tick begin."""
    return _mix(stream[0] ^ _mix(stream[1] + np.uint64(tick) * _GAMMA))


@kernel
def word(begin: np.uint64, agent: int) -> np.uint64:
    """The 64 random bits of an agent in the tick that begins here."""
    return _mix(begin + (np.uint64(agent) + _ONE) * _GAMMA)


@kernel
def uniform(begin: np.uint64, agent: int) -> float:
    """The uniform on (0, 1) of an agent in the tick that begins here."""
    return (np.float64(word(begin, agent) >> _11) + 0.5) * 2.0**-53


@kernel
def successes(below: FloatArray, u: float) -> int:
    """The number of successes at this uniform, from a distribution function tabled for 0, 1, 2 ..."""
    return int(np.searchsorted(below, u, side="left"))
