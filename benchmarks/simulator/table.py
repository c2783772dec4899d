"""The measured table of docs/explanation/model/engines.md, from the results; a test holds the page to it."""

from __future__ import annotations

from typing import Any

NAMES = {"ours": "fast engine", "numpy": "NumPy (oracle)", "mesa": "Mesa 3", "agentpy": "AgentPy"}


def table(found: dict[str, Any]) -> str:
    """Nanoseconds of processor time a patient and tick, medians, and in brackets how many times the fast engine's."""
    measured = found["peers"]["measured"]
    sizes = [size for size in measured if size.isdigit()]
    rows = [
        "| `bandit` | " + " | ".join(f"{int(size):,} patients" for size in sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    for engine, name in NAMES.items():
        rows.append(f"| {name} | " + " | ".join(_cell(measured[size], engine) for size in sizes) + " |")
    return "\n".join(rows)


def _cell(size: dict[str, Any], engine: str) -> str:
    if engine not in size["ns"]:
        return "-"
    ns = f"{size['ns'][engine]['median']:,.0f}"
    if engine == "ours":
        return ns
    ratio = size["ratio"][engine]
    return f"{ns} ({ratio['low']:.0f} to {ratio['high']:.0f} times)"
