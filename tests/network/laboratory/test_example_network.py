"""The example network: seeded whole, told by the network's own actions, true to its own story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coproduce import clock
from coproduce.errors import BadFile
from coproduce.events import EventFrame, Role, inspect, kinds
from coproduce.matching import Index, parse_need, rank, shipped_weights
from coproduce.matching.cards import card_of
from coproduce.matching.text import name_key
from coproduce.network.commons import index
from coproduce.network.commons.models import Resource
from coproduce.network.laboratory import example, life, story
from coproduce.network.laboratory.example import parsed
from coproduce.network.laboratory.names import pseudonyms
from coproduce.network.log import caused_by, read_frame
from coproduce.network.needs.models import Need
from coproduce.network.people.asking import computer
from coproduce.network.people.models import Account, Identity, Person, Proxy, Site
from coproduce.network.people.policy import told
from coproduce.rng import stream
from tests.network.conftest import Example, own_database
from tests.network.database_fixture import TestServer

#: How the states of a need are called in the story's file.
ENDS = {"met": "confirmed", "unreachable": "unreachable", "silent": "expired", "redirected": "redirected"}


@pytest.fixture(scope="module")
def example_network(
    database_server: TestServer, example_mould: Example, django_db_blocker: object
) -> Iterator[Example]:
    """The whole example network, for tests that only read."""
    mould = example_mould
    with own_database(database_server, mould.urls, django_db_blocker, mould.data), told(computer("operator")):
        yield mould


@pytest.fixture(scope="module")
def frame(example_network: Example) -> EventFrame:
    return read_frame()


def test_each_part_that_takes_long_says_so(example_network: Example) -> None:
    assert example_network.parts == [
        "places and people", "resources", "eighteen months of life", "search index", "the worked example",
        "the numbers of the Network page",
    ]  # fmt: skip


def test_the_network_has_twenty_sites_and_about_two_thousand_people(example_network: Example) -> None:
    assert Site.objects.filter(kind__in=[Site.Kind.CENTRE, Site.Kind.CLINIC]).count() >= 20
    assert 1_800 <= Person.objects.count() <= 2_800


def test_every_resource_of_the_example_is_shared_and_none_twice(example_network: Example) -> None:
    titles = list(Resource.objects.filter(state=Resource.State.SHARED).values_list("latest__title", flat=True))
    assert sorted(titles) == sorted(entry.matter["title"] for entry in example.resources())


def test_the_shelf_of_the_judged_needs_is_that_of_the_network(example_network: Example) -> None:
    found = index.index()
    numbers = dict(Resource.objects.values_list("latest__title", "pk"))
    for resource in example.shelf():
        card = found.card(numbers[resource.title])
        assert card is not None
        assert replace(card, id=resource.id) == card_of(resource)


def test_every_need_of_the_story_ends_as_the_story_tells(example_network: Example) -> None:
    told_of = sorted(ENDS[need["exit"]] for need in example.table("story")["need"])
    assert sorted(Need.objects.values_list("state", flat=True)) == told_of


@pytest.mark.parametrize("asked", ["first-visit", "trumpet", "is-it-the-milk"])
def test_a_met_need_can_be_followed_through_all_six_stages(example_network: Example, asked: str) -> None:
    words = next(
        s["words"] for s in example.table("story")["step"] if s["action"] == "state_need" and s["need"] == asked
    )
    need = Need.objects.get(words=words)
    happened = {row.what for row in caused_by([need.stated_seq or -1])}
    assert {kinds.NeedStated, kinds.ResourceUsed, kinds.OutcomeReported, kinds.LessonDrawn} <= happened
    assert happened & {kinds.ResourceMatched, kinds.PersonMatched}
    assert happened & {kinds.ResourceShared, kinds.ResourceRevised}


def test_the_revised_resources_end_with_the_text_of_their_file(example_network: Example) -> None:
    bodies = {entry.key: entry for entry in example.resources()}
    for key in story.first_texts():
        resource = Resource.objects.select_related("latest").get(latest__title=bodies[key].matter["title"])
        assert resource.latest is not None
        assert resource.latest.number == 2
        assert resource.latest.body == bodies[key].body


def test_the_log_is_clean_and_nothing_in_it_lies_ahead(frame: EventFrame, example_network: Example) -> None:
    report = inspect(frame.rows)
    assert report.is_clean(), report
    assert frame.rows["time"].max() <= clock.to_us(example_network.made_at)  # type: ignore[operator]


def test_a_cause_always_happened_before_what_it_led_to(frame: EventFrame) -> None:
    effects = frame.rows.filter(frame.rows["cause"] >= 0).select("cause", "time", "kind")
    causes = frame.rows.select(seq="seq", earlier="time")
    joined = effects.join(causes, left_on="cause", right_on="seq")
    assert joined.height == effects.height
    assert joined.filter(joined["earlier"] > joined["time"]).height == 0


def test_eighteen_months_have_needs_in_every_month(frame: EventFrame) -> None:
    stated = frame.of(kinds.NeedStated)["time"].to_list()
    months = {clock.from_us(time).strftime("%Y-%m") for time in stated}
    assert len(months) >= life.WEEKS // 5
    assert len(stated) > 1_000


def test_the_models_life_reaches_the_examples_own_resources(frame: EventFrame) -> None:
    own = list(Resource.objects.values_list("latest_id", flat=True))
    used = frame.of(kinds.ResourceUsed)
    assert used.filter(used["object"].is_in(own)).height > 200


def test_only_the_people_of_the_story_have_a_log_in_and_the_child_has_her_mother(example_network: Example) -> None:
    listed = [person for person in example.table("people")["person"] if person.get("in_story")]
    assert Account.objects.count() == len(listed)
    assert Identity.objects.count() == len(example.table("people")["person"])
    (right,) = Proxy.objects.select_related("person", "proxy")
    assert (right.person.pseudonym, right.proxy.pseudonym) == ("Orleans Baptiste", "Josephine Baptiste")


def test_the_computer_writes_as_a_computer(frame: EventFrame) -> None:
    matched = frame.of(kinds.ResourceMatched)
    by_nobody = matched.filter(matched["actor"] < 0)
    assert set(by_nobody["role"].unique()) == {int(Role.COMPUTER)}


def test_pseudonyms_differ_also_when_the_pairs_run_out() -> None:
    names = pseudonyms(5_000, stream(1, "names"))
    assert len(set(names)) == 5_000


@pytest.mark.parametrize("text", ["", "no fence", "+++\nkey = 1\n", "before\n+++\nkey = 'a'\n+++\nx", "+++\n[\n+++\nx"])
def test_a_text_without_front_matter_is_refused(text: str) -> None:
    with pytest.raises(BadFile):
        parsed(text)


@pytest.fixture(scope="module")
def shelf() -> Index:
    return Index.in_memory(example.shelf())


@pytest.mark.parametrize(
    ("words", "resource"),
    [
        ("the Humira pen hurts", "injections-at-home"), ("My son starts Remicade tomorrow", "infusion-day"),
        ("is Stelara ok for kids", "newer-medicines-overview"), ("pentasa granules", "five-asa-overview"),
        ("imuran and sunlight", "thiopurines-and-methotrexate"), ("how long on Entocort", "steroids-overview"),
        ("Modulen makes me gag", "een-taste-and-texture"), ("going on Humria", "injections-at-home"),
    ],
)  # fmt: skip
def test_a_medicine_is_found_by_the_name_on_its_box(shelf: Index, words: str, resource: str) -> None:
    found = rank(parse_need(words, shelf.lexicon), shelf)
    assert resource in [offer.resource_id for offer in found.offers[:3]]
    assert found.answerable >= shipped_weights().little_hope


def test_no_two_conditions_go_by_the_same_name() -> None:
    listed = example.table("conditions")["condition"]
    keys = [{name_key(name) for name in (condition["name"], *condition["aliases"])} for condition in listed]
    names = [name for one in keys for name in one]
    assert {name for name in names if names.count(name) > 1} == set()
