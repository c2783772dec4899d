"""At which step a need stands: what may be no answer is not called one."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from coproduce.matching import shipped_weights
from coproduce.network.needs.actions import use_offer
from coproduce.network.needs.models import Need, Offer
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told
from tests.network.needs.conftest import Town, offer_of


@pytest.mark.parametrize(("away", "asks"), [(-0.01, True), (0.01, False), (None, False)])
def test_little_hope_is_said_below_its_threshold_and_people_are_asked(
    stated: tuple[Client, Need], town: Town, away: float | None, asks: bool
) -> None:
    client, need = stated
    chance = None if away is None else shipped_weights().little_hope + away
    with told(town.josephine):
        Need.objects.filter(pk=need.pk).update(answerable=chance)
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert ("Nothing good here yet" in page) == asks
    for shown in (page, client.get("/needs/").content.decode()):
        assert at_step(shown) == ("Someone is on it" if asks else "Here it is")


def at_step(page: str) -> str:
    """The step at which the first need of a page stands."""
    found = re.search(r'aria-current="step".*?<p class="name">([^<]+)<', page, re.DOTALL)
    assert found is not None
    return found[1].strip()


@pytest.mark.parametrize("deed", ["offered", "used"])
def test_what_a_person_offered_or_took_is_here_whatever_the_chance_was(
    stated: tuple[Client, Need], town: Town, deed: str
) -> None:
    client, need = stated
    with told(computer("operator")):
        Need.objects.filter(pk=need.pk).update(answerable=0.01)
        if deed == "offered":
            Offer.objects.filter(pk=offer_of(town).pk).update(offered_by_id=town.bianca.person)
    if deed == "used":
        use_offer(town.josephine, need_id=need.pk, offer_id=offer_of(town).pk)
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert "Nothing good here yet" not in page
    for shown in (page, client.get("/needs/").content.decode()):
        assert at_step(shown) == "Here it is"
