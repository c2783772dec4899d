"""Which code made a number: the version, and a hash of the model's own source."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from coproduce import __version__


@cache
def code_hash() -> str:
    """The hash of the simulator's source and presets: equal hashes run the same model. Line ends are not looked at."""
    digest = hashlib.sha256()
    for name, text in sorted(_sources(resources.files("coproduce.simulator"), "")):
        digest.update(f"{name}\0{text}\0".encode())
    return digest.hexdigest()[:16]


def made_with() -> dict[str, str]:
    """The version and the hash, to be kept beside a result."""
    return {"version": __version__, "code": code_hash()}


def _sources(folder: Traversable, path: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _sources(entry, f"{path}{entry.name}/")
        elif entry.name.endswith((".py", ".toml")):
            found.append((f"{path}{entry.name}", "\n".join(entry.read_text(encoding="utf-8").splitlines())))
    return found
