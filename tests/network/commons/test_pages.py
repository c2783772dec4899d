"""The pages of the commons: as owner, as others, as nobody; forms that lose nothing; few queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from coproduce.errors import Absent
from coproduce.events import kinds
from coproduce.network.commons import index
from coproduce.network.commons.actions import Authorship, create_resource
from coproduce.network.commons.models import Condition, Kept, Resource, Review
from coproduce.network.log import events_about
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told
from tests.network.commons.conftest import Cast, draft, shared, signed_in, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_data")]

FORM: Mapping[str, Any] = {
    "title": "Going on a school trip", "summary": "What to pack.", "body": "Pack **early**.", "link": "",
    "kind": "know-how", "line_of_work": "1", "risk_class": "0", "audience": ["patient", "family"], "language": "en",
    "license": "CC-BY-4.0", "others": "",
}  # fmt: skip


def latest(resource: Resource) -> Any:
    return Resource.objects.select_related("latest").get(pk=resource.pk).latest


def text(answer: Any) -> str:
    return str(answer.content.decode())


# path, method, and what the owner, another member, a steward and a guest are answered
SHARED = [
    ("", "get", (200, 200, 200, 200)),
    ("versions/", "get", (200, 200, 200, 200)),
    ("versions/1/", "get", (200, 200, 200, 200)),
    ("versions/1/changes/", "get", (200, 200, 200, 200)),
    ("versions/2/", "get", (404, 404, 404, 404)),
    ("versions/2/changes/", "get", (404, 404, 404, 404)),
    ("edit/", "get", (200, 200, 200, 302)),
    ("adapt/", "get", (200, 200, 200, 302)),
    ("review/", "get", (200, 200, 200, 302)),
    ("share/", "post", (409, 403, 409, 403)),
    ("retire/", "post", (302, 403, 302, 403)),
    ("keep/", "post", (302, 302, 302, 403)),
    ("keep/", "get", (405, 405, 405, 302)),
]
DRAFT = [
    ("", "get", (200, 404, 200, 404)),
    ("versions/", "get", (200, 404, 200, 404)),
    ("versions/1/", "get", (200, 404, 200, 404)),
    ("versions/1/changes/", "get", (200, 404, 200, 404)),
    ("edit/", "get", (200, 404, 200, 302)),
    ("adapt/", "get", (200, 404, 200, 302)),
    ("review/", "get", (200, 404, 200, 302)),
    ("share/", "post", (302, 404, 302, 403)),
    ("retire/", "post", (409, 404, 409, 403)),
    ("keep/", "post", (302, 404, 302, 403)),
]


@pytest.mark.parametrize(
    ("made", "path", "method", "expected"),
    [(made, *case) for made, cases in ((shared, SHARED), (draft, DRAFT)) for case in cases],
)
def test_every_address_as_owner_member_steward_and_guest(
    cast: Cast, made: Any, path: str, method: str, expected: tuple[int, ...]
) -> None:
    answers = []
    for name in ("author", "outsider", "steward", "guest"):
        resource = made(cast.author)
        client = signed_in(getattr(cast, name)) if name != "guest" else Client()
        answers.append(getattr(client, method)(f"/commons/{resource.pk}/{path}").status_code)
    assert tuple(answers) == expected


def test_lists_are_open_and_own_pages_ask_to_sign_in(cast: Cast) -> None:
    assert Client().get("/commons/").status_code == 200
    for path in ("new/", "mine/"):
        assert Client().get(f"/commons/{path}").status_code == 302
        assert signed_in(cast.author, Client()).get("/commons/mine/").status_code == 200 if path == "mine/" else True


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 30])
def test_what_is_not_there_and_what_is_hidden_look_the_same(cast: Cast, number: str) -> None:
    hidden = Client().get(f"/commons/{draft(cast.author).pk}/")
    absent = Client().get(f"/commons/{number}/")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert re.sub(r"\d+|value=\"[^\"]*\"", "", text(hidden)) == re.sub(r"\d+|value=\"[^\"]*\"", "", text(absent))


def test_a_resource_shows_what_it_says_who_wrote_it_and_how_it_may_be_used(cast: Cast) -> None:
    made = shared(cast.author, body="Be **kind**.", sources=[{"title": "A study", "doi": "10.1000/182"}])
    page = text(Client().get(f"/commons/{made.pk}/"))
    for part in ("<strong>kind</strong>", "Author", "https://spdx.org/licenses/CC-BY-4.0.html", "https://doi.org/10"):
        assert part in page


def test_clinical_information_is_labelled_until_it_is_reviewed(cast: Cast) -> None:
    made = shared(cast.author, risk_class=2)
    assert "Not reviewed yet" in text(Client().get(f"/commons/{made.pk}/"))
    assert "not reviewed yet" in text(Client().get("/commons/"))
    for asking in (cast.doctor, cast.patient):
        client = signed_in(asking)
        answer = client.post(f"/commons/{made.pk}/review/", {"accepted": "yes", "version_id": made.latest_id})
        assert answer.status_code == 302
    assert "Not reviewed yet" not in text(Client().get(f"/commons/{made.pk}/"))
    assert "not reviewed yet" not in text(Client().get("/commons/"))


def test_a_review_of_a_version_that_was_replaced_meanwhile_is_a_409(cast: Cast) -> None:
    made = shared(cast.author)
    signed_in(cast.patient).post(f"/commons/{made.pk}/edit/", {**FORM, "based_on": made.latest_id, "note": ""})
    doctor = signed_in(cast.doctor)
    answer = doctor.post(f"/commons/{made.pk}/review/", {"accepted": "yes", "version_id": made.latest_id})
    assert answer.status_code == 409
    assert not Review.objects.exists()


@pytest.mark.parametrize("version_id", ["", "x", "9" * 40, "-1"])
def test_a_review_of_no_version_is_refused(cast: Cast, version_id: str) -> None:
    made = shared(cast.author)
    answer = signed_in(cast.doctor).post(f"/commons/{made.pk}/review/", {"accepted": "yes", "version_id": version_id})
    assert answer.status_code in (200, 404)
    assert not Review.objects.exists()


def test_opening_is_written_for_a_member_and_not_for_a_guest(cast: Cast) -> None:
    made = shared(cast.author)
    for client in (Client(), signed_in(cast.patient)):
        client.get(f"/commons/{made.pk}/")
    opened = [row for row in events_about([made.latest_id or 0]) if row.what is kinds.ResourceOpened]
    assert [row.actor for row in opened] == [cast.patient.person]


def test_a_new_resource_is_shared_from_the_form_once_however_often_it_is_sent(cast: Cast) -> None:
    client, token = signed_in(cast.author), str(uuid4())
    for _ in range(2):
        client.post("/commons/new/", {**FORM, "token": token, "share": "yes"})
    made = Resource.objects.get()
    assert (made.state, latest(made).body) == (Resource.State.SHARED, "Pack **early**.")


def test_without_share_it_is_a_draft(cast: Cast) -> None:
    signed_in(cast.author).post("/commons/new/", FORM)
    assert Resource.objects.get().state == Resource.State.DRAFT


@pytest.mark.parametrize(
    "bad",
    [
        {"title": ""},
        {"title": "x" * 301},
        {"body": "", "link": ""},
        {"body": "x" * 100_000},
        {"body": "a\x00b"},
        {"link": "javascript:alert(1)"},
        {"license": "Mine"},
        {"language": "klingon language"},
        {"risk_class": "7"},
        {"audience": ["everybody"]},
        {"kind": ""},
        {"conditions": ["999999"]},
        {"others": "A thing nobody named"},
        {"token": "x"},
    ],
    ids=lambda bad: next(iter(bad)),
)
def test_what_cannot_be_kept_is_said_and_the_words_stay_in_the_form(cast: Cast, bad: dict[str, Any]) -> None:
    answer = signed_in(cast.author).post("/commons/new/", {**FORM, **bad})
    assert answer.status_code == 200
    assert "What to pack." in text(answer)
    assert "errors" in text(answer) or "error" in text(answer)
    assert not Resource.objects.exists()


def test_scripts_emoji_and_other_directions_are_shown_as_words(cast: Cast) -> None:
    said = "<script>alert(1)</script> 👩‍👧 مرحبا"
    signed_in(cast.author).post("/commons/new/", {**FORM, "title": said, "summary": said, "body": said, "share": "yes"})
    page = text(Client().get(f"/commons/{Resource.objects.get().pk}/"))
    assert "<script>alert" not in page
    assert "👩‍👧 مرحبا" in page
    assert 'dir="auto"' in page


def test_a_session_that_ended_while_somebody_wrote_gives_the_words_back(cast: Cast) -> None:
    answer = Client().post("/commons/new/", FORM, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert "Pack **early**." in text(answer)
    assert not Resource.objects.exists()


def test_a_revision_keeps_what_the_form_does_not_ask(cast: Cast) -> None:
    rare = Condition.objects.create(slug="rare", name="Something rare")
    made = shared(
        cast.author, sources=[{"title": "A study"}], stages=("flare",), help_kind="treatment", conditions=(rare.pk,)
    )
    client = signed_in(cast.patient)
    page = text(client.get(f"/commons/{made.pk}/edit/"))
    assert "Something rare" in page
    client.post(
        f"/commons/{made.pk}/edit/",
        {**FORM, "conditions": [rare.pk], "based_on": made.latest_id, "note": "Shorter."},
    )
    version = latest(made)
    assert (version.number, version.note, version.stages, version.help_kind) == (2, "Shorter.", ["flare"], "treatment")
    assert version.sources == [{"title": "A study"}]
    assert list(made.conditions.all()) == [rare]


def test_a_condition_is_found_by_any_of_its_names(cast: Cast) -> None:
    Condition.objects.create(slug="crohns-disease", name="Crohn's disease", aliases=["crohns"])
    signed_in(cast.author).post("/commons/new/", {**FORM, "others": "Crohns\ncrohn's DISEASE\n"})
    assert [condition.slug for condition in Resource.objects.get().conditions.all()] == ["crohns-disease"]


def test_of_two_who_revise_at_once_the_second_sees_both_texts_and_can_save_again(cast: Cast) -> None:
    made = shared(cast.author, body="Old words.")
    start = {**FORM, "based_on": made.latest_id, "note": ""}
    signed_in(cast.patient).post(f"/commons/{made.pk}/edit/", {**start, "body": "Their words."})
    client = signed_in(cast.outsider)
    answer = client.post(f"/commons/{made.pk}/edit/", {**start, "body": "My words."})
    page = text(answer)
    assert answer.status_code == 409
    assert "My words." in page
    assert "<mark>Their</mark>" in page
    based_on = re.search(r'name="based_on" value="(\d+)"', page)
    assert based_on is not None
    client.post(f"/commons/{made.pk}/edit/", {**start, "body": "Both words.", "based_on": based_on.group(1)})
    assert [version.body for version in made.versions.all()] == ["Both words.", "Their words.", "Old words."]


def test_somebody_who_may_not_revise_is_not_shown_the_form(cast: Cast) -> None:
    made = shared(cast.author, risk_class=2)
    assert signed_in(cast.outsider).get(f"/commons/{made.pk}/edit/").status_code == 403


def test_what_a_version_changed_is_shown_word_by_word(cast: Cast) -> None:
    made = shared(cast.author, body="Go by bus.")
    signed_in(cast.patient).post(
        f"/commons/{made.pk}/edit/", {**FORM, "body": "Go by train.", "based_on": made.latest_id, "note": ""}
    )
    assert "<mark>train.</mark>" in text(Client().get(f"/commons/{made.pk}/versions/2/changes/"))
    assert "Patient" in text(Client().get(f"/commons/{made.pk}/versions/"))


def test_keeping_and_letting_go(cast: Cast) -> None:
    made, client = shared(cast.author), signed_in(cast.patient)
    client.post(f"/commons/{made.pk}/keep/")
    assert "A letter for school" in text(client.get("/commons/mine/"))
    client.post(f"/commons/{made.pk}/keep/")
    assert not Kept.objects.exists()


@pytest.mark.parametrize(
    ("narrowed", "n"),
    [("", 2), ("?kind=know-how", 1), ("?line=0", 1), ("?condition=asthma", 1), ("?audience=clinician", 1),
     ("?kind=rumour&line=9&audience=x&page=99999999&condition=%00", 2), ("?condition=nothing", 0)],
)  # fmt: skip
def test_the_commons_is_narrowed_by_what_one_looks_for(cast: Cast, narrowed: str, n: int) -> None:
    asthma = Condition.objects.create(slug="asthma", name="Asthma")
    shared(cast.author)
    shared(cast.author, kind="information", line_of_work=0, audience=("clinician",), conditions=(asthma.pk,))
    assert f"{n} resource{'' if n == 1 else 's'}</h2>" in text(Client().get(f"/commons/{narrowed}"))


def test_words_that_are_looked_for_find_what_is_shared_and_stay_out_of_addresses(cast: Cast) -> None:
    shared(cast.author, title="Packing for a school trip")
    draft(cast.author, title="Packing in secret")
    index.rebuild()
    answer = Client().post("/commons/", {"words": "packing"})
    assert "Packing for a school trip" in text(answer)
    assert "secret" not in text(answer)
    assert answer.status_code == 200


@pytest.mark.parametrize("words", ["", " ", "\x00", "x" * 100_000, "☃️", "((("])
def test_strange_words_to_look_for_break_nothing(cast: Cast, words: str) -> None:
    assert Client().post("/commons/", {"words": words}).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "?kind=know-how", "{0}/", "{0}/versions/", "{0}/versions/1/", "{0}/edit/", "mine/"]
)
def test_no_page_takes_more_than_twelve_queries(cast: Cast, path: str, django_assert_max_num_queries: Any) -> None:
    asthma = Condition.objects.create(slug="asthma", name="Asthma")
    made, *_others = [shared(cast.author, conditions=(asthma.pk,)) for _ in range(25)]
    client = signed_in(cast.author)
    client.get(f"/commons/{made.pk}/")
    with django_assert_max_num_queries(12):
        assert client.get(f"/commons/{path.format(made.pk)}").status_code == 200


def test_licence_and_language_are_chosen_in_plain_words(cast: Cast) -> None:
    page = text(signed_in(cast.author).get("/commons/new/"))
    assert "SPDX" not in page
    assert "Anybody may use and change it, if they name you" in page
    assert '<option value="en" lang="en" selected>English</option>' in page
    assert '<option value="pt-BR" lang="pt-BR">Português Brasileiro</option>' in page


@pytest.mark.parametrize("choice", [{"license": "No-Such-1.0"}, {"language": "xx-none"}, {"license": "<b>" * 10_000}])
def test_a_licence_or_language_that_is_not_listed_is_refused_and_the_text_kept(
    cast: Cast, choice: dict[str, str]
) -> None:
    answer = signed_in(cast.author).post("/commons/new/", {**FORM, "token": str(uuid4()), **choice})
    assert answer.status_code == 200
    assert "Pack **early**." in text(answer)
    assert not Resource.objects.exists()


def test_a_licence_and_a_language_from_elsewhere_can_be_kept_when_revising(cast: Cast) -> None:
    made = shared(cast.author, license="GPL-2.0-only", language="gsw")
    page = text(signed_in(cast.author).get(f"/commons/{made.pk}/edit/"))
    assert re.search(r'value="GPL-2.0-only"[^>]* checked', page)
    assert '<option value="gsw" lang="gsw" selected>' in page


def test_what_is_made_from_another_begins_with_its_words_and_says_so_in_both_places(cast: Cast) -> None:
    source = shared(cast.author, title="A letter for school", body="Dear school.")
    patient = signed_in(cast.patient)
    assert "Make your own from this" in text(patient.get(f"/commons/{source.pk}/"))
    assert "Make your own from this" not in text(Client().get(f"/commons/{source.pk}/"))
    page = text(patient.get(f"/commons/{source.pk}/adapt/"))
    assert "Dear school." in page
    assert "builds on" in page
    answer = patient.post(f"/commons/{source.pk}/adapt/", {**FORM, "title": "A letter for work", "share": "yes"})
    made = Resource.objects.exclude(pk=source.pk).get()
    assert answer.headers["Location"] == f"/commons/{made.pk}/"
    assert (made.owner_id, latest(made).derived_from_id) == (cast.patient.person, source.latest_id)
    assert "Builds on" in text(Client().get(f"/commons/{made.pk}/"))
    assert "A letter for work" in text(Client().get(f"/commons/{source.pk}/"))
    edited = {**FORM, "title": "A letter for a boss", "based_on": latest(made).pk, "note": ""}
    assert patient.post(f"/commons/{made.pk}/edit/", edited).status_code == 302
    assert latest(made).number == 2
    assert latest(made).derived_from_id == source.latest_id, "a revision still says what it came from"


def test_a_draft_made_from_something_is_not_shown_there(cast: Cast) -> None:
    source = shared(cast.author)
    signed_in(cast.patient).post(f"/commons/{source.pk}/adapt/", {**FORM, "title": "My secret draft"})
    assert "My secret draft" not in text(Client().get(f"/commons/{source.pk}/"))


@pytest.mark.parametrize(
    ("license_id", "is_copied"),
    [("CC-BY-4.0", True), ("CC-BY-SA-4.0", True), ("CC-BY-ND-4.0", False), ("LicenseRef-unknown", False)],
)
def test_words_are_copied_only_where_their_licence_lets_them_be_changed(
    cast: Cast, license_id: str, is_copied: bool
) -> None:
    source = shared(cast.author, body="Dear school.", license=license_id)
    page = text(signed_in(cast.patient).get(f"/commons/{source.pk}/adapt/"))
    assert ("Dear school." in page) is is_copied
    assert ("may not be copied" in page) is not is_copied


def test_what_is_shared_alike_stays_so(cast: Cast) -> None:
    source = shared(cast.author, license="CC-BY-SA-4.0")
    patient = signed_in(cast.patient)
    answer = patient.post(f"/commons/{source.pk}/adapt/", FORM)
    assert "in the same way only" in text(answer)
    assert FORM["body"] in text(answer), "nothing is lost"
    assert patient.post(f"/commons/{source.pk}/adapt/", {**FORM, "license": "CC-BY-SA-4.0"}).status_code == 302


def test_nothing_is_made_from_what_is_hidden(cast: Cast) -> None:
    hidden = draft(cast.author)
    assert signed_in(cast.patient).post(f"/commons/{hidden.pk}/adapt/", FORM).status_code == 404
    with pytest.raises(Absent):
        create_resource(cast.patient, words=words(), authorship=Authorship(derived_from=hidden.latest_id))
    with pytest.raises(Absent):
        create_resource(cast.patient, words=words(), authorship=Authorship(derived_from=10**12))
    with told(computer("operator")):
        assert Resource.objects.count() == 1


def test_the_form_says_what_each_kind_and_risk_means(cast: Cast) -> None:
    page = text(signed_in(cast.author).get("/commons/new/"))
    for said in ("from somebody who has done it", "hidden until two people have checked it", "School, work, meals"):
        assert said in page


def test_saving_what_is_there_already_says_that_it_is_still_right(cast: Cast) -> None:
    browser = signed_in(cast.author)
    browser.post("/commons/new/", {**FORM, "share": "yes"})
    made = Resource.objects.get()
    same = {**FORM, "based_on": made.latest_id, "note": ""}
    assert "it is still right" in text(browser.post(f"/commons/{made.pk}/edit/", same, follow=True))
    assert Resource.objects.get().latest_id == made.latest_id
