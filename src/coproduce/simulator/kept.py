"""Where the machine code of kernels is kept, and whether there is any yet; to ask does not bring Numba."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

import platformdirs


@cache
def folder() -> Path:
    """`NUMBA_CACHE_DIR`, or else a folder of the user's cache for this exact source of the simulator."""
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(named)
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return Path(platformdirs.user_cache_dir("coproduce", appauthor=False)) / "kernels" / digest.hexdigest()


def is_kept(module: str) -> bool:
    """Whether kernels of a module with this last name were compiled on this machine before."""
    return any(folder().rglob(f"{module}.*.nbi"))
