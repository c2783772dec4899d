"""The declared figures and the pages that show them hold together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.cli.figure import write_figure
from coproduce.errors import InvalidInput, Unavailable
from coproduce.figures import Bar, bar_figure
from coproduce.simulator.findings.catalogue import FIGURES, Effort, declared

EXPLANATION = Path(__file__).resolve().parents[3] / "docs" / "explanation"
DRAWN = sorted((EXPLANATION / "figures").glob("*.svg"))


@pytest.mark.parametrize("name", [figure.name for figure in FIGURES])
def test_the_page_of_a_figure_shows_it_and_says_how_it_is_made(name: str) -> None:
    page = (EXPLANATION / declared(name).page).read_text()
    assert f"figures/{name}.svg)" in page
    assert f"coproduce figure {name}" in page
    assert (EXPLANATION / "figures" / f"{name}.svg").is_file()


@pytest.mark.parametrize("file", DRAWN, ids=lambda file: file.stem)
def test_a_drawn_figure_is_declared_small_and_says_what_it_shows(file: Path) -> None:
    assert file.stem in {figure.name for figure in FIGURES}
    text = file.read_text()
    assert len(text) < 100_000
    assert "<desc " in text


def test_names_are_declared_once() -> None:
    names = [figure.name for figure in FIGURES]
    assert len(names) == len(set(names))


def test_an_unknown_figure_is_refused() -> None:
    with pytest.raises(InvalidInput):
        declared("a-picture-of-nothing")


def test_the_list_is_one_json_document() -> None:
    listed = json.loads(CliRunner().invoke(app, ["figure", "--list", "--json"]).stdout)["figures"]
    assert [one["figure"] for one in listed] == [figure.name for figure in FIGURES]


def test_without_a_name_the_use_is_wrong() -> None:
    assert CliRunner().invoke(app, ["figure"]).exit_code == 2


def test_an_effort_without_a_number_leaves_it_to_the_figure() -> None:
    assert (Effort().runs(40), Effort(replicates=5).runs(40)) == (40, 5)


def test_a_figure_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    figure = bar_figure([Bar("a", 1.0)], title="One", summary="One bar")
    (tmp_path / "taken").write_text("")
    with pytest.raises(Unavailable):
        write_figure(figure, "one", tmp_path / "taken")
    names = [Path(path).name for path in write_figure(figure, "one", tmp_path / "new" / "folder")]
    assert names == ["one.svg", "one.vl.json", "one.csv"]
