"""Django's makemessages, which also collects what the parts without Django say."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from django.core.management.commands import makemessages

from coproduce.network.design.spoken import said_by_measures, said_in

#: The parts whose sentences reach a page; figures take theirs already translated (`say`).
PARTS = ("measures", "matching", "evidence", "statistics", "events")


def said_elsewhere() -> Iterator[str]:
    """Every message that the parts without Django can say."""
    yield from said_by_measures()
    root = resources.files("coproduce")
    for part in PARTS:
        folder = root / part
        if folder.is_dir():
            for module in sorted(Path(str(folder)).rglob("*.py")):
                if module.name != "catalogue.py":
                    yield from said_in(module.read_text(encoding="utf-8"))


class Command(makemessages.Command):
    """Collects the messages of this folder and of the parts without Django."""

    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=say"]  # noqa: RUF012 - Django's own name

    def handle(self, *args: object, **options: object) -> None:
        """Writes a module of marks for as long as messages are collected."""
        marks = Path("said_elsewhere.py")
        lines = [f"gettext_noop({text!r})" for text in dict.fromkeys(said_elsewhere())]
        marks.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            super().handle(*args, **options)
        finally:
            marks.unlink()
