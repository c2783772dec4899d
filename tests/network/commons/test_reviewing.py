"""How long a review holds, when something is to be looked at again, and who hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from coproduce import clock
from coproduce.errors import Absent, NotAllowed
from coproduce.events import Role, kinds
from coproduce.network.commons.actions import retire_resource, revise_resource
from coproduce.network.commons.duties import end_old_reviews, remind_of_reviews
from coproduce.network.commons.models import Resource, Version
from coproduce.network.commons.queries import due, resource_page
from coproduce.network.commons.reviewing import HOLDS, end_reviews, review_version
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Notice
from coproduce.network.people.policy import told
from tests.network.commons.conftest import NOON, Cast, shared, signed_in, words
from tests.network.commons.test_actions import rows

DAY = timedelta(days=1)


def later(asking: Asking, days: float) -> Asking:
    return replace(asking, at=NOON + days * DAY)


def accept(asking: Asking, resource: Resource) -> None:
    review_version(asking, version_id=resource.latest_id or 0, accepted=True)


def now(resource: Resource) -> Resource:
    with told(computer("worker")):
        return Resource.objects.get(pk=resource.pk)


def is_seen(asking: Asking, resource: Resource) -> bool:
    try:
        return resource_page(asking, resource_id=resource.pk).version.pk > 0
    except Absent:
        return False


@pytest.fixture
def treating(cast: Cast) -> Resource:
    """What changes a treatment, reviewed by two: one at once, the other after 100 days."""
    made = shared(cast.author, risk_class=3)
    accept(cast.doctor, made)
    accept(later(cast.second_doctor, 100), made)
    return made


def test_what_changes_a_treatment_is_hidden_again_a_year_after_its_reviews(cast: Cast, treating: Resource) -> None:
    assert is_seen(cast.guest, treating)
    assert end_old_reviews(NOON + HOLDS - DAY) == 0
    assert is_seen(cast.guest, treating)
    assert end_old_reviews(NOON + HOLDS) == 1
    assert not is_seen(cast.guest, treating)
    assert is_seen(cast.doctor, treating), "who reviews it sees it"
    assert end_old_reviews(NOON + HOLDS) == 0, "ended once"
    ended = rows(treating.latest_id or 0, kinds.ReviewsEnded)
    assert [(row.role, row.value) for row in ended] == [(Role.COMPUTER, 1.0)]


def test_it_opens_again_with_a_new_review_and_three_need_not_all_be_new(cast: Cast, treating: Resource) -> None:
    end_old_reviews(NOON + HOLDS)
    accept(later(cast.doctor, 366), treating)
    assert is_seen(cast.guest, treating)
    assert now(treating).review_by == date(2027, 9, 9), "100 days after the first of June 2026, and a year"
    accept(later(cast.steward, 400), treating)
    assert end_old_reviews(NOON + 100 * DAY + HOLDS) == 1
    assert is_seen(cast.guest, treating), "the doctor's and the steward's still count"


def test_only_what_changes_a_treatment_is_hidden_for_age(cast: Cast) -> None:
    clinical = shared(cast.author, risk_class=2)
    for asking in (cast.doctor, cast.patient):
        accept(asking, clinical)
    assert end_old_reviews(NOON + 10 * HOLDS) == 0
    assert now(clinical).stable_id == clinical.latest_id


def test_the_second_wall_forgets_ended_reviews_too(cast: Cast, treating: Resource) -> None:
    """Without the policy layer: an ended review opens no version to a guest."""

    def seen_by_the_database() -> int:
        with told(cast.guest):
            return Version.objects.filter(resource_id=treating.pk).count()

    assert seen_by_the_database() == 1
    with told(computer("operator")), connection.cursor() as cursor:
        cursor.execute("UPDATE commons_review SET holds = FALSE WHERE reviewer_id = %s", [cast.doctor.person])
    assert seen_by_the_database() == 0


def test_a_retired_treatment_is_hidden_for_age_too(cast: Cast, treating: Resource) -> None:
    retire_resource(cast.author, resource_id=treating.pk)
    assert is_seen(cast.guest, treating)
    end_old_reviews(NOON + HOLDS)
    assert not is_seen(cast.guest, treating)


def test_nobody_but_the_worker_ends_reviews(cast: Cast, treating: Resource) -> None:
    for asking in (cast.steward, cast.doctor, cast.author, cast.guest):
        with pytest.raises(NotAllowed):
            end_reviews(later(asking, 1000), version_id=treating.latest_id or 0)


def test_the_date_of_the_next_look_moves_with_the_reviews_its_class_asks_for(cast: Cast) -> None:
    made = shared(cast.author, risk_class=2)
    assert now(made).review_by == date(2027, 6, 1)
    accept(later(cast.doctor, 300), made)
    assert now(made).review_by == date(2027, 6, 1), "one of two"
    accept(later(cast.patient, 300), made)
    assert now(made).review_by == date(2028, 3, 28)
    assert [row.value for row in rows(made.pk, kinds.ReviewDateSet)] == [365.0, 366.0]


def test_a_no_moves_no_date(cast: Cast) -> None:
    made = shared(cast.author)
    review_version(later(cast.doctor, 300), version_id=made.latest_id or 0, accepted=False, note="It is not so.")
    assert now(made).review_by == date(2028, 6, 1)


def test_its_owner_has_looked_at_it_by_revising_it_or_by_saving_it_as_it_is(cast: Cast) -> None:
    made = shared(cast.author)
    same = words()
    for asking, said, expected in (
        (later(cast.patient, 100), words(body="Dear school."), date(2028, 6, 1)),
        (later(cast.author, 200), words(body="Dear school."), date(2028, 12, 18)),
        (later(cast.author, 230), same, date(2029, 1, 17)),
    ):
        revise_resource(asking, resource_id=made.pk, based_on=now(made).latest_id or 0, words=said)
        assert now(made).review_by == expected
    assert len(rows(made.pk, kinds.ResourceRevised)) == 2


def test_owner_and_reviewers_hear_once_a_month_of_what_is_due(cast: Cast) -> None:
    made, own = shared(cast.author, risk_class=2), shared(cast.author)
    for asking in (cast.doctor, cast.patient):
        accept(asking, made)
    at: datetime = NOON + 365 * DAY
    assert remind_of_reviews(at - 31 * DAY) == 0
    assert remind_of_reviews(at - 30 * DAY) == 3
    assert remind_of_reviews(at - 1 * DAY) == 0, "told this month"
    assert remind_of_reviews(at) == 3, "still due"
    with told(computer("worker")):
        notices = list(Notice.objects.filter(kind=Notice.Kind.REVIEW_DUE).values_list("person_id", "path"))
    assert sorted(notices) == sorted(
        (person.person, "/commons/mine/") for person in (cast.author, cast.doctor, cast.patient)
    )
    on_time = later(cast.author, 365)
    assert [resource.pk for resource in due(on_time)] == [made.pk]
    assert [resource.pk for resource in due(later(cast.author, 730))] == [made.pk, own.pk]
    assert due(later(cast.outsider, 730)) == []
    assert remind_of_reviews(at + 800 * DAY) == 3
    retire_resource(cast.author, resource_id=made.pk)
    retire_resource(cast.author, resource_id=own.pk)
    assert due(later(cast.author, 730)) == []


def test_the_page_of_ones_own_things_says_what_is_due_and_the_resource_whose_review_is_old(
    cast: Cast, treating: Resource
) -> None:
    browser = signed_in(cast.doctor)
    with clock.frozen(NOON + 350 * DAY):
        assert "Due for another look" in browser.get("/commons/mine/").content.decode()
        assert "too long ago" not in browser.get(f"/commons/{treating.pk}/").content.decode()
        assert Client().get(f"/commons/{treating.pk}/").status_code == 200
    end_old_reviews(NOON + HOLDS)
    with clock.frozen(NOON + 366 * DAY):
        assert "too long ago to count" in browser.get(f"/commons/{treating.pk}/").content.decode()
        assert Client().get(f"/commons/{treating.pk}/").status_code == 404
