"""What runs with Coproduce: each library has a reason and an allowed licence, and the lock holds what is asked for."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from importlib.util import find_spec

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from scripts import licences

from tests.architecture.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN_TIME = PROJECT["project"]["dependencies"]
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = [(canonicalize_name(n), v) for n, v in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE)]


def test_every_library_has_its_reason_and_no_reason_is_left_behind() -> None:
    why = PROJECT["tool"]["coproduce"]["dependencies"]
    assert set(why) == {licences.name_of(line) for line in RUN_TIME}
    assert all(reason.endswith(".") for reason in why.values())


@pytest.mark.parametrize("name", sorted(licences.closure(RUN_TIME)))
def test_its_licence_is_permissive_or_it_is_listed(name: str) -> None:
    assert licences.is_allowed(name), f"{name}: {licences.licence(name)}"


@pytest.mark.parametrize("line", [*RUN_TIME, *PROJECT["dependency-groups"]["dev"]])
def test_the_lock_holds_it_in_a_version_that_fits(line: str) -> None:
    requirement = Requirement(line)
    versions = [version for name, version in LOCKED if name == canonicalize_name(requirement.name)]
    assert versions, "run `make lock`"
    assert all(requirement.specifier.contains(v, prereleases=True) for v in versions), "run `make lock`"


def test_the_lock_has_a_hash_for_every_version_and_no_address() -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(LOCKED)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK


@pytest.mark.parametrize("name", PROJECT["tool"]["uv"]["exclude-dependencies"])
def test_what_is_left_out_is_neither_locked_nor_installed(name: str) -> None:
    assert canonicalize_name(name) not in dict(LOCKED), "run `make lock`"
    assert find_spec(name.replace("-", "_")) is None, "run `make install`"


def test_a_copyleft_library_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "licence", lambda name: "GPL-2.0-or-later")
    assert not licences.is_allowed("python-igraph")
    monkeypatch.setattr(licences, "licence", lambda name: "LGPL-3.0-only")
    assert not licences.is_allowed("python-igraph")
    assert licences.is_allowed("psycopg")
    assert distribution("psycopg").metadata["Name"] == "psycopg"
