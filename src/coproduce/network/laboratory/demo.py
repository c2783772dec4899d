"""The whole example network, seeded once: places, people, resources, 18 months of life, and the worked example."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from coproduce import clock
from coproduce.network.commons import index
from coproduce.network.laboratory import life, story
from coproduce.network.laboratory.seeding import Cast, seed_people, seed_places, seed_resources
from coproduce.network.observatory import projection

SEED = 12
#: What is told while it goes on: which part, and how much of it is done (0 to 1).
Progress = Callable[[str, float], None]


def seed_example(now: datetime, progress: Progress) -> None:
    """Makes the example network, in an empty one, as if it had lived until `now`."""
    start = _monday(now - timedelta(weeks=life.WEEKS))
    with transaction.atomic(), index.left_to_rebuild():
        cast = Cast()
        with clock.frozen(start):
            progress("places and people", 0.0)
            seed_places(cast)
            seed_people(cast, start)
            progress("resources", 0.0)
            seed_resources(cast, start, first_texts=story.first_texts())
        life.seed_life(cast, start, now, seed=SEED, progress=lambda share: progress("eighteen months of life", share))
    progress("search index", 0.0)
    index.rebuild()
    story.replay(cast, now, progress=lambda share: progress("the worked example", share))
    progress("the numbers of the Network page", 0.0)
    projection.refresh(now)


def _monday(day: datetime) -> datetime:
    monday = day - timedelta(days=day.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)
