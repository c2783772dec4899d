"""No room without a subject, no clock and no chance outside their one door, no unfinished work."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import ROOT, dotted, parsed, python_files

NO_SUBJECT = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
CLOCK = Path("src/coproduce/clock.py")
STREAMS = Path("src/coproduce/rng.py")

#: Ways to ask the machine what time it is, as the last two names of a dotted chain.
TIME = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|monotonic|perf_counter|localtime|gmtime)"
    r"|timezone\.(now|localdate|localtime))$"
)
#: Names of numpy.random that draw or seed, rather than name a type.
CHANCE = re.compile(r"^(np|numpy)\.random\.(?!(Generator|Philox|BitGenerator|SeedSequence)$)\w+$|^random\.\w+$")


def _uses(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and pattern.search(name := dotted(node)):
            yield f"{path}:{node.lineno} {name}"


def _imports(path: Path, module: str, names: set[str]) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import) and any(alias.name == module for alias in node.names) and not names:
            yield f"{path}:{node.lineno} import {module}"
        if isinstance(node, ast.ImportFrom) and node.module == module:
            taken = {alias.name for alias in node.names}
            if not names or taken & names:
                yield f"{path}:{node.lineno} from {module} import {', '.join(sorted(taken))}"


def test_no_folder_or_module_is_named_for_nothing() -> None:
    nameless = [
        str(path)
        for path in python_files("src", "tests", "benchmarks", "scripts")
        if NO_SUBJECT & {*path.parts[:-1], path.stem}
    ]
    assert not nameless


def test_only_the_clock_asks_what_time_it_is() -> None:
    files = [path for path in python_files("src") if path != CLOCK]
    asked = [use for path in files for use in _uses(path, TIME)]
    asked += [use for path in files for use in _imports(path, "time", {"time", "monotonic", "perf_counter"})]
    assert not asked, "take the time as an argument, or ask coproduce.clock"


def test_no_table_stamps_the_time_behind_our_back() -> None:
    stamped = [
        f"{path}:{node.value.lineno}"
        for path in python_files("src")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}
    ]
    assert not stamped, "give the time to the action; a frozen clock must hold for tables too"


def test_chance_comes_from_named_streams_only() -> None:
    files = [path for path in python_files("src") if path != STREAMS]
    drawn = [use for path in files for use in _uses(path, CHANCE)]
    drawn += [use for path in files for use in _imports(path, "random", set())]
    drawn += [use for path in files for use in _imports(path, "numpy.random", {"default_rng", "seed", "RandomState"})]
    assert not drawn, 'draw from coproduce.rng.stream(seed, "name", ...)'


def test_nothing_in_the_source_is_left_to_be_done() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    left = [str(path) for path in python_files("src", "scripts") if mark.search((ROOT / path).read_text())]
    assert not left
