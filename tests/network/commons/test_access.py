"""Who sees what: drafts, unreviewed treatments, earlier versions; hidden is absent, and totals say nothing of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coproduce.errors import Absent, NotAllowed
from coproduce.network.commons import access, actions, cards, queries
from coproduce.network.commons.actions import Authorship, create_resource, revise_resource
from coproduce.network.commons.models import Condition, Resource, Review
from coproduce.network.commons.queries import Facets, resource_page
from coproduce.network.commons.reviewing import review_version
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.policy import told
from tests.network.commons.conftest import NOON, Cast, draft, shared, words

EVERYBODY = ("author", "patient", "doctor", "second_doctor", "steward", "outsider", "guest")


def sees(asking: Asking, resource: Resource, number: int | None = None) -> bool:
    try:
        resource_page(asking, resource_id=resource.pk, number=number)
    except Absent:
        return False
    return True


def who_sees(cast: Cast, resource: Resource, number: int | None = None) -> set[str]:
    return {name for name in EVERYBODY if sees(getattr(cast, name), resource, number)}


def accept(asking: Asking, resource: Resource) -> None:
    with told(computer("worker")):
        version = Resource.objects.get(pk=resource.pk).latest_id or 0
    review_version(asking, version_id=version, accepted=True)


def test_what_is_shared_is_seen_by_everybody(cast: Cast) -> None:
    assert who_sees(cast, shared(cast.author)) == set(EVERYBODY)


def test_a_draft_is_seen_by_its_author_and_the_stewards(cast: Cast) -> None:
    assert who_sees(cast, draft(cast.author)) == {"author", "steward"}


def test_what_changes_a_treatment_is_seen_by_those_who_review_it(cast: Cast) -> None:
    made = shared(cast.author, risk_class=3)
    assert who_sees(cast, made) == {"author", "doctor", "second_doctor", "steward"}


@pytest.mark.parametrize(
    ("reviewers", "is_open"),
    [(["doctor"], False), (["steward"], False), (["doctor", "second_doctor"], True), (["doctor", "steward"], True)],
)
def test_it_opens_when_two_have_accepted_it_one_a_clinician(cast: Cast, reviewers: list[str], is_open: bool) -> None:
    made = shared(cast.author, risk_class=3)
    for name in reviewers:
        accept(getattr(cast, name), made)
    assert sees(cast.guest, made) is is_open


@pytest.mark.parametrize(
    ("reviewers", "risk_classes"),
    [
        ([], set()),
        (["doctor"], set()),
        (["patient"], set()),
        (["doctor", "second_doctor"], {3}),
        (["patient", "outsider"], set()),
        (["doctor", "outsider"], {3}),
        (["doctor", "patient"], {0, 1, 2, 3}),
    ],
)
def test_each_class_is_reviewed_by_whom_it_asks_for(cast: Cast, reviewers: list[str], risk_classes: set[int]) -> None:
    made = {risk_class: shared(cast.author, risk_class=risk_class) for risk_class in range(4)}
    for resource in made.values():
        for name in reviewers:
            version = resource.latest_id
            assert version is not None
            with told(computer("operator")):
                Review.objects.create(
                    version_id=version, reviewer_id=getattr(cast, name).actor, at=NOON, accepted=True,
                    role=getattr(cast, name).role,
                )  # fmt: skip
    with told(cast.steward):
        found = Resource.objects.filter(access.reviewed("latest"), pk__in=[one.pk for one in made.values()])
        assert {one.risk_class for one in found} == risk_classes


def reviewed(cast: Cast, risk_class: int) -> Resource:
    """A shared resource that a clinician and a patient, or two clinicians, accepted in its first version."""
    made = shared(cast.author, risk_class=risk_class, body="First.")
    for asking in (cast.doctor, cast.patient if risk_class == 2 else cast.second_doctor):
        accept(asking, made)
    return made


def revise(cast: Cast, resource: Resource, risk_class: int) -> None:
    actions.revise_resource(
        cast.author, resource_id=resource.pk, based_on=resource.latest_id or 0,
        words=words(risk_class=risk_class, body="Second."),
    )  # fmt: skip


def text_for(asking: Asking, resource: Resource) -> str:
    return resource_page(asking, resource_id=resource.pk).version.body


@pytest.mark.parametrize("risk_class", [2, 3])
def test_readers_keep_the_last_reviewed_version_while_a_revision_waits(cast: Cast, risk_class: int) -> None:
    made = reviewed(cast, risk_class)
    revise(cast, made, risk_class)
    assert {text_for(getattr(cast, name), made) for name in EVERYBODY} == {"First."}
    (listed,) = queries.browse(cast.guest, facets=Facets()).object_list
    assert cards.card(listed).summary == listed.stable.summary
    assert listed.stable.body == "First."
    assert not resource_page(cast.guest, resource_id=made.pk).needs_review


@pytest.mark.parametrize("risk_class", [0, 1])
def test_without_a_review_to_wait_for_readers_get_the_latest_version(cast: Cast, risk_class: int) -> None:
    made = reviewed(cast, risk_class)
    revise(cast, made, risk_class)
    assert text_for(cast.guest, made) == "Second."


def test_clinical_information_that_was_never_reviewed_shows_its_latest_version_labelled(cast: Cast) -> None:
    made = shared(cast.author, risk_class=2)
    revise(cast, made, 2)
    assert text_for(cast.guest, made) == "Second."
    assert resource_page(cast.guest, resource_id=made.pk).needs_review


@pytest.mark.parametrize(("risk_class", "second"), [(2, "patient"), (3, "second_doctor")])
def test_a_revision_takes_the_place_of_the_reviewed_one_with_its_own_review(
    cast: Cast, risk_class: int, second: str
) -> None:
    made = reviewed(cast, risk_class)
    revise(cast, made, risk_class)
    accept(cast.doctor, made)
    assert text_for(cast.guest, made) == "First."
    accept(getattr(cast, second), made)
    assert text_for(cast.guest, made) == "Second."


@pytest.mark.parametrize("risk_class", [2, 3])
def test_a_review_taken_back_brings_back_the_version_before(cast: Cast, risk_class: int) -> None:
    made = reviewed(cast, risk_class)
    revise(cast, made, risk_class)
    for asking in (cast.doctor, cast.second_doctor, cast.patient):
        accept(asking, made)
    latest = resource_page(cast.doctor, resource_id=made.pk).version.pk
    for asking in (cast.patient, cast.doctor):
        review_version(asking, version_id=latest, accepted=False, note="It is wrong.")
    assert text_for(cast.guest, made) == "First."


def test_who_may_read_the_waiting_version_is_told_of_it(cast: Cast) -> None:
    made = reviewed(cast, 3)
    revise(cast, made, 3)
    told_of = {name for name in EVERYBODY if resource_page(getattr(cast, name), resource_id=made.pk).latest_number == 2}
    assert told_of == {"author", "doctor", "second_doctor", "steward"}
    assert who_sees(cast, made, number=2) == told_of


def test_words_of_a_treatment_that_become_harmless_are_open_at_once(cast: Cast) -> None:
    made = shared(cast.author, risk_class=3)
    actions.revise_resource(
        cast.steward, resource_id=made.pk, based_on=made.latest_id or 0, words=words(risk_class=0, body="Harmless.")
    )
    assert text_for(cast.guest, made) == "Harmless."


def test_a_revision_into_a_higher_class_waits_for_the_review_that_it_asks_for(cast: Cast) -> None:
    made = shared(cast.author, risk_class=1)
    revise(cast, made, 3)
    assert not sees(cast.guest, made)


def test_an_earlier_unreviewed_version_is_no_way_around_the_review(cast: Cast) -> None:
    made = shared(cast.author, risk_class=3)
    revise_resource(
        cast.author, resource_id=made.pk, based_on=made.latest_id or 0, words=words(risk_class=3, body="Right.")
    )
    for asking in (cast.doctor, cast.second_doctor):
        accept(asking, made)
    assert who_sees(cast, made, number=2) == set(EVERYBODY)
    assert who_sees(cast, made, number=1) == {"author", "doctor", "second_doctor", "steward"}
    assert [version.number for version in queries.history(cast.guest, resource_id=made.pk)] == [2]


def test_a_retired_resource_is_seen_by_its_link_and_offered_nowhere(cast: Cast) -> None:
    made = shared(cast.author)
    actions.retire_resource(cast.author, resource_id=made.pk)
    assert who_sees(cast, made) == set(EVERYBODY)
    assert queries.browse(cast.guest, facets=Facets()).paginator.count == 0


def about(*names: str) -> tuple[int, ...]:
    """The ids of these conditions, made where they are not there yet."""
    with told(computer("import")):
        return tuple(Condition.objects.get_or_create(slug=name, name=name)[0].pk for name in names)


def test_totals_and_conditions_count_what_is_offered_only(cast: Cast) -> None:
    shared(cast.author, conditions=about("crohns-disease"))
    draft(cast.author, conditions=about("asthma"))
    shared(cast.author, risk_class=3, conditions=about("epilepsy"))
    for name in EVERYBODY:
        assert queries.browse(getattr(cast, name), facets=Facets()).paginator.count == 1
        assert [used.name for used in queries.conditions_in_use(getattr(cast, name))] == ["crohns-disease"]


def test_only_the_conditions_that_most_is_about_are_listed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_CONDITIONS", 2)
    for names in (("asthma",), ("asthma", "epilepsy"), ("epilepsy", "crohns-disease")):
        shared(cast.author, conditions=about(*names))
    assert [used.name for used in queries.conditions_in_use(cast.guest)] == ["asthma", "epilepsy"]


def test_the_pages_of_a_list_hold_everything_once_newest_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    made = [shared(cast.author).pk for _ in range(7)]
    pages = [queries.browse(cast.guest, facets=Facets(), page=number).object_list for number in (1, 2, 3)]
    assert [[resource.pk for resource in page] for page in pages] == [made[:3:-1], made[3:0:-1], made[:1]]


def test_a_page_of_a_long_list_is_found_by_an_index(cast: Cast) -> None:
    made = shared(cast.author)
    with told(cast.guest), CaptureQueriesContext(connection) as sent:
        assert [listed.pk for listed in queries.browse(cast.guest, facets=Facets())] == [made.pk]
    (fetched,) = [query["sql"] for query in sent if '"title"' in query["sql"]]
    with told(cast.guest), connection.cursor() as cursor:
        # As when there is much: neither the whole table nor a sort of all that is offered.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {fetched}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    taken, found, _rest = plan.partition("Limit")[2].partition("Index Scan using offered_newest_first")
    assert found
    assert "Sort" not in taken


def test_clinical_information_says_until_when_it_is_not_reviewed(cast: Cast) -> None:
    made = shared(cast.author, risk_class=2)
    marks = []
    for asking in (cast.doctor, cast.second_doctor, cast.patient):
        accept(asking, made)
        marks.append(resource_page(cast.guest, resource_id=made.pk).needs_review)
    assert marks == [True, True, False]


def test_own_things_are_ones_own(cast: Cast) -> None:
    made = draft(cast.author)
    assert [resource.pk for resource in queries.mine(cast.author)] == [made.pk]
    assert queries.mine(cast.outsider) == []
    with pytest.raises(NotAllowed):
        queries.mine(cast.guest)


def test_what_is_kept_and_hidden_since_is_left_out(cast: Cast) -> None:
    made = shared(cast.author)
    actions.keep(cast.patient, version_id=made.latest_id or 0)
    assert len(queries.kept(cast.patient)) == 1
    revise(cast, made, 3)
    assert queries.kept(cast.patient) == []


def test_what_a_resource_builds_on_is_named_to_those_who_see_it(cast: Cast) -> None:
    source = shared(cast.author, risk_class=3)
    made = create_resource(cast.author, words=words(), authorship=Authorship(derived_from=source.latest_id), share=True)
    assert resource_page(cast.guest, resource_id=made.pk).builds_on is None
    assert resource_page(cast.doctor, resource_id=made.pk).builds_on == source.latest


def test_absent_and_hidden_say_the_same(cast: Cast) -> None:
    said = []
    for number in (draft(cast.author).pk, 999_999_999, 10**30, -1):
        with pytest.raises(Absent) as refusal:
            resource_page(cast.outsider, resource_id=number)
        said.append(str(refusal.value))
    assert len(set(said)) == 1
