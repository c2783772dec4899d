"""`coproduce demo` makes its own folder only, and begins anew what was interrupted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coproduce.errors import InvalidInput
from coproduce.network import launching
from coproduce.network.launching import EXAMPLE_MARK, make_example
from coproduce.settings import Settings


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made, without making it."""
    steps: list[str] = []
    monkeypatch.setattr(launching, "make_network", lambda _settings: steps.append("network"))
    monkeypatch.setattr("coproduce.network.laboratory.demo.seed_example", lambda _now, _tell: steps.append("example"))
    return steps


def test_the_example_is_made_once(tmp_path: Path, made: list[str]) -> None:
    settings = Settings(data=tmp_path / "example")
    make_example(settings)
    make_example(settings)
    assert made == ["network", "example", "network"]


def test_an_example_that_was_interrupted_is_begun_anew(tmp_path: Path, made: list[str]) -> None:
    settings = Settings(data=tmp_path / "example")
    settings.data.mkdir()
    (settings.data / EXAMPLE_MARK).touch()
    (settings.data / "half-made").touch()
    make_example(settings)
    assert made == ["network", "example"]
    assert not (settings.data / "half-made").exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, made: list[str], fresh: bool) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(InvalidInput, match="--data"):
        make_example(Settings(data=tmp_path), fresh=fresh)
    assert (tmp_path / "thesis.odt").read_text() == "years of work"
    assert made == []


@pytest.mark.parametrize("fresh", [False, True])
def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path, made: list[str], fresh: bool) -> None:
    (tmp_path / "data").write_text("a letter")
    with pytest.raises(InvalidInput, match="--data"):
        make_example(Settings(data=tmp_path / "data"), fresh=fresh)
    assert (tmp_path / "data").read_text() == "a letter"


def test_fresh_throws_the_earlier_example_away_and_nothing_beside_it(tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "beside").touch()
    settings = Settings(data=tmp_path / "example")
    make_example(settings)
    (settings.data / "old").touch()
    make_example(settings, fresh=True)
    assert [path.name for path in settings.data.iterdir()] == [EXAMPLE_MARK]
    assert (tmp_path / "beside").exists()


def test_the_demo_never_uses_a_database_that_somebody_set(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COPRODUCE_")},
        "COPRODUCE_DATABASE_URL": "postgresql://app@127.0.0.1:1/real",
        "COPRODUCE_DATABASE_OWNER_URL": "postgresql://owner@127.0.0.1:1/real",
    }
    script = (
        "import os, coproduce.network.launching as l;"
        "l.make_example = lambda settings, fresh: print(repr(settings.database_url), settings.demo, settings.data);"
        "from coproduce.cli.demo import demo; from pathlib import Path;"
        f"demo(port=8000, data=Path({str(tmp_path / 'x')!r}), fresh=False, serve=False)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.split() == ["''", "True", str(tmp_path / "x")]


def test_the_demo_lives_where_the_environment_says(tmp_path: Path) -> None:
    script = (
        "import coproduce.network.launching as l;"
        "l.make_example = lambda settings, fresh: print(settings.data, settings.public_url);"
        "from coproduce.cli import app; app(['demo', '--no-serve'], standalone_mode=False)"
    )
    where = {"COPRODUCE_DATA": str(tmp_path / "x"), "COPRODUCE_PORT": "8123"}
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **where},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.split() == [str(tmp_path / "x"), "http://127.0.0.1:8123"]
