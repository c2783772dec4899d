"""The ODD description of the network model names what the code has, and nothing else."""

from __future__ import annotations

import re

import pytest

from coproduce.simulator import STAGES, names
from coproduce.simulator.levers import LEVERS
from coproduce.simulator.network import COLUMNS
from coproduce.simulator.parameters import NetworkParameters, specs
from tests.architecture.tree import ROOT

MODEL = ROOT / "docs" / "explanation" / "model"
SPECS = specs(NetworkParameters)
PARTS = {
    "parameter": set(SPECS),
    "form": {choice for spec in SPECS.values() for choice in spec.choices},
    "step": {step.name for step in STAGES},
    "layer": {layer for step in STAGES for layer in step.layers},
    "lever": set(LEVERS),
    "reported number": set(COLUMNS),
}
ELEMENTS = ("1. Purpose and patterns", "2. Entities, state variables and scales", "3. Process overview and scheduling",
            "4. Design concepts", "5. Initialization", "6. Input data", "7. Submodels")  # fmt: skip
CONCEPTS = ("Basic principles", "Emergence", "Adaptation and objectives", "Learning", "Prediction", "Sensing",
            "Interaction", "Stochasticity", "Collectives", "Observation")  # fmt: skip


def named() -> set[str]:
    """What the page of submodels names in code type."""
    return set(re.findall(r"`([^`\n]+)`", (MODEL / "submodels.md").read_text(encoding="utf-8")))


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_model_appears_among_its_submodels(part: str) -> None:
    assert not PARTS[part] - named()


def test_the_submodels_name_nothing_that_the_code_has_not() -> None:
    known = set().union(*PARTS.values()) | set(names()) | {"[starts]", "scenario.starting(registry=[1, 27, None])"}
    assert not named() - known


def test_the_description_has_the_seven_elements_and_the_design_concepts_of_odd() -> None:
    page = (MODEL / "index.md").read_text(encoding="utf-8")
    assert [heading for heading in ELEMENTS if f"## {heading}\n" in page] == list(ELEMENTS)
    assert [concept for concept in CONCEPTS if f"**{concept}.**" in page] == list(CONCEPTS)


def test_the_description_says_that_the_published_model_is_reconstructed() -> None:
    page = " ".join((MODEL / "index.md").read_text(encoding="utf-8").split())
    assert "a reconstruction from abstracts and one table; functional forms and defaults are ours" in page
    for pages in MODEL.glob("*.md"):
        text = pages.read_text(encoding="utf-8").lower()
        assert not re.search(r"(reproduces|validated against|faster than) (seid|the model of 20)", text)
