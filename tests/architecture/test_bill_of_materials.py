"""The bill of materials names what runs with Coproduce, all of it and nothing else."""

from __future__ import annotations

from scripts.bom import run_time_only

BOM = {
    "metadata": {"component": {"bom-ref": "root"}},
    "components": [{"name": "Django", "bom-ref": "a"}, {"name": "pytest", "bom-ref": "b"}],
    "dependencies": [{"ref": "root", "dependsOn": ["a", "b"]}, {"ref": "b"}],
}


def test_what_only_tests_coproduce_is_left_out_with_its_ties() -> None:
    bill = run_time_only(BOM, {"django"})
    assert [part["name"] for part in bill["components"]] == ["Django"]
    assert bill["dependencies"] == [{"ref": "root", "dependsOn": ["a"]}]
