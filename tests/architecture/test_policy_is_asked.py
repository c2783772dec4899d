"""Every action and query of the live network asks the policy before it does anything."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import dotted, parsed, python_files

NETWORK = Path("src/coproduce/network")
ROOMS = {"actions": "action", "queries": "query"}


def _room(path: Path) -> str:
    """`actions` or `queries` for a file that is that room of an app, or stands inside it; else an empty text."""
    inside = path.relative_to(NETWORK).with_suffix("").parts[1:] if NETWORK in path.parents else ()
    return next((room for room in ROOMS if inside[:1] == (room,)), "")


def _rule_names(node: ast.AST, decorator: str) -> list[str]:
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and dotted(n.func).split(".")[-1] == decorator]
    return [c.args[0].value for c in calls if c.args and isinstance(c.args[0], ast.Constant)]


def _public() -> list[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (path, node)
        for path in python_files("src")
        if _room(path)
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        if not any(_rule_names(decorator, "rule") for decorator in node.decorator_list)
    ]


def _id(found: tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]) -> str:
    path, node = found
    return f"{path.relative_to(NETWORK)}:{node.name}"


DECLARED = {
    name for path in python_files("src") if NETWORK in path.parents for name in _rule_names(parsed(path), "rule")
}


@pytest.mark.parametrize("found", _public(), ids=_id)
def test_it_asks_a_rule_of_its_own_app_that_somebody_declared(
    found: tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef],
) -> None:
    path, node = found
    app, decorator = path.relative_to(NETWORK).parts[0], ROOMS[_room(path)]
    assert node.decorator_list, f"{_id(found)} is not marked with @{decorator}"
    names = _rule_names(node.decorator_list[0], decorator)
    assert names, f"the outermost mark of {_id(found)} must be @{decorator}"
    assert names[0].startswith(f"{app}.")
    assert names[0] in DECLARED


def test_there_are_actions_and_queries_to_ask_about() -> None:
    assert {_room(path) for path, _ in _public()} == set(ROOMS)
