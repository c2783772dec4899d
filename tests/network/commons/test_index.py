"""The search index obeys: found within the commit, gone when retired, hidden or erased; it comes back after a crash."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from coproduce.errors import InvalidInput
from coproduce.matching import IndexBusy
from coproduce.network.commons import index, queries
from coproduce.network.commons.actions import retire_resource, revise_resource, share_resource
from coproduce.network.commons.models import Condition, Resource
from coproduce.network.commons.reviewing import review_version
from coproduce.network.database import DatabaseUrls
from coproduce.network.people.actions import erase_person
from tests.network.commons.conftest import Cast, draft, make_cast, shared, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(committed: DatabaseUrls, own_data: Path) -> Cast:
    """Everybody, in a database where transactions commit, with an index that follows it."""
    index.rebuild()
    return make_cast()


def found(cast: Cast, text: str) -> list[int]:
    return [resource.pk for resource in queries.search(cast.guest, words=text)]


def in_index() -> int:
    return len(index.index())


def test_what_is_shared_is_found_as_soon_as_it_is_committed(people: Cast) -> None:
    made = shared(people.author, title="Sleeping with a feeding tube")
    assert found(people, "feeding tube at night") == [made.pk]


def test_a_draft_and_an_unreviewed_treatment_never_enter(people: Cast) -> None:
    draft(people.author)
    shared(people.author, risk_class=3)
    index.catch_up()
    assert in_index() == 0


def test_a_treatment_enters_with_its_second_review_and_stays_as_it_was_reviewed(people: Cast) -> None:
    made = shared(people.author, risk_class=3)
    for asking in (people.doctor, people.second_doctor):
        review_version(asking, version_id=made.latest_id or 0, accepted=True)
    assert in_index() == 1
    more = words(risk_class=3, body="More.")
    revise_resource(people.author, resource_id=made.pk, based_on=made.latest_id or 0, words=more)
    assert in_index() == 1
    assert found(people, "more") == []


def test_what_is_retired_leaves_and_what_is_offered_again_returns(people: Cast) -> None:
    made = shared(people.author)
    retire_resource(people.author, resource_id=made.pk)
    assert in_index() == 0
    share_resource(people.author, resource_id=made.pk)
    assert in_index() == 1


def test_a_revision_is_found_by_its_new_words_only(people: Cast) -> None:
    made = shared(people.author, title="About zebras", body="Stripes.")
    new = words(title="About giraffes", body="Long necks.")
    revise_resource(people.author, resource_id=made.pk, based_on=made.latest_id or 0, words=new)
    assert (found(people, "giraffes"), found(people, "zebras")) == ([made.pk], [])


def test_names_of_people_and_words_of_the_erased_are_not_in_its_files(people: Cast, own_data: Path) -> None:
    shared(people.author, title="A letter", body="Public words.")
    draft(people.author, title="Xylophonsecret", body="Xylophonsecret")
    erase_person(people.author, person_id=people.author.actor)
    index.catch_up()
    content = b"".join(file.read_bytes() for file in (own_data / "index").rglob("*") if file.is_file())
    assert b"letter" in content
    assert b"Author" not in content
    assert b"xylophonsecret" not in content.lower()


def test_a_change_that_is_rolled_back_is_not_found(people: Cast) -> None:
    with pytest.raises(InvalidInput):
        shared(people.author, title="")
    assert in_index() == 0


def test_what_a_crash_left_undone_is_caught_up(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_ids: object) -> None:
        raise IndexBusy("Another process is writing.")

    with monkeypatch.context() as patch:
        patch.setattr(index, "refresh", crash)
        made = shared(people.author, title="Sleeping well")
    assert found(people, "sleeping") == []
    assert index.behind_since() == people.author.us
    assert index.catch_up() == 1
    assert index.behind_since() is None
    assert found(people, "sleeping") == [made.pk]
    assert index.catch_up() == 0


@pytest.mark.parametrize("harm", ["lost", "damaged", "beyond the log", "not known where"])
def test_an_index_that_is_harmed_is_rebuilt(people: Cast, own_data: Path, harm: str) -> None:
    made = shared(people.author, title="Sleeping well")
    if harm == "lost":
        shutil.rmtree(own_data / "index")
    elif harm == "damaged":
        (own_data / "index" / "meta.json").write_text("{")
    elif harm == "beyond the log":
        (own_data / "index.seq").write_text("999999")
    else:
        (own_data / "index.seq").write_text("half a num")
    index._opened.cache_clear()
    index.catch_up()
    assert found(people, "sleeping") == [made.pk]


def test_other_names_of_a_condition_find_what_is_about_it(people: Cast) -> None:
    condition = Condition.objects.create(slug="ra", name="Rheumatoid arthritis", aliases=["joint inflammation"])
    made = shared(people.author, title="Warm hands", conditions=(condition.pk,))
    assert found(people, "joint inflammation") == [made.pk]


def test_many_changes_are_left_to_one_rebuild(people: Cast) -> None:
    with index.left_to_rebuild():
        for _ in range(3):
            shared(people.author)
    assert in_index() == 0
    assert index.rebuild() == Resource.objects.count() == 3


def test_dense_mode_compares_meanings_and_is_left_again(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    shared(people.author, title="Sleeping with a feeding tube")
    monkeypatch.setattr(settings, "COPRODUCE", replace(settings.COPRODUCE, dense=True))
    index._opened.cache_clear()
    encoder = index.index().encoder
    assert encoder is not None
    made = shared(people.author, title="When a gut illness has a flare")
    assert found(people, "a flare of my bowels") == [made.pk]
    card = index.index().card(made.pk)
    assert card is not None
    assert len(card.direction) == 384
    monkeypatch.setattr(settings, "COPRODUCE", replace(settings.COPRODUCE, dense=False))
    monkeypatch.setattr(type(encoder), "encode", None)
    index._opened.cache_clear()
    assert found(people, "a flare of my bowels") == [made.pk]
