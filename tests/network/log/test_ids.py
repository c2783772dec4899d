"""Ids: one space, and numbers that are none."""

from __future__ import annotations

import pytest

from coproduce.network.commons.models import Version
from coproduce.network.log.ids import next_ids
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told
from tests.network.commons.conftest import make_cast, shared


@pytest.mark.django_db
def test_ids_rise_and_none_is_given_twice() -> None:
    given = [*next_ids(3), *next_ids(2)]
    assert len(set(given)) == 5
    assert given == sorted(given)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**4000], ids=range(5))
def test_a_number_that_is_no_id_refers_to_nothing(number: int) -> None:
    made = shared(make_cast().author)
    with told(computer("worker")):
        assert Version.objects.filter(resource_id=made.pk).count() == 1
        assert not Version.objects.filter(resource_id=number).exists()
        assert not Version.objects.filter(resource__id=number).exists()
        assert not Version.objects.filter(pk=number).exists()
        assert Version.objects.exclude(resource_id=number).count() == 1
