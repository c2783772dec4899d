"""Counter-based random numbers: one uniform for each decision, tick and agent, whoever else draws.

A stream is named after its decision. Its number for an agent depends on (seed, run, name, tick, agent) alone, so two
scenarios under one seed share the numbers of every decision that both make, and a layer that is off moves nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from coproduce import rng
from coproduce.simulator.normal import quantile

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mix(word: int) -> int:
    """The finaliser of SplitMix64 on one 64-bit word.

    >>> hex(mix(0x9E3779B97F4A7C15))  # the first output of SplitMix64 with seed 0
    '0xe220a8397b1dcdaf'
    """
    word = ((word ^ (word >> 30)) * _FIRST) & _MASK
    word = ((word ^ (word >> 27)) * _SECOND) & _MASK
    return word ^ (word >> 31)


def _mix_array(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The same finaliser on an array, in place."""
    words ^= words >> np.uint64(30)
    words *= np.uint64(_FIRST)
    words ^= words >> np.uint64(27)
    words *= np.uint64(_SECOND)
    words ^= words >> np.uint64(31)
    return words


class Streams:
    """The named streams of one run.

    The number of an agent is its place in the SplitMix64 sequence whose seed is the hash of everything else.

    Source: Steele, Lea and Flood 2014, 10.1145/2660193.2660195 (SplitMix64); names are hashed by `coproduce.rng`.
    """

    def __init__(self, seed: int, run: int) -> None:
        self.seed = seed
        self.run = run
        self._keys: dict[str, int] = {}

    def words(self, name: str) -> tuple[int, int]:
        """The two 64-bit words, low and high, from which a stream's numbers follow; kernels draw from them too."""
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = rng.key(self.seed, "simulator." + name, run=self.run)
        return key & _MASK, key >> 64

    def uniform(self, name: str, tick: int, agents: IntArray | int) -> FloatArray:
        """Uniforms on the open interval (0, 1), one an agent; `agents` is their indices, or how many from 0 on."""
        low, high = self.words(name)
        start = mix(low ^ mix((high + tick * _GAMMA) & _MASK))
        index = np.arange(agents) if isinstance(agents, int) else agents
        words = index.astype(np.uint64)
        words += np.uint64(1)
        words *= np.uint64(_GAMMA)
        words += np.uint64(start)
        bits = _mix_array(words)
        bits >>= np.uint64(11)
        return (bits.astype(np.float64) + 0.5) * 2.0**-53

    def below(self, name: str, tick: int, n: int, limit: FloatArray | float) -> IntArray:
        """Which of the agents 0 to n - 1 draw a uniform below this limit, or below their own, in rising order."""
        return np.flatnonzero(self.uniform(name, tick, n) < limit)

    def normal(self, name: str, tick: int, agents: IntArray | int) -> FloatArray:
        """Standard normals by inverse distribution function, one an agent."""
        return self.quantile(self.uniform(name, tick, agents))

    def quantile(self, u: FloatArray) -> FloatArray:
        """The standard normals at these uniforms."""
        return quantile(u.ravel()).reshape(u.shape)

    def setup(self, name: str) -> np.random.Generator:
        """A generator for one named part of the starting state."""
        return rng.stream(self.seed, "simulator.setup." + name, run=self.run)
