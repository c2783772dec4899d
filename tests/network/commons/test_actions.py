"""Making, revising, sharing, retiring, reviewing, keeping, opening and thanking; and what each writes in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from coproduce.errors import Absent, Conflict, InvalidInput, NotAllowed
from coproduce.events import Event, Role, kinds
from coproduce.network.commons import actions
from coproduce.network.commons.actions import Authorship, create_resource, revise_resource
from coproduce.network.commons.models import Kept, Resource, Review, Version
from coproduce.network.commons.reviewing import review_version
from coproduce.network.log import Row, events_about
from coproduce.network.people.actions import erase_person
from tests.network.commons.conftest import Cast, draft, shared, words


def rows(number: int, kind: type[Event]) -> list[Row]:
    return [row for row in events_about([number]) if row.what is kind]


def latest(resource: Resource) -> Version:
    version = Resource.objects.select_related("latest").get(pk=resource.pk).latest
    assert version is not None
    return version


def revise(asking: object, resource: Resource, body: str, *, based_on: int | None = None, **more: object) -> Version:
    start = latest(resource).pk if based_on is None else based_on
    return revise_resource(asking, resource_id=resource.pk, based_on=start, words=words(body=body, **more))  # type: ignore[arg-type]


def test_a_shared_resource_names_its_making_as_the_cause_of_its_sharing(cast: Cast) -> None:
    made = shared(cast.author, risk_class=1)
    created, opened = rows(made.pk, kinds.ResourceCreated)[0], rows(made.pk, kinds.ResourceShared)[0]
    assert (created.actor, created.object, created.value) == (cast.author.person, made.latest_id, 1.0)
    assert opened.cause == created.seq
    assert rows(made.pk, kinds.OwnerAssigned)[0].object == cast.author.person


def test_a_review_date_is_set_by_risk_class(cast: Cast) -> None:
    days = [rows(shared(cast.author, risk_class=risk).pk, kinds.ReviewDateSet)[0].value for risk in (0, 2)]
    assert [round(value / 365.25) for value in days] == [2, 1]


def test_how_hard_it_is_to_read_is_written_by_the_computer(cast: Cast) -> None:
    made = draft(cast.author, body="The cat sat on the mat and had a good long nap. " * 3)
    measured = rows(made.latest_id or 0, kinds.ReadabilityMeasured)[0]
    assert (measured.role, measured.value) == (Role.COMPUTER, pytest.approx(0.89))
    smog = rows(made.latest_id or 0, kinds.SmogMeasured)[0]
    assert (smog.role, smog.value) == (Role.COMPUTER, pytest.approx(3.13))


def test_a_guest_makes_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        draft(cast.guest)


def test_a_form_sent_twice_makes_one_resource(cast: Cast) -> None:
    token = uuid4()
    first, second = (create_resource(cast.author, words=words(), token=token) for _ in range(2))
    assert first.pk == second.pk
    assert create_resource(cast.patient, words=words(), token=token).pk != first.pk


def test_a_revision_is_a_new_version_by_who_wrote_it_and_the_old_one_stays(cast: Cast) -> None:
    made = shared(cast.author)
    version = revise(cast.patient, made, "Dear teacher.")
    assert (version.number, version.written_by_id) == (2, cast.patient.person)
    assert [v.body for v in made.versions.all()] == ["Dear teacher.", "Dear."]
    assert rows(made.pk, kinds.ResourceRevised)[0].object == version.pk


def test_of_two_who_revise_at_once_the_second_is_told_and_nothing_is_lost(cast: Cast) -> None:
    made = shared(cast.author)
    start = latest(made).pk
    revise(cast.patient, made, "One.", based_on=start)
    with pytest.raises(Conflict):
        revise(cast.outsider, made, "Two.", based_on=start)
    assert latest(made).body == "One."


def test_saving_what_is_there_already_makes_no_version(cast: Cast) -> None:
    made = shared(cast.author)
    start = latest(made).pk
    revise(cast.patient, made, "Once.", based_on=start)
    assert revise(cast.patient, made, "Once.\r\n", based_on=start).number == 2


def test_clinical_words_are_revised_by_their_author_and_stewards_only(cast: Cast) -> None:
    made = shared(cast.author, risk_class=2)
    for asking in (cast.patient, cast.doctor):
        with pytest.raises(NotAllowed):
            revise(asking, made, "Other.", risk_class=2)
    assert revise(cast.author, made, "Mine.", risk_class=2).number == 2
    assert revise(cast.steward, made, "Tidied.", risk_class=2).number == 3


def test_a_lower_risk_class_is_no_way_around_the_review(cast: Cast) -> None:
    made = shared(cast.author, risk_class=3)
    with pytest.raises(InvalidInput) as refusal:
        revise(cast.author, made, "Harmless, really.", risk_class=0)
    assert refusal.value.field == "risk_class"
    assert revise(cast.steward, made, "Harmless.", risk_class=0).number == 2


def test_nobody_hides_the_words_of_others_by_raising_their_risk_class(cast: Cast) -> None:
    made = shared(cast.author)
    with pytest.raises(InvalidInput):
        revise(cast.outsider, made, "Boo.", risk_class=3)
    assert revise(cast.author, made, "Careful.", risk_class=1).number == 2


def test_only_its_owner_and_stewards_share_and_retire(cast: Cast) -> None:
    made, hidden = shared(cast.author), draft(cast.author)
    for asking in (cast.outsider, cast.doctor, cast.guest):
        with pytest.raises(NotAllowed):
            actions.retire_resource(asking, resource_id=made.pk)
        with pytest.raises(Absent):
            actions.share_resource(asking, resource_id=hidden.pk)
    actions.share_resource(cast.author, resource_id=hidden.pk)
    actions.retire_resource(cast.steward, resource_id=made.pk)
    assert rows(made.pk, kinds.ResourceRetired)[0].actor == cast.steward.person


def test_sharing_twice_is_told_and_retiring_twice_is_once(cast: Cast) -> None:
    made = shared(cast.author)
    with pytest.raises(Conflict):
        actions.share_resource(cast.author, resource_id=made.pk)
    for _ in range(2):
        actions.retire_resource(cast.author, resource_id=made.pk)
    assert len(rows(made.pk, kinds.ResourceRetired)) == 1


def test_a_retired_resource_can_be_offered_again(cast: Cast) -> None:
    made = shared(cast.author)
    actions.retire_resource(cast.author, resource_id=made.pk)
    assert actions.share_resource(cast.author, resource_id=made.pk).state == Resource.State.SHARED


def test_nobody_reviews_their_own_words_nor_a_draft(cast: Cast) -> None:
    made, hidden = shared(cast.author, risk_class=2), draft(cast.author)
    with pytest.raises(NotAllowed):
        review_version(cast.author, version_id=made.latest_id or 0, accepted=True)
    for asking in (cast.doctor, cast.steward):
        with pytest.raises(Absent):
            review_version(asking, version_id=hidden.latest_id or 0, accepted=True)


def test_an_author_of_an_earlier_version_does_not_review_the_next(cast: Cast) -> None:
    made = shared(cast.author)
    version = revise(cast.patient, made, "Better.")
    with pytest.raises(NotAllowed):
        review_version(cast.author, version_id=version.pk, accepted=True)


def test_a_second_review_replaces_the_first_and_both_are_in_the_log(cast: Cast) -> None:
    version = shared(cast.author, risk_class=2).latest_id or 0
    review_version(cast.doctor, version_id=version, accepted=False, note="Say how much.")
    review_version(cast.doctor, version_id=version, accepted=True)
    assert [review.accepted for review in Review.objects.all()] == [True]
    assert [row.value for row in rows(version, kinds.Reviewed)] == [0.0, 1.0]


def test_a_no_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        review_version(cast.doctor, version_id=shared(cast.author).latest_id or 0, accepted=False, note=" ")


def test_a_version_that_was_replaced_while_somebody_read_it_is_not_reviewed(cast: Cast) -> None:
    made = shared(cast.author)
    read = made.latest_id or 0
    revise(cast.author, made, "Newer.")
    with pytest.raises(Conflict):
        review_version(cast.doctor, version_id=read, accepted=True)


def test_opening_is_written_once_an_hour_a_person_and_never_for_a_guest(cast: Cast) -> None:
    version = shared(cast.author).latest_id or 0
    for minutes in (0, 59, 61):
        later = cast.patient.when(cast.patient.at + timedelta(minutes=minutes))
        actions.open_resource(later, version_id=version)
    actions.open_resource(cast.guest, version_id=version)
    assert [row.actor for row in rows(version, kinds.ResourceOpened)] == [cast.patient.person] * 2


def test_keeping_twice_is_once_and_can_be_undone(cast: Cast) -> None:
    version = shared(cast.author).latest_id or 0
    for _ in range(2):
        actions.keep(cast.patient, version_id=version)
    assert Kept.objects.count() == 1
    actions.let_go(cast.patient, version_id=version)
    assert not Kept.objects.exists()


def test_all_authors_are_thanked_but_nobody_thanks_themselves(cast: Cast) -> None:
    credits_ = [(asking.actor, Role.PATIENT, "wrote") for asking in (cast.author, cast.patient)]
    made = create_resource(cast.author, words=words(), authorship=Authorship(credits=credits_), share=True)
    version = made.latest_id or 0
    assert actions.thank_authors(cast.outsider, version_id=version) == sorted(c[0] for c in credits_)
    assert actions.thank_authors(cast.author, version_id=version) == [cast.patient.person]
    assert {row.object for row in rows(version, kinds.Thanked)} == {cast.author.person, cast.patient.person}


def test_what_is_hidden_cannot_be_opened_kept_or_thanked_for(cast: Cast) -> None:
    hidden = draft(cast.author).latest_id or 0
    for deed in (actions.open_resource, actions.keep, actions.thank_authors):
        with pytest.raises(Absent):
            deed(cast.outsider, version_id=hidden)  # type: ignore[operator]


def test_an_erased_person_leaves_what_they_shared_and_nothing_else(cast: Cast) -> None:
    kept, secret = shared(cast.author, title="Shared words"), draft(cast.author, title="Secret words")
    reviewed = shared(cast.patient).latest_id or 0
    review_version(cast.author, version_id=reviewed, accepted=False, note="Secret remark.")
    actions.keep(cast.author, version_id=reviewed)
    erase_person(cast.author, person_id=cast.author.actor)
    assert list(Resource.objects.filter(owner_id=cast.author.person).values_list("pk", flat=True)) == [kept.pk]
    assert not Version.objects.filter(resource_id=secret.pk).exists()
    assert Review.objects.get().note == ""
    assert not Kept.objects.exists()
    assert rows(secret.pk, kinds.ResourceCreated), "that it was is counted still"


def test_a_computer_of_ours_may_make_resources_for_nobody(cast: Cast) -> None:
    assert create_resource(replace(cast.guest, system="example"), words=words()).owner_id is None
