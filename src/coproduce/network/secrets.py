"""Keys of this network: given by a setting, or made once and kept in the data folder, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from coproduce.settings import Settings

SECRET_KEY = "secret_key"  # noqa: S105 the name of the file


def secret_key(settings: Settings) -> str:
    """The key for sessions and signed links; before `coproduce init` has made one, a passing one of this process."""
    kept = settings.data / "secrets" / SECRET_KEY
    return settings.secret_key or (kept.read_text() if kept.is_file() else secrets.token_urlsafe(50))


def kept_secret(path: Path, fresh: str = "") -> str:
    """The secret in this file; made (`fresh`, or random) at the first call, once, also when two processes call."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        # A link cannot be half-written, so a reader never sees an empty file.
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(fresh or secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text()
