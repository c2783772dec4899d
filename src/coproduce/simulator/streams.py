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
#: What kind each person is of a handful, so that a pass over everybody reads little.
KindArray = npt.NDArray[np.int16]
#: By kind, a low and a high limit.
Limits = tuple[FloatArray, FloatArray]

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
#: The same as NumPy's own numbers, made once: to make them takes as long as to reckon with them.
_11, _27, _30, _31 = (np.uint64(bits) for bits in (11, 27, 30, 31))
_GAMMA_64, _FIRST_64, _SECOND_64 = (np.uint64(word) for word in (_GAMMA, _FIRST, _SECOND))
#: For so few agents one number after another is sooner there than an array.
_FEW = 8


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
    words ^= words >> _30
    words *= _FIRST_64
    words ^= words >> _27
    words *= _SECOND_64
    words ^= words >> _31
    return words


def _number(start: int, agent: int) -> float:
    """The uniform of one agent in the sequence that begins with this word."""
    return ((mix((start + (agent + 1) * _GAMMA) & _MASK) >> 11) + 0.5) * 2.0**-53


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
        index = np.arange(agents) if isinstance(agents, int) else agents
        if not index.size:
            return np.empty(index.shape)
        low, high = self.words(name)
        start = mix(low ^ mix((high + tick * _GAMMA) & _MASK))
        if index.size <= _FEW and index.ndim == 1:
            return np.array([_number(start, agent) for agent in index.tolist()])
        words = index.astype(np.uint64)
        words *= _GAMMA_64
        words += np.uint64((start + _GAMMA) & _MASK)
        bits = _mix_array(words)
        bits >>= _11
        numbers = bits.astype(np.float64)
        numbers += 0.5
        numbers *= 2.0**-53
        return numbers

    def uniform_each(self, name: str, tick: int, agents: IntArray, n_each: int) -> FloatArray:
        """Uniforms for so many things of each agent, float (agents, n_each): agent a's from the index a n_each on."""
        return self.uniform(name, tick, agents[:, None] * n_each + np.arange(n_each))

    def below(self, name: str, tick: int, n: int, limit: FloatArray | float) -> IntArray:
        """Which of the agents 0 to n - 1 draw a uniform below this limit, or below their own, in rising order."""
        return np.flatnonzero(self.uniform(name, tick, n) < limit)

    def reached(self, name: str, tick: int, kind: KindArray, limits: Limits) -> IntArray:
        """Which of the agents 0, 1, 2 ... draw a uniform outside the limits of their kind, in rising order."""
        u, (low, high) = self.uniform(name, tick, kind.size), limits
        return np.flatnonzero((u < low[kind]) | (u > high[kind]))

    def normal(self, name: str, tick: int, agents: IntArray | int) -> FloatArray:
        """Standard normals by inverse distribution function, one an agent."""
        return self.quantile(self.uniform(name, tick, agents))

    def quantile(self, u: FloatArray) -> FloatArray:
        """The standard normals at these uniforms."""
        return quantile(u.ravel()).reshape(u.shape)

    def setup(self, name: str) -> np.random.Generator:
        """A generator for one named part of the starting state."""
        return rng.stream(self.seed, "simulator.setup." + name, run=self.run)
