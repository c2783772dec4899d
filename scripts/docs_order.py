"""The order of the documentation: four kinds of page, each in its folder; mkdocs calls this when it builds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: The four kinds (Diátaxis: Procida, https://diataxis.fr), in the order in which people meet them.
KINDS = {"tutorial": "Tutorial", "how-to": "How to", "reference": "Reference", "explanation": "Explanation"}


def title(page: Path) -> str:
    """The first heading of a page."""
    return next(line[2:].strip() for line in page.read_text().splitlines() if line.startswith("# "))


def section(folder: Path, root: Path) -> list[dict[str, Any]]:
    """The pages of a folder by title, its index first, then its folders."""
    pages = sorted(folder.glob("*.md"), key=lambda page: (page.stem != "index", title(page).lower()))
    inner = [part for part in sorted(folder.iterdir()) if part.is_dir() and any(part.rglob("*.md"))]
    return [
        *({title(page): page.relative_to(root).as_posix()} for page in pages),
        *({part.name.capitalize(): section(part, root)} for part in inner),
    ]


def on_config(config: Any) -> Any:
    """Gives mkdocs its navigation."""
    root = Path(config["docs_dir"])
    parts = [{name: section(root / kind, root)} for kind, name in KINDS.items() if (root / kind).is_dir()]
    config["nav"] = [{"Home": "index.md"}, *parts]
    return config
