"""What may not stand in the tree: addresses of registries, paths of one machine, large files."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.tree import ROOT, tracked

REGISTRY = re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|deb\.debian|registry\.)[\w./-]*")
MACHINE = re.compile(r"(?:^|[^\w.])/(?:work|farm|root)/[\w.-]+", re.MULTILINE)
MAX_BYTES = 1_048_576


def _texts() -> list[tuple[Path, str]]:
    return [
        (path, (ROOT / path).read_bytes().decode("utf-8", "replace")) for path in tracked() if path.suffix != ".svg"
    ]


def test_no_address_of_a_package_registry_stands_in_the_tree() -> None:
    found = [(str(path), hit) for path, text in _texts() for hit in REGISTRY.findall(text) if "/project/" not in hit]
    assert not found


def test_no_path_of_one_machine_stands_in_the_tree() -> None:
    assert not [(str(path), hit) for path, text in _texts() for hit in MACHINE.findall(text)]


def test_no_file_is_over_one_mebibyte() -> None:
    assert not {str(path): n for path in tracked() if (n := (ROOT / path).stat().st_size) > MAX_BYTES}
