"""What the public may know of the network: counts, never people. Read from the last snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coproduce.errors import Absent
from coproduce.measures import CATALOGUE, Declared
from coproduce.network.observatory.models import Number, Picture, Snapshot
from coproduce.network.observatory.plain import PLAIN, WAYS_OUT
from coproduce.network.observatory.snapshots import current
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Site
from coproduce.network.people.policy import query, rule

#: One answer as `Measurement.as_json` gives it.
Found = Mapping[str, object]

#: The figures of the Network page.
_SHOWN_PICTURES = ("winwin", "ends", "levels", "month.N2.F7d")
_SHOWN_NUMBERS = (*PLAIN, *WAYS_OUT, "N2.F7d.none_met", "N2.F7d.all_met")


@rule("observatory.look")
def _anybody(_asking: Asking, **_arguments: object) -> bool:
    """Aggregates without small cells are open to everybody, guests included."""
    return True


@dataclass(frozen=True, kw_only=True)
class NetworkPage:
    """What the Network page shows."""

    snapshot: Snapshot
    numbers: Mapping[str, Found]
    pictures: Mapping[str, Picture]


@dataclass(frozen=True, kw_only=True)
class MeasurePage:
    """One measure with all that is known of it; `sites` maps the number of a place to its name."""

    snapshot: Snapshot
    declared: Declared
    number: Number
    pictures: Mapping[str, Picture]
    sites: Mapping[int, str]
    family: Sequence[Declared]


@query("observatory.look")
def network_page(_asking: Asking) -> NetworkPage:
    """The numbers and figures of the Network page."""
    snapshot = current()
    return NetworkPage(
        snapshot=snapshot,
        numbers=_wholes(snapshot, _SHOWN_NUMBERS),
        pictures=_pictures(snapshot, _SHOWN_PICTURES),
    )


@query("observatory.look")
def all_numbers(_asking: Asking) -> tuple[Snapshot, Mapping[str, Found]]:
    """Every declared measure, in the order of the catalogue."""
    snapshot = current()
    return snapshot, _wholes(snapshot, tuple(CATALOGUE))


@query("observatory.look")
def measure_page(_asking: Asking, *, measure_id: str) -> MeasurePage:
    """One measure. Raises Absent for one that is not declared."""
    declared = CATALOGUE.get(measure_id)
    if declared is None:
        raise Absent(_("measure"))
    snapshot = current()
    return MeasurePage(
        snapshot=snapshot,
        declared=declared,
        number=Number.objects.get(snapshot=snapshot, measure_id=measure_id),
        pictures=_pictures(snapshot, (f"month.{measure_id}", *_OF_FAMILY.get(declared.family, ()))),
        sites=dict(Site.objects.values_list("pk", "name")),
        family=[one for one in CATALOGUE.values() if one.family == declared.family and one is not declared],
    )


#: The figure that a family of measures has besides the ones over time.
_OF_FAMILY: Mapping[str, tuple[str, ...]] = {"N1": ("ends",), "N2": ("winwin",), "E1": ("levels",), "E2": ("levels",)}


def _wholes(snapshot: Snapshot, wanted: Sequence[str]) -> dict[str, Found]:
    found = dict(Number.objects.filter(snapshot=snapshot, measure_id__in=wanted).values_list("measure_id", "whole"))
    return {name: found[name] for name in wanted if name in found}


def _pictures(snapshot: Snapshot, names: Sequence[str]) -> dict[str, Picture]:
    found = Picture.objects.filter(snapshot=snapshot, name__in=names).select_related("drawing")
    return {picture.name: picture for picture in found}
