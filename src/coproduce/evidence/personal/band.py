"""The tridiagonal precision of an autoregression on days with gaps: written, factored and solved by kernels.

Source: AR(1) with gaps: Jones 1980, 10.1080/00401706.1980.10486177.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

from coproduce.evidence.arrays import Floats, Ints

F = TypeVar("F", bound=Callable[..., Any])


def part(function: F) -> F:
    """What only other kernels call, and Python cannot: it compiles sooner."""
    options: dict[str, Any] = {"cache": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: F = njit(**options)(function)
    return compiled


@part
def write_precision(gap: Ints, phi: float, diagonal: Floats, beside: Floats) -> None:
    """Writes the tridiagonal precision of an AR(1) with variance 1 at days `gap` apart."""
    n = diagonal.size
    diagonal[:] = 0.0
    diagonal[0] = 1.0
    for j in range(1, n):
        a = phi ** gap[j - 1]
        left = 1.0 - a * a
        diagonal[j] += 1.0 / left
        diagonal[j - 1] += a * a / left
        beside[j - 1] = -a / left


@part
def quadratic(u: Floats, diagonal: Floats, beside: Floats) -> float:
    """u' T u for a tridiagonal T."""
    total = 0.0
    for j in range(u.size):
        total += diagonal[j] * u[j] * u[j]
        if j:
            total += 2.0 * beside[j - 1] * u[j] * u[j - 1]
    return total


@part
def factor_band(diagonal: Floats, beside: Floats) -> None:
    """The Cholesky factor of a tridiagonal matrix, written over it: one over its diagonal, and what stands below."""
    diagonal[0] = 1.0 / math.sqrt(diagonal[0])
    for j in range(1, diagonal.size):
        beside[j - 1] *= diagonal[j - 1]
        diagonal[j] = 1.0 / math.sqrt(diagonal[j] - beside[j - 1] ** 2)


@part
def back_substitute(diagonal: Floats, beside: Floats, x: Floats) -> None:
    """Solves L' x = x for a banded factor L and each column of x (n, columns)."""
    n, columns = x.shape
    for c in range(columns):
        x[n - 1, c] *= diagonal[n - 1]
    for j in range(n - 2, -1, -1):
        for c in range(columns):
            x[j, c] = (x[j, c] - beside[j] * x[j + 1, c]) * diagonal[j]


@part
def solve_band(diagonal: Floats, beside: Floats, x: Floats) -> None:
    """Solves L L' x = x for a banded factor L and each column of x (n, columns).

    The columns go side by side, as each waits for its own last line only.
    """
    n, columns = x.shape
    for c in range(columns):
        x[0, c] *= diagonal[0]
    for j in range(1, n):
        for c in range(columns):
            x[j, c] = (x[j, c] - beside[j - 1] * x[j - 1, c]) * diagonal[j]
    back_substitute(diagonal, beside, x)
