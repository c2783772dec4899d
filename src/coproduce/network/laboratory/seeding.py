"""Seeding the example network: places, people and resources, each through the action a person would use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.text import slugify

from coproduce import clock
from coproduce.events import ABSENT, Role
from coproduce.network.commons import actions as commons
from coproduce.network.commons import reviewing
from coproduce.network.commons.actions import Authorship
from coproduce.network.commons.models import Condition, Resource
from coproduce.network.commons.words import Words
from coproduce.network.laboratory import example
from coproduce.network.people import actions as people
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Account, Person, Site
from coproduce.network.people.policy import told
from coproduce.network.people.queries import EXAMPLE_ADDRESS


@dataclass
class Cast:
    """Who and what was seeded, by the keys of the example's files."""

    people: dict[str, Person] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    conditions: dict[str, int] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)

    def asking(self, key: str, at: datetime, *, acting_for: str = "") -> Asking:
        """Somebody of the example, as who asks."""
        person = self.people[key]
        return Asking(
            person=person.pk,
            acting_for=self.people[acting_for].pk if acting_for else None,
            roles=frozenset({self.roles[key]}),
            site=person.site_id,
            at=at,
        )


def seed_places(cast: Cast) -> None:
    """Regions, care centres and clinics, nested; and the conditions with their other names."""
    listed = example.table("sites")
    for entry in listed["region"]:
        kind = Site.Kind.REGION if "parent" in entry else Site.Kind.NETWORK
        cast.sites[entry["key"]] = _site(cast, entry, kind, entry.get("parent"))
    for entry in sorted(listed["site"], key=lambda site: "parent" in site):
        cast.sites[entry["key"]] = _site(cast, entry, Site.Kind(entry["kind"]), entry.get("parent", entry["region"]))
    for entry in example.table("conditions")["condition"]:
        made = Condition.objects.create(slug=entry["key"], name=entry["name"], aliases=entry["aliases"])
        cast.conditions[entry["key"]] = made.pk


def _site(cast: Cast, entry: dict[str, Any], kind: Site.Kind, parent: str | None) -> Site:
    return Site.objects.create(
        slug=entry["key"], name=entry["name"], kind=kind, parent=cast.sites[parent] if parent else None
    )


def seed_people(cast: Cast, at: datetime) -> None:
    """The named people of the example, with a log-in for those of the story, and the parent as the child's proxy."""
    system = Asking(system="example", at=at)
    for entry in example.table("people")["person"]:
        role = example.ROLES[entry["role"]]
        person = people.join(
            system,
            pseudonym=entry["name"],
            role=role,
            particulars=people.Particulars(name=entry["name"], birth_date=_born(entry["age"], at)),
            site=cast.sites[entry["site"]],
            traits={
                "about": entry["about"],
                "languages": entry["languages"],
                "time_zone": entry["time_zone"],
                "helps_with": [slugify(topic) for topic in entry["topics"]],
                "help_capacity": entry["capacity"],
            },
        )
        cast.people[entry["key"]], cast.roles[entry["key"]] = person, role
        if entry.get("in_story"):
            with told(system):
                Account.objects.create_user(f"{entry['key']}{EXAMPLE_ADDRESS}", person_id=person.pk)
    for entry in example.table("people")["person"]:
        if child := entry.get("proxy_for"):
            people.grant_proxy(system, person_id=cast.people[child].pk, proxy_id=cast.people[entry["key"]].pk)


def _born(age: int, at: datetime) -> date:
    """A date of birth that gives this age in the middle of its year."""
    return (at - timedelta(days=round(365.25 * (age + 0.5)))).date()


def seed_resources(cast: Cast, at: datetime, *, first_texts: Mapping[str, str]) -> None:
    """The resources, each by its first author, reviewed by those who are named as reviewers.

    Those that the story makes itself are left to the story, those that it revises begin with their first text, and one
    that builds on another comes after it.
    """
    made_later = set(example.table("story")["story"]["made_in_story"])
    waiting = [entry for entry in example.resources() if entry.key not in made_later]
    while waiting:
        ready = [entry for entry in waiting if _is_ready(entry, cast, made_later)]
        for entry in ready or waiting:
            cast.resources[entry.key] = make_resource(
                cast, entry, _first_author(cast, entry, at), body=first_texts.get(entry.key, "")
            )
        waiting = [entry for entry in waiting if entry.key not in cast.resources]


def _is_ready(entry: example.ExampleResource, cast: Cast, made_later: set[str]) -> bool:
    source = entry.matter.get("derived_from", "")
    return not source or source in cast.resources or source in made_later


def make_resource(
    cast: Cast, entry: example.ExampleResource, by: Asking, *, cause: int = ABSENT, share: bool = True, body: str = ""
) -> Resource:
    """One resource of the example, made by somebody; once shared it is reviewed by its reviewers."""
    resource = commons.create_resource(
        by, words=words_of(cast, entry, body=body), authorship=authorship_of(cast, entry), cause=cause, share=share
    )
    if share:
        review(cast, entry, resource, by.at)
    return resource


def _first_author(cast: Cast, entry: example.ExampleResource, at: datetime) -> Asking:
    authors = entry.matter["authors"]
    writers = [author for author in authors if author["contribution"] != "reviewed"]
    return cast.asking((writers or authors)[0]["person"], at)


def review(cast: Cast, entry: example.ExampleResource, resource: Resource, at: datetime) -> None:
    """The reviews that the front matter names, each in the reviewer's own role."""
    later = at + timedelta(hours=20)
    with clock.frozen(later):
        for author in entry.matter["authors"]:
            if author["contribution"] == "reviewed":
                reviewer = cast.asking(author["person"], later)
                reviewing.review_version(reviewer, version_id=resource.latest_id or ABSENT, accepted=True)


def words_of(cast: Cast, entry: example.ExampleResource, *, body: str = "") -> Words:
    """What a resource of the example says."""
    matter = entry.matter
    return Words(
        title=matter["title"],
        summary=matter["summary"],
        body=body or entry.body,
        kind=matter["kind"],
        line_of_work=example.LINES[matter["line_of_work"]],
        risk_class=matter["risk_class"],
        audience=tuple(matter["audience"]),
        stages=tuple(matter.get("stage", ())),
        language=matter["language"],
        license=matter["license"],
        sources=tuple(dict(source) for source in matter.get("sources", ())),
        conditions=tuple(cast.conditions[key] for key in matter["conditions"]),
    )


def authorship_of(cast: Cast, entry: example.ExampleResource, *, note: str = "") -> Authorship:
    """Who is credited for it, and what it was made from. Reviewers are named by their reviews."""
    source = cast.resources.get(entry.matter.get("derived_from", ""))
    return Authorship(
        credits=[
            (cast.people[author["person"]].pk, example.ROLES[author["role"]], author["contribution"])
            for author in entry.matter["authors"]
            if author["contribution"] != "reviewed"
        ],
        derived_from=source.latest_id if source else None,
        note=note,
    )
