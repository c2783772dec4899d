"""Under whose name the embedded server runs: PostgreSQL refuses to run as root, and rightly so."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coproduce.errors import Unavailable

#: Accounts that root may lend to the server, best first. We never make one: a container may have no means to.
CANDIDATES = ("coproduce", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    name: str
    user: int
    group: int

    def as_process_arguments(self) -> dict[str, Any]:
        """What `subprocess.run` needs to drop to this account, other groups included."""
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Makes this account the owner of a file or folder."""
        os.chown(path, self.user, self.group, follow_symlinks=False)

    def give_tree(self, folder: Path) -> None:
        """Makes this account the owner of a folder and of everything in it; links are not followed."""
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                self.give(Path(place) / name)
        self.give(folder)


def server_account(cluster: Path) -> Account | None:
    """The account for the server of this folder; None when we are not root and simply run it ourselves.

    A folder that already belongs to an account of this machine stays with it, so that `sudo coproduce db backup`
    does not take somebody's database away from them.
    """
    if os.geteuid() != 0:
        return None
    if cluster.is_dir() and (owner := cluster.stat().st_uid) != 0:
        try:
            return _account(pwd.getpwuid(owner))
        except KeyError:
            pass  # made on another machine; the first candidate below takes it over
    for name in CANDIDATES:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise Unavailable(
        f"The database server must not run as root, and this machine has none of the accounts {', '.join(CANDIDATES)}.",
        next_step="Make one (for example `useradd --system coproduce`), or start Coproduce as an ordinary user.",
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
