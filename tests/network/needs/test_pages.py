"""Pages of the loop: what each person sees and may do, without a line of script."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import NoReturn
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from coproduce.events import Role
from coproduce.network.commons import index
from coproduce.network.commons.actions import Authorship, create_resource
from coproduce.network.commons.models import Condition, Resource, Review
from coproduce.network.needs import actions, queries, reading
from coproduce.network.needs.duties import match_new_resources
from coproduce.network.needs.models import Audience, Need, Offer, Reply
from coproduce.network.people.asking import computer
from coproduce.network.people.models import Account
from coproduce.network.people.policy import told
from tests.network.needs.conftest import SCHOOL, START, SignIn, Town, form, offer_of, words_of

MOST_QUERIES = 12


def test_the_whole_loop_by_plain_forms(stated: tuple[Client, Need], town: Town) -> None:
    client, need = stated
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert "A letter for school" in page
    assert "Why this one:" in page
    offer = offer_of(town)
    assert client.get(f"/needs/{need.pk}/offers/{offer.pk}/")["Location"].startswith("/commons/")
    client.post(f"/needs/{need.pk}/offers/{offer.pk}/use/")
    answer = client.post(
        f"/needs/{need.pk}/offers/{offer.pk}/outcome/", {"answer": "yes", "thanks": "Thank you!", "met": "on"}
    )
    assert answer.status_code == 302, answer.content.decode()
    with told(town.josephine):
        assert Need.objects.get().state == Need.State.CONFIRMED
    story = client.get(f"/needs/{need.pk}/story/").content.decode()
    for told_of in ("A need was stated", "Put to use", "It helped", "The need is met"):
        assert told_of in story


def test_a_guest_gets_resources_and_nothing_is_kept(sign_in: SignIn, shelf: dict[str, Resource], town: Town) -> None:
    client = sign_in("guest")
    page = client.post("/", {"words": SCHOOL})
    assert "A letter for school" in page.content.decode()
    assert "sessionid" not in client.cookies
    with told(computer("worker")):
        assert not Need.objects.exists()


def test_words_of_a_guest_wait_for_the_sign_in_when_asked_to(sign_in: SignIn, town: Town) -> None:
    guest = sign_in("guest")
    guest.post("/needs/keep/", {"words": SCHOOL})
    with told(computer("accounts")):
        account = Account.objects.create_user("new@example.org", "a-long-password", person_id=town.daniel.actor)
        guest.force_login(account, backend="coproduce.network.people.accounts.Backend")
    assert "back to school on Monday" in guest.get("/").content.decode()
    assert "back to school on Monday" not in guest.get("/").content.decode()


def test_a_need_that_is_too_long_comes_back_with_its_words(sign_in: SignIn, town: Town) -> None:
    answer = sign_in("josephine").post("/", form(town, words="belly " * 900))
    assert answer.status_code == 422
    assert "belly belly" in answer.content.decode()
    with told(town.josephine):
        assert not Need.objects.exists()


@pytest.mark.parametrize(
    "words", ["", "   ", "a" * 100_000, "\x00", "a\x00b"], ids=["none", "blank", "long", "null", "in"]
)
@pytest.mark.parametrize("who", ["josephine", "guest"])
def test_words_that_cannot_be_read_are_refused(sign_in: SignIn, town: Town, who: str, words: str) -> None:
    assert sign_in(who).post("/", form(town, words=words)).status_code == 422


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script> school", "🤕 belly 🥲", "ابنتي مصابة بمرض كرون"],
    ids=["script", "emoji", "rtl"],
)
def test_strange_words_are_shown_as_words(sign_in: SignIn, shelf: dict[str, Resource], town: Town, words: str) -> None:
    client = sign_in("josephine")
    page = client.post("/", form(town, words=words), follow=True).content.decode()
    assert "<script>alert" not in page
    assert words.split("<", maxsplit=1)[0].rsplit(">", maxsplit=1)[-1] in page


def test_a_form_sent_twice_states_one_need(sign_in: SignIn, shelf: dict[str, Resource], town: Town) -> None:
    client, same = sign_in("josephine"), form(town)
    assert client.post("/", same)["Location"] == client.post("/", same)["Location"]


def test_nobody_states_a_need_for_a_person_they_do_not_act_for(sign_in: SignIn, town: Town) -> None:
    answer = sign_in("stranger").post("/", form(town))
    with told(computer("worker")):
        assert not Need.objects.filter(for_person=town.orleans.person).exists(), answer.status_code


def test_chips_are_corrected_by_a_plain_form(stated: tuple[Client, Need], town: Town) -> None:
    client, need = stated
    answer = client.post(f"/needs/{need.pk}/chips/", {"word": ["ostomy"], "add": ""}, follow=True)
    first = re.search(r'<article class="card card-resource">.*?<h3><a[^>]*>([^<]*)', answer.content.decode(), re.DOTALL)
    assert first is not None
    assert first[1] == "Living with an ostomy"


URGENT = "my daughter says she wants to kill herself because of the pain of her ostomy"


@pytest.fixture
def no_looking(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Nothing may be ranked until the function that this gives is called."""

    def looked(*_arguments: object) -> NoReturn:
        raise AssertionError("it looked before the person had seen what to do now")

    with_looking = reading.find, reading.helpers
    for name in ("find", "helpers"):
        monkeypatch.setattr(reading, name, looked)

    def from_now_on() -> None:
        for name, look in zip(("find", "helpers"), with_looking, strict=True):
            monkeypatch.setattr(reading, name, look)

    return from_now_on


def test_urgent_words_are_answered_before_anything_is_looked_for(
    sign_in: SignIn, shelf: dict[str, Resource], town: Town, no_looking: Callable[[], None]
) -> None:
    client = sign_in("josephine")
    page = client.post("/", form(town, words=URGENT), follow=True)
    text = page.content.decode()
    assert "Before anything else" in text
    assert 'id="found"' not in text
    with told(town.josephine):
        need = Need.objects.get()
        assert (need.words, need.state, need.offers.count()) == (URGENT, Need.State.HEARD, 0)
    no_looking()
    text = client.post(f"/needs/{need.pk}/go-on/", follow=True).content.decode()
    assert text.index("Before anything else") < text.index("Living with an ostomy")
    with told(town.josephine):
        assert need.offers.exists()


def test_who_gets_urgent_help_keeps_the_need_and_nothing_was_looked_for(
    sign_in: SignIn, shelf: dict[str, Resource], town: Town, no_looking: Callable[[], None]
) -> None:
    client = sign_in("josephine")
    page = client.post("/", form(town, words=URGENT), follow=True)
    client.post(page.request["PATH_INFO"] + "urgent/")
    with told(town.josephine):
        assert Need.objects.get().state == Need.State.REDIRECTED


def test_a_guest_too_sees_what_to_do_before_anything_is_looked_for(
    client: Client, shelf: dict[str, Resource], no_looking: Callable[[], None]
) -> None:
    text = client.post("/", {"words": URGENT}).content.decode()
    assert "Before anything else" in text
    assert URGENT in text
    no_looking()
    text = client.post("/", {"words": URGENT, "seen": "on"}).content.decode()
    assert text.index("Before anything else") < text.index("Living with an ostomy")


def test_nothing_new_is_matched_to_a_need_whose_urgent_advice_was_not_seen(
    sign_in: SignIn, shelf: dict[str, Resource], town: Town, no_looking: Callable[[], None]
) -> None:
    need = actions.state_need(town.josephine, wish=actions.Wish(words=URGENT))
    create_resource(town.daniel, words=words_of("Pain after an ostomy", "What helps with its pain."), share=True)
    assert match_new_resources(START) == 0
    no_looking()
    actions.go_on_with_need(town.josephine, need_id=need.pk)
    actions.go_on_with_need(town.josephine, need_id=need.pk)
    with told(town.josephine):
        assert need.offers.filter(version__title="Pain after an ostomy").count() == 1


def test_a_helper_who_was_asked_answers_and_the_words_arrive(
    stated: tuple[Client, Need], sign_in: SignIn, town: Town
) -> None:
    client, need = stated
    client.post(f"/needs/{need.pk}/ask/", {"person": town.bianca.person})
    bianca = sign_in("bianca")
    assert "Yes, I help" in bianca.get(f"/needs/{need.pk}/").content.decode()
    with told(town.bianca):
        offer = Offer.objects.get(helper=town.bianca.person)
    bianca.post(f"/needs/{need.pk}/offers/{offer.pk}/accept/")
    bianca.post(f"/needs/{need.pk}/reply/", {"words": "I wrote mine with the nurse.", "once": str(uuid4())})
    assert "I wrote mine with the nurse." in client.get(f"/needs/{need.pk}/").content.decode()


def test_a_helper_sends_something_and_writes_something(
    stated: tuple[Client, Need], sign_in: SignIn, town: Town
) -> None:
    client, need = stated
    client.post(f"/needs/{need.pk}/ask/")
    bianca = sign_in("bianca")
    found = bianca.post(f"/needs/{need.pk}/send/", {"words": "sleep and tiredness"}).content.decode()
    version = re.search(r'name="version" value="(\d+)"', found)
    assert version is not None
    bianca.post(f"/needs/{need.pk}/send/", {"version": version[1]})
    new = {"title": "Trumpet and belly", "body": "Sit down to play.", "kind": "know-how", "risk_class": 0}
    assert bianca.post(f"/needs/{need.pk}/make/", {**new, "once": str(uuid4())}).status_code == 302
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert "Bianca sends you this." in page
    assert "Trumpet and belly" in page


OWNER_ONLY = ["chips/", "close/", "urgent/", "reopen/", "ask/"]
PAGES = ["", "status/", "story/"]


@pytest.mark.parametrize("audience", [Audience.ONLY_ME, Audience.HELPERS, Audience.NETWORK])
@pytest.mark.parametrize("who", ["josephine", "orleans", "bianca", "stranger", "guest"])
def test_every_page_of_a_need_is_open_to_whom_it_should_be(
    sign_in: SignIn, shelf: dict[str, Resource], town: Town, who: str, audience: Audience
) -> None:
    need = actions.state_need(
        town.josephine, wish=actions.Wish(words=SCHOOL, audience=audience), for_person=town.orleans.person
    )
    if audience != Audience.ONLY_ME:
        actions.ask_people(town.josephine, need_id=need.pk)
    client = sign_in(who)
    sees = who in {"josephine", "orleans"} or (who == "bianca" and audience != "only-me") or audience == "network"
    for page in PAGES:
        status = client.get(f"/needs/{need.pk}/{page}").status_code
        assert status == (302 if who == "guest" else 200 if sees else 404), page


@pytest.mark.parametrize("who", ["bianca", "stranger", "guest"])
def test_what_is_the_owners_to_do_nobody_else_does(
    sign_in: SignIn, stated: tuple[Client, Need], town: Town, who: str
) -> None:
    _client, need = stated
    actions.ask_people(town.josephine, need_id=need.pk)
    offer = offer_of(town)
    client = sign_in(who)
    sent = {"how": "met", "add": ""}
    paths = [*OWNER_ONLY, f"offers/{offer.pk}/use/", f"offers/{offer.pk}/outcome/", f"offers/{offer.pk}/accept/"]
    for path in paths:
        status = client.post(f"/needs/{need.pk}/{path}", sent).status_code
        assert status in ({403, 404} if who != "stranger" else {404}), path
    with told(town.josephine):
        assert Need.objects.get().state == Need.State.ASKED


def test_a_need_that_is_not_there_looks_like_one_that_is_hidden(sign_in: SignIn, stated: tuple[Client, Need]) -> None:
    stranger = sign_in("stranger")
    hidden = stranger.get(f"/needs/{stated[1].pk}/").content.decode()
    absent = stranger.get("/needs/999999999/").content.decode()
    assert re.sub(r"\d+|token[^>]*", "", hidden) == re.sub(r"\d+|token[^>]*", "", absent)


@pytest.mark.parametrize("page", ["/", "/needs/", "/people/", "need", "story", "outcome", "send", "make"])
def test_no_page_asks_the_database_more_than_it_may(stated: tuple[Client, Need], town: Town, page: str) -> None:
    client, need = stated
    address = {
        "need": f"/needs/{need.pk}/",
        "outcome": f"/needs/{need.pk}/offers/{offer_of(town).pk}/outcome/",
    }.get(page, page if page.startswith("/") else f"/needs/{need.pk}/{page}/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    said = [query["sql"][:150] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= MOST_QUERIES, "\n".join(said)


def test_words_of_a_need_stand_in_no_address_and_no_log_line(
    sign_in: SignIn, shelf: dict[str, Resource], town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    client = sign_in("josephine")
    with caplog.at_level(logging.DEBUG, logger="coproduce"), caplog.at_level(logging.DEBUG, logger="django.request"):
        answer = client.post("/", form(town, words="Quetzal feathers and school"))
        page = client.get(answer["Location"]).content.decode()
        client.post("/needs/suggest/", {"words": "Quetzal fea"})
        client.post("/needs/999999/reply/", {"words": "Quetzal"})
        client.post("/", form(town, words="Quetzal" * 2000))
    assert "uetzal" not in answer["Location"]
    assert not re.findall(r'(?:href|action|src|hx-[a-z]+)="[^"]*uetzal', page)
    assert "uetzal" not in caplog.text


def test_when_the_database_goes_away_the_page_says_so_and_keeps_the_words(
    sign_in: SignIn, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: object, **_named: object) -> None:
        raise OperationalError("the connection is closed")

    client = sign_in("josephine")
    monkeypatch.setattr("coproduce.network.needs.actions.state_need", gone)
    answer = client.post("/", form(town), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 503
    assert "back to school on Monday" in answer.content.decode()


def test_a_reply_of_a_session_that_ended_gives_the_words_back(stated: tuple[Client, Need]) -> None:
    _client, need = stated
    answer = Client().post(
        f"/needs/{need.pk}/reply/", {"words": "I wrote mine with the nurse."}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 403
    assert "I wrote mine with the nurse." in answer.content.decode()


def test_my_needs_come_in_pages_the_open_ones_first(
    sign_in: SignIn, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    words = [f"a letter for school number {number}" for number in range(5)]
    stated = [actions.state_need(town.josephine, wish=actions.Wish(words=said, line_of_work=1)) for said in words]
    actions.withdraw_need(town.josephine, need_id=stated[4].pk)
    client = sign_in("josephine")

    def shown(page: str) -> list[str]:
        return re.findall(r"a letter for school number \d", client.get(f"/needs/?page={page}").content.decode())

    assert [shown(page) for page in ("1", "2", "3")] == [[words[3], words[2]], [words[1], words[0]], [words[4]]]
    assert shown("9" * 5000) == shown("1e400") == shown("nothing") == shown("1")
    assert shown("77") == shown("3")
    assert shown("-1") == shown("3")


def test_thanks_reach_the_author_on_their_own_page(stated: tuple[Client, Need], sign_in: SignIn, town: Town) -> None:
    client, need = stated
    client.post(f"/needs/{need.pk}/offers/{offer_of(town).pk}/outcome/", {"answer": "yes", "thanks": "It saved us."})
    assert "It saved us." in sign_in("daniel").get("/needs/").content.decode()
    with told(town.stranger):
        assert not Reply.objects.exists()


def test_the_steps_do_not_claim_that_a_person_answered_when_only_the_commons_did(stated: tuple[Client, Need]) -> None:
    client, need = stated
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert "The network looked in the commons." in page


def test_clinical_information_is_marked_until_a_clinician_and_somebody_with_lived_experience_checked_it(
    stated: tuple[Client, Need], shelf: dict[str, Resource], town: Town
) -> None:
    client, need = stated
    with told(computer("operator")):
        offered = Offer.objects.filter(need=need, version__isnull=False).select_related("version__resource").first()
        assert offered is not None
        assert offered.version is not None
        Resource.objects.filter(pk=offered.version.resource_id).update(risk_class=2)
    assert "Not yet reviewed" in client.get(f"/needs/{need.pk}/").content.decode()
    with told(computer("operator")):
        for reviewer, role in ((town.daniel, Role.CLINICIAN), (town.bianca, Role.PATIENT)):
            Review.objects.create(
                version=offered.version, reviewer_id=reviewer.person, role=role, accepted=True, at=need.stated_at
            )
    assert "Not yet reviewed" not in client.get(f"/needs/{need.pk}/").content.decode()


@pytest.mark.parametrize("topic", ["Crohn", "Crohn's disease"])
def test_somebody_who_says_what_they_could_help_with_is_suggested_and_sees_what_waits(
    sign_in: SignIn, shelf: dict[str, Resource], town: Town, topic: str
) -> None:
    daniel = sign_in("daniel")
    daniel.post("/me/", {"pseudonym": "Daniel", "topics": topic, "help_capacity": "2"})
    wish = actions.Wish(words=SCHOOL, audience=Audience.NETWORK)
    need = actions.state_need(town.josephine, wish=wish, for_person=town.orleans.person)
    with told(town.josephine):
        assert need.offers.filter(helper_id=town.daniel.person).exists()
    assert "You could help with" in daniel.get("/people/").content.decode()


TWO = ("What causes Crohn's disease?", "And what can I do about tiredness?")


@pytest.fixture
def tired(shelf: dict[str, Resource], town: Town) -> Iterator[None]:
    """One more resource about something else, and one in another language."""
    tiredness = Condition.objects.create(slug="tiredness", name="Tiredness", aliases=["fatigue"])
    authorship = Authorship(credits=[(town.daniel.actor, Role.FAMILY, "wrote")])
    ids = [
        create_resource(town.daniel, words=words, authorship=authorship, share=True).pk
        for words in (
            words_of("Plan a day with tiredness", "Rest before you must.", conditions=(tiredness.pk,)),
            words_of("Una carta para la escuela (a letter for school)", "Para la maestra.", language="es"),
        )
    ]
    index.refresh(ids)
    yield
    index.index().remove(ids)
    index.index().commit()


@pytest.mark.usefixtures("tired")
def test_who_asks_two_things_may_ask_each_on_its_own(sign_in: SignIn, town: Town) -> None:
    client = sign_in("josephine")
    page = client.post("/", form(town, words=" ".join(TWO)), follow=True).content.decode()
    assert "You ask more than one thing" in page
    assert client.post("/needs/keep/", {"words": TWO[1]}).headers["Location"] == "/"
    box = client.get("/").content.decode()
    assert f"{TWO[1]}</textarea>" in box
    assert f"{TWO[1]}</textarea>" not in client.get("/").content.decode()
    assert client.session.get_expiry_age() > 3600


@pytest.mark.usefixtures("tired")
def test_a_guest_who_asks_two_things_finds_each_alone(sign_in: SignIn) -> None:
    page = sign_in("guest").post("/", {"words": " ".join(TWO)}).content.decode()
    assert all(f'<input type="hidden" name="words" value="{escape(part)}">' in page for part in TWO)
    alone = sign_in("guest").post("/", {"words": TWO[1]}).content.decode()
    assert "You ask more than one thing" not in alone
    assert "Plan a day with tiredness" in alone


@pytest.mark.usefixtures("shelf")
def test_who_it_is_for_is_told_and_not_searched_for(sign_in: SignIn, town: Town) -> None:
    words = "My daughter is 12 years old. A letter for school, in Spanish?"
    page = sign_in("josephine").post("/", form(town, words=words), follow=True).content.decode()
    assert "for a child, 12 years old, in Spanish" in page
    with told(town.josephine):
        need = Need.objects.get()
    assert {word["stem"] for word in need.parsed["words"]} <= {"letter", "school"}


@pytest.mark.usefixtures("tired")
def test_a_need_that_asks_for_a_language_is_answered_in_it(sign_in: SignIn) -> None:
    look = "a letter for school"
    assert "Una carta" not in sign_in("guest").post("/", {"words": look}).content.decode()
    assert "Una carta" in sign_in("guest").post("/", {"words": f"{look}, in Spanish please"}).content.decode()
