"""Writes the bill of materials of what runs with Coproduce (CycloneDX) into build/bom.json.

cyclonedx-bom describes the environment; what only builds and tests Coproduce is left out here, since nobody runs it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from scripts import licences

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "bom.json"


def environment() -> dict[str, Any]:
    """What cyclonedx-bom says about the Python environment that runs this."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "cyclonedx_py", "environment"),
            *("--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "application"),
            *("--output-reproducible", "--of", "JSON", "-o", "-", sys.executable),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    described: dict[str, Any] = json.loads(done.stdout)
    return described


def run_time_only(bom: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    """The bill with only these libraries, and only the ties between them."""
    components = [part for part in bom["components"] if canonicalize_name(part["name"]) in kept]
    refs = {part["bom-ref"] for part in components} | {bom["metadata"]["component"]["bom-ref"]}
    ties = [
        {**tie, "dependsOn": [ref for ref in tie.get("dependsOn", []) if ref in refs]}
        for tie in bom.get("dependencies", [])
        if tie["ref"] in refs
    ]
    return {**bom, "components": components, "dependencies": ties}


def main() -> None:
    """Writes the bill and says how many libraries it names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bom = run_time_only(environment(), set(licences.closure(project["dependencies"])))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(bom, indent=2) + "\n")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: {len(bom['components'])} libraries\n")


if __name__ == "__main__":
    main()
