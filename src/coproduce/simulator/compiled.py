"""How kernels are compiled: once on this machine, then kept on disk until any kernel's source changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

import numba

from coproduce.simulator.kept import folder

F = TypeVar("F", bound=Callable[..., Any])

#: A number inside a kernel: its width is Numba's business, and no type of Python's.
Int: TypeAlias = Any
Real: TypeAlias = Any

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "cache": True}
_INNER: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def kernel(function: F) -> F:
    """The function as machine code, compiled at its first call and kept on disk.

    - Kernels stand at the top of a module, since what closures compile to is not kept.
    - They let go of the interpreter lock: threads of Python run them side by side, so none of Numba's threading layers
      is needed, and more threads than cores are allowed.
    - They neither reorder sums nor assume that numbers are finite: the same input gives the same bits.
    - Division by zero gives infinity or NaN, as in NumPy.
    """
    with _kept():
        compiled: F = numba.njit(**_OPTIONS)(function)
    return compiled


def part(function: F) -> F:
    """The same for what only kernels call: it cannot be called from Python, and compiles in half the time."""
    with _kept():
        compiled: F = numba.njit(**_INNER)(function)
    return compiled


@contextmanager
def _kept() -> Iterator[None]:
    """Numba looks at the file of the kernel alone to tell old code; a kernel that it calls may stand in another."""
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = before or str(folder())
    try:
        yield
    finally:
        settings.CACHE_DIR = before
