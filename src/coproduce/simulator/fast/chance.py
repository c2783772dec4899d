"""What the fast engine cuts from the random words of `models.draws`: short uniforms, normals and whole numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from coproduce.simulator.compiled import Int, Real, part
from coproduce.simulator.normal import quantile

#: Bits of a word that choose one of the equally likely normals of `normals`.
NORMAL_BITS = 16

_UNIT = np.float32(2.0**-24)
_40, _32, _LOW_24 = np.uint64(40), np.uint64(32), np.uint64(0xFFFFFF)
_LOW_32 = np.uint64(0xFFFFFFFF)
_FIELD = np.uint64((1 << NORMAL_BITS) - 1)


@cache
def normals() -> npt.NDArray[np.float32]:
    """2 ** NORMAL_BITS standard normals that are equally likely, by inverse distribution function at mid-points.

    A table makes a normal one look-up. Its variance is 0.99998, its largest value 4.3.
    """
    n = 1 << NORMAL_BITS
    table = quantile((np.arange(n) + 0.5) / n).astype(np.float32)
    table.flags.writeable = False
    return table


@part
def high(word: np.uint64) -> np.float32:
    """A uniform on [0, 1) from the upper half of a word, in steps of 2 ** -24."""
    return np.float32(word >> _40) * _UNIT


@part
def low(word: np.uint64) -> np.float32:
    """A uniform on [0, 1) from the lower half of a word, in steps of 2 ** -24."""
    return np.float32(word & _LOW_24) * _UNIT


@part
def normal(table: npt.NDArray[np.float32], word: np.uint64, field: int) -> Real:
    """The normal that one of the four fields of a word chooses, field 0 being the lowest."""
    return table[(word >> np.uint64(NORMAL_BITS * field)) & _FIELD]


@part
def below(word: np.uint64, n: int) -> Int:
    """A whole number from 0 to n - 1, each equally likely up to n / 2 ** 64.

    The upper half of the product of word and n, in two parts (Lemire 2019, 10.1145/3230636).
    """
    size = np.uint64(n)
    return np.int64(((word >> _32) * size + (((word & _LOW_32) * size) >> _32)) >> _32)
