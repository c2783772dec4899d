"""Pages of the observatory: the network in plain words, each measure in full, and all of it as data."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coproduce.figures import Table
from coproduce.network.design.parts import Crumb, Text
from coproduce.network.observatory import plain, queries, showing, tables
from coproduce.network.people.requests import NetworkRequest


@require_safe
def network(request: NetworkRequest) -> HttpResponse:
    """How the network is doing, for everybody."""
    page = queries.network_page(request.asking)
    shown = {
        "snapshot": page.snapshot,
        "headline": showing.headline(page),
        "silence": showing.silence(page),
        "sections": list(showing.sections(page)),
    }
    return render(request, "observatory/network.html", shown)


@require_safe
def numbers(request: NetworkRequest) -> HttpResponse:
    """Every declared measure in one table."""
    snapshot, found = queries.all_numbers(request.asking)
    shown = {"snapshot": snapshot, "groups": showing.by_subject(found), "crumbs": _crumbs(_("All numbers"))}
    return render(request, "observatory/numbers.html", shown)


@require_safe
def measure(request: NetworkRequest, measure_id: str) -> HttpResponse:
    """One measure: what it says, how it is counted, how sure it is, over time and by group."""
    page = queries.measure_page(request.asking, measure_id=measure_id)
    drawn = [picture for picture in page.pictures.values() if picture.drawing is not None]
    over_time = page.pictures.get(f"month.{measure_id}")
    shown = {
        "page": page,
        "declared": plain.declared(measure_id),
        "family": [(plain.title(one.id), reverse("observatory:measure", args=[one.id])) for one in page.family],
        "crumbs": _crumbs(plain.title(measure_id)),
        "title": plain.title(measure_id),
        "says": plain.says(measure_id),
        "better": plain.better(measure_id),
        "row": showing.row(page.number.whole),
        "counted": plain.counted(measure_id, page.number.whole["n"]),
        "charts": [
            showing.chart(picture, measure_id) for picture in sorted(drawn, key=lambda one: one.name, reverse=True)
        ],
        "no_chart": over_time.summary if over_time is not None and over_time.drawing is None else "",
        "by_site": showing.by_site(page),
        "by_role": showing.by_role(page),
    }
    return render(request, "observatory/measure.html", shown)


@require_safe
def measure_csv(request: NetworkRequest, measure_id: str) -> HttpResponse:
    """One measure as data."""
    page = queries.measure_page(request.asking, measure_id=measure_id)
    return _file(tables.measure_table(page), measure_id)


@require_safe
def numbers_csv(request: NetworkRequest) -> HttpResponse:
    """Every measure as data."""
    _snapshot, found = queries.all_numbers(request.asking)
    return _file(tables.whole_table(found.values()), "all")


def _crumbs(here: Text) -> list[Crumb]:
    return [Crumb(_("Network"), reverse("observatory:network")), Crumb(here)]


def _file(table: Table, name: str) -> HttpResponse:
    answer = HttpResponse(table.csv(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
