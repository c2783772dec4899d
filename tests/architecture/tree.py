"""The tree as the architecture tests see it: tracked files, and the functions inside them."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "coproduce"


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file that git tracks or would track, as a path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(Path(name) for name in sorted(set(listed.split("\0")) - {""}) if (ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """The tracked Python files under these top folders, migrations (written by Django) left out."""
    return [p for p in tracked() if p.suffix == ".py" and p.parts[0] in folders and "migrations" not in p.parts]


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


@dataclass(frozen=True)
class Function:
    """A function, where it stands, how long it is (its docstring not counted) and how many positional parameters."""

    place: str
    name: str
    n_lines: int
    n_positional: int
    node: ast.FunctionDef | ast.AsyncFunctionDef


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
            own = names[1:] if names[:1] in (["self"], ["cls"]) else names
            n_lines = (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)
            yield Function(f"{path}:{node.lineno} {node.name}", node.name, n_lines, len(own), node)


def dotted(node: ast.expr) -> str:
    """`a.b.c` for an attribute chain, else an empty text."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            before = dotted(value)
            return f"{before}.{attr}" if before else ""
    return ""
