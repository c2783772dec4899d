"""Files that commands write: whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coproduce.errors import Unavailable


@contextmanager
def written(path: Path) -> Iterator[Any]:
    """A text file that appears under its name only when it is whole. Raises Unavailable where it cannot be written."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8") as stream:
            yield stream
        unfinished.replace(path)
    except OSError as error:
        raise Unavailable(
            f"{path.name} cannot be written.", next_step="Check the folder, its rights and the free space."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
