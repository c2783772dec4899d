"""The measured tables of docs/explanation/model/engines.md, from the results; a test holds the page to it."""

from __future__ import annotations

from typing import Any

NAMES = {
    "ours": "fast engine",
    "numpy": "NumPy (oracle)",
    "mesa": "Mesa 3",
    "agentpy": "AgentPy",
    "mesa_frames": "mesa-frames",
}


def tables(found: dict[str, Any]) -> tuple[str, str]:
    """The table of `bandit`, and that of `full`."""
    return table(found), full_table(found)


def full_table(found: dict[str, Any]) -> str:
    """Nanoseconds of processor time a patient and tick with every layer on, medians; ratios from lowest to highest."""
    measured = found["every_layer"]["measured"]
    rows = [
        "| `full` | " + " | ".join(f"{int(size):,} patients" for size in measured) + " |",
        "|---" * (len(measured) + 1) + "|",
        "| fast engine | " + " | ".join(f"{one['ns']['fast']['median']:,.0f}" for one in measured.values()) + " |",
    ]
    for name, ratio in (("times `bandit` on the fast engine", "full_over_bandit"),
                        ("the same for whole runs of 52 ticks", "whole_run_over_bandit"),
                        ("NumPy (oracle), times the fast engine", "oracle_over_fast")):  # fmt: skip
        cells = [f"{one[ratio]['low']:.1f} to {one[ratio]['high']:.1f}" for one in measured.values()]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


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
