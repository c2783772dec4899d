"""A small shelf of resources that the matching tests share."""

from __future__ import annotations

import pytest

from coproduce.matching import Index, Resource

SHELF = (
    Resource("1", "What is Crohn's disease?", ("Crohn's disease",), ("Regional enteritis",), "A gut illness.",
             kind_of_help="what_it_is", language="en"),
    Resource("2", "What causes Crohn's disease?", ("Crohn's disease",), ("Regional enteritis",),
             kind_of_help="causes", language="en"),
    Resource("3", "What are the treatments for Crohn's disease?", ("Crohn's disease",), ("Regional enteritis",),
             kind_of_help="treatment", language="en", risk_class=2),
    Resource("4", "Crohn's disease: what is it? (French)", ("Crohn's disease",), kind_of_help="what_it_is",
             language="fr"),
    Resource("5", "Side effects of Azathioprine", ("Azathioprine Oral",), ("Imuran",), kind_of_help="side effects"),
    Resource("6", "How to take Azathioprine", ("Azathioprine Oral",), ("Imuran",), kind_of_help="usage"),
    Resource("7", "What is otitis media?", ("Otitis media - chronic",), ("Ear infection",), kind_of_help="information"),
    Resource("8", "A letter for school", ("School",), (), "A letter about toilets and tiredness for the teacher.",
             kind_of_help="planning", audience=("family",), place="NL", licence="CC-BY-4.0"),
    Resource("9", "Sleep in a flare", ("Sleep",), (), "Sleep when the gut wakes you.", kind_of_help="living_with"),
    Resource("10", "What is Normal Pressure Hydrocephalus?", ("Normal Pressure Hydrocephalus",),
             kind_of_help="what_it_is"),
    Resource("11", "What is Ehlers-Danlos syndrome?", ("Ehlers-Danlos syndrome",), ("EDS",), kind_of_help="what_it_is"),
    Resource("12", "What is Hepatitis B?", ("Hepatitis B",), kind_of_help="what_it_is"),
)  # fmt: skip


@pytest.fixture(scope="session")
def shelf() -> Index:
    return Index.in_memory(SHELF)
