"""What the documentation shows, works: its code blocks run, and the commands it names exist."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.reference import command_line

from tests.docs.blocks import PAGES, Block, blocks

ALL = [block for page in PAGES for block in blocks(page)]
KNOWN = {path[1:]: command for path, command in command_line()}
PYTHON = sorted({block.page for block in ALL if block.language == "python" and not block.mark.startswith("not run")})
CONSOLE = sorted({block.page for block in ALL if block.language == "console" and block.mark == "run"})


def _run_python(block: Block, names: dict[str, object]) -> None:
    if ">>>" in block.body:
        test = doctest.DocTestParser().get_doctest(block.body, names, str(block), str(block.page), block.line)
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False)
        assert runner.run(test, clear_globs=False).failed == 0, str(block)
        names.update(test.globs)
    else:
        exec(compile("\n" * block.line + block.body, str(block.page), "exec"), names)


@pytest.mark.parametrize("page", PYTHON, ids=lambda page: page.stem)
def test_the_python_on_the_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(page):
        if block.language == "python" and not block.mark.startswith("not run"):
            _run_python(block, names)


@pytest.mark.parametrize("page", CONSOLE, ids=lambda page: page.stem)
def test_the_commands_on_the_page_run_and_answer_as_shown(page: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "COPRODUCE_DATA": str(tmp_path / "data"), "COLUMNS": "120"}
    marked = [block for block in blocks(page) if block.language == "console" and block.mark == "run"]
    for words, shown in (pair for block in marked for pair in block.commands()):
        assert words[0] == "coproduce", f"{page}: only coproduce commands are run"
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{page}: {' '.join(words)}\n{done.stderr}"
        for line in shown:
            assert all(part.strip() in done.stdout for part in line.split("...")), f"{page}: {line}\n{done.stdout}"


#: Commands that the pages describe and the command line does not have yet.
AWAITED = {("commons", "import")}


def _command_of(words: list[str]) -> tuple[str, ...] | None:
    return next((path for n in (3, 2, 1) if (path := tuple(words[1 : 1 + n])) in KNOWN), None)


TYPED = [
    (block, words)
    for block in ALL
    if block.language == "console"
    for words, _ in block.commands()
    if "coproduce" in words[:1]
]


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: f"{typed[0].page.stem}:{' '.join(typed[1][:4])}")
def test_a_command_that_the_page_names_exists_with_its_options(typed: tuple[Block, list[str]]) -> None:
    block, words = typed
    path = _command_of(words)
    if path is None and tuple(words[1:3]) in AWAITED:
        pytest.xfail("documented; its command is not there yet")
    assert path is not None, f"{block}: no command {' '.join(words[:3])}"
    options = {spelled for p in KNOWN[path].params for spelled in (*p.opts, *p.secondary_opts)} | {"--help"}
    used = {word.split("=", 1)[0] for word in words if word.startswith("--")}
    assert used <= options, f"{block}: {sorted(used - options)}"


def test_a_block_that_does_not_run_says_why() -> None:
    marks = {block.mark for block in ALL if block.language == "python" and block.mark}
    assert all(len(mark) > len("not run: because") for mark in marks)
