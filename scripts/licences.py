"""What the installed libraries say about their licences, and which libraries come with which."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: Weak copyleft, unmodified and only imported: allowed, by name.
LISTED = frozenset({"psycopg", "psycopg-binary", "psycopg-pool", "jwcrypto", "certifi", "tqdm", "fido2"})

#: How a permissive licence is written, in SPDX ids, classifiers and free words.
_PERMISSIVE = re.compile(
    r"\b(MIT|MIT-CMU|BSD|0BSD|[23]-Clause|Apache|ISC|ISCL|PSF|Python Software Foundation|Zlib|CC0-1\.0|Unlicense"
    r"|Public Domain|HPND|PostgreSQL|Unicode)\b",
    re.IGNORECASE,
)
_COPYLEFT = re.compile(r"GPL|General Public|MPL|Mozilla|EUPL|CDDL|SSPL|BUSL|Commons Clause", re.IGNORECASE)


def name_of(line: str) -> str:
    """The library's normal name in a requirement line."""
    return canonicalize_name(Requirement(line).name)


def licence(name: str) -> str:
    """The licence that the installed library states: its SPDX expression, else its classifiers, else its own words."""
    try:
        about = distribution(name).metadata
    except PackageNotFoundError:
        return "not installed: run `make lock`, then `make install`"
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [
        line.rsplit(" :: ", 1)[-1] for line in about.get_all("Classifier", []) if line.startswith("License ::")
    ]
    if stated := [line for line in classifiers if line != "OSI Approved"]:
        return "; ".join(stated)
    words = (about.get("License") or "").strip()
    return words.splitlines()[0] if words else "not stated"


def is_allowed(name: str) -> bool:
    """True for a permissive licence, or for a listed library under a weak copyleft one.

    An expression that offers a permissive licence as a choice ("MPL-2.0 OR MIT") counts as permissive.
    """
    stated = licence(name)
    choices = re.split(r"\bOR\b", stated)
    if any(_PERMISSIVE.search(choice) and not _COPYLEFT.search(choice) for choice in choices):
        return True
    return name in LISTED and "AGPL" not in stated


def _needs(name: str, extras: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for line in distribution(name).requires or []:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found.append((canonicalize_name(requirement.name), tuple(sorted(requirement.extras))))
    return found


def closure(lines: Iterable[str]) -> dict[str, set[str]]:
    """Every library that these bring at run time on this platform, with those that bring it."""
    brought: dict[str, set[str]] = defaultdict(set)
    seen: set[tuple[str, tuple[str, ...]]] = set()
    waiting = [(name_of(line), tuple(sorted(Requirement(line).extras))) for line in lines]
    for name, _ in waiting:
        brought[name]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            needs = _needs(name, extras)
        except PackageNotFoundError:
            continue
        for other, its_extras in needs:
            brought[other].add(name)
            waiting.append((other, its_extras))
    return dict(brought)
