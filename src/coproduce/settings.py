"""Every setting, once: a frozen typed object read from the environment. Nothing is opened or made here."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

from coproduce.errors import InvalidInput

PREFIX = "COPRODUCE_"


def setting(default: Any, meaning: str, *, secret: bool = False) -> Any:
    """A dataclass field whose meaning is written beside it; a secret one never shows in `repr`."""
    if callable(default):
        return field(default_factory=default, repr=not secret, metadata={"meaning": meaning})
    return field(default=default, repr=not secret, metadata={"meaning": meaning})


def _data_folder() -> Path:
    return Path(platformdirs.user_data_dir("coproduce", appauthor=False))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one network; the environment variable is COPRODUCE_ and the name in capitals."""

    data: Path = setting(_data_folder, "Folder of the embedded database, the index, keys and the signed log head.")
    database_url: str = setting(
        "", "PostgreSQL 15+ address of the application's role; empty: the embedded server.", secret=True
    )
    database_owner_url: str = setting(
        "", "Address of the owner's role: init, migrate, backup and restore only.", secret=True
    )
    host: str = setting("127.0.0.1", "Address that `serve` listens on.")
    port: int = setting(8000, "Port that `serve` listens on.")
    workers: int = setting(2, "Number of web processes.")
    public_url: str = setting(
        "http://127.0.0.1:8000", "Address at which people reach this network; links in mail use it."
    )
    secret_key: str = setting(
        "", "Key for sessions and signed links; empty: made once and kept in the data folder.", secret=True
    )
    debug: bool = setting(False, "Show tracebacks in the browser; never where real people are.")
    demo: bool = setting(False, "Example network: one-click log-in as the example's people. Never for real people.")
    network_name: str = setting("Coproduce", "Name of this network, shown on every page.")
    language: str = setting("en", "Language of the pages, a BCP 47 tag.")
    time_zone: str = setting("UTC", "Time zone of a person who has not chosen one.")
    email_url: str = setting(
        "", "smtp:// or smtps:// address of the mail server; empty: mail is kept in the outbox.", secret=True
    )
    email_from: str = setting("network@localhost", "Sender of the network's mail.")
    dense: bool = setting(False, "Needs are also matched by the meaning of titles; needs the extra `dense`.")
    login_age: int = setting(13, "Age in years from which a person may have their own log-in.")
    assent_age: int = setting(7, "Age in years from which a child is asked for assent.")
    handover_age: int = setting(18, "Age in years at which a proxy's rights end and the person takes over.")
    follow_up_days: int = setting(7, "Days after the last answer before a silent need is followed up, once.")
    silent_days: int = setting(21, "Days after the follow-up before a need is counted as silent.")
    emergency_number: str = setting("112", "Number to call in an emergency, shown with urgent signs.")
    crisis_line: str = setting("", "Crisis line of this country, shown with urgent signs; empty: the emergency number.")
    log_key: str = setting("", "Path of the key that signs the log's head; empty: made once in the data folder.")
    head_file: str = setting(
        "", "Path of the signed head of the log, kept outside the database; empty: the data folder."
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from COPRODUCE_* variables.

        Raises InvalidInput for an unknown name or a value of the wrong type, naming the variable but never its value.
        """
        environment = os.environ if environment is None else environment
        known = {f.name: f for f in fields(cls)}
        values: dict[str, Any] = {}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX) or variable in _TOOLS:
                continue
            name = variable.removeprefix(PREFIX).lower()
            if name not in known:
                raise InvalidInput(
                    given=f"the unknown setting {variable}",
                    expected="one of the settings in docs/reference/settings.md",
                    next_step=_nearest(name, known),
                )
            values[name] = _parse(variable, text, str(known[name].type))
        return cls(**values)


#: Variables that tests and tools read; they are not settings of a network.
_TOOLS = frozenset({"COPRODUCE_TEST_DATA"})


def _nearest(name: str, known: Mapping[str, object]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {PREFIX}{close[0].upper()}?" if close else "Remove it."


def _parse(variable: str, text: str, type_name: str) -> Any:
    try:
        match type_name:
            case "bool":
                return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[
                    text.lower()
                ]
            case "int":
                return int(text)
            case "Path":
                return Path(text).expanduser().resolve()
            case _:
                return text
    except (KeyError, ValueError) as problem:
        expected = {"bool": "yes or no", "int": "a whole number"}.get(type_name, "a path")
        raise InvalidInput(given=f"a value of {variable} that does not fit", expected=expected) from problem
