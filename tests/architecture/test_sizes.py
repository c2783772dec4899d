"""Files and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import math

from tests.architecture.tree import ROOT, functions, python_files

MAX_FILE = 500
MAX_FUNCTION = 80
MAX_KERNEL = 120
MAX_P95 = 35
MAX_POSITIONAL = 6

#: Numeric kernels that may be longer, by file and name.
KERNELS: frozenset[str] = frozenset()

ALL = ("src", "tests", "scripts", "benchmarks", "examples")


def test_no_file_is_over_500_lines() -> None:
    long = {str(p): n for p in python_files(*ALL) if (n := len((ROOT / p).read_text().splitlines())) > MAX_FILE}
    assert not long


def test_no_function_is_over_80_lines_and_no_named_kernel_over_120() -> None:
    long = [
        (function.place, function.n_lines)
        for path in python_files(*ALL)
        for function in functions(path)
        if function.n_lines > (MAX_KERNEL if f"{path}:{function.name}" in KERNELS else MAX_FUNCTION)
    ]
    assert not long


def test_nineteen_functions_in_twenty_have_at_most_35_lines() -> None:
    lengths = sorted(function.n_lines for path in python_files("src") for function in functions(path))
    assert lengths[math.ceil(0.95 * len(lengths)) - 1] <= MAX_P95


def test_no_function_takes_more_than_six_positional_parameters() -> None:
    crowded = [f.place for path in python_files("src") for f in functions(path) if f.n_positional > MAX_POSITIONAL]
    assert not crowded


def test_every_named_kernel_exists() -> None:
    found = {f"{path}:{function.name}" for path in python_files("src") for function in functions(path)}
    assert found >= KERNELS
