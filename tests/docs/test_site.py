"""The documentation builds without a warning, and reading it asks nothing of another machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

#: Tags that make a browser fetch something; plain links do not.
FETCHES = re.compile(r"<(?:script|img|iframe|link(?![^>]*rel=.?canonical)|source|video)\b[^>]*(?:src|href)=.?https?://")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_no_page_fetches_anything_from_another_machine(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    assert not [(str(page.relative_to(site)), hit) for page in pages for hit in FETCHES.findall(page.read_text())]


def test_no_style_fetches_a_font_or_a_picture_from_another_machine(site: Path) -> None:
    fetched = re.compile(r"url\(.?https?://|@import .?https?://")
    assert not [str(sheet) for sheet in site.rglob("*.css") if fetched.search(sheet.read_text())]


def test_the_four_kinds_stand_in_their_order(site: Path) -> None:
    home = (site / "index.html").read_text()
    places = [home.find(f"{kind}/") for kind in ("tutorial", "how-to", "reference", "explanation")]
    assert -1 not in places
    assert places == sorted(places)
