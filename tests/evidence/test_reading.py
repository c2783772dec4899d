"""Numbers of a document, and what is no number."""

import pytest

from coproduce.errors import InvalidInput
from coproduce.evidence.reading import number, whole


@pytest.mark.parametrize("found", [None, "3", True, [], {}, float("nan"), float("inf"), -float("inf"), 10**400])
def test_what_is_no_number_is_refused_by_its_field(found):
    for reader in (number, whole):
        with pytest.raises(InvalidInput, match="for mcid") as refused:
            reader(found, "mcid")
        assert refused.value.field == "mcid"


def test_ends_hold_and_belong_to_the_range():
    assert number(0, "x", low=0, high=1) == 0.0
    assert number(1, "x", above=0, high=1) == 1.0
    assert whole(5, "x", low=5, high=5) == 5
    for wrong in ({"low": 2}, {"high": 0}, {"above": 1}):
        with pytest.raises(InvalidInput, match="1 for x"):
            number(1, "x", **wrong)
    for value in (4, 7, 5.0, 2**63):
        with pytest.raises(InvalidInput, match="a whole number from 5 to 6"):
            whole(value, "x", low=5, high=6)
