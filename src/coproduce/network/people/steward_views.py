"""Pages of the stewards: places of care, where people are, and who may act for whom."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from coproduce.errors import Absent, Conflict
from coproduce.network.design.spoken import whole
from coproduce.network.design.taking import taken
from coproduce.network.people import actions, queries
from coproduce.network.people.forms import EndForm, FindForm, LetActForm, PlaceForm, SiteForm
from coproduce.network.people.models import Site
from coproduce.network.people.requests import NetworkRequest, signed_in

UNREADABLE = 422


@signed_in
@require_http_methods(["GET", "POST"])
def desk(request: NetworkRequest) -> HttpResponse:
    """The places of care, one more, and a way to find somebody."""
    places, found = _places(request), None
    form, find = SiteForm(places=places), FindForm(auto_id="find_%s")
    if request.method == "POST" and "words" in request.POST:
        find = FindForm(request.POST, auto_id="find_%s")
        if find.is_valid():
            found = queries.people_called(request.asking, words=find.cleaned_data["words"])
    elif request.method == "POST":
        form = SiteForm(request.POST, places=places)
        if _kept(request, form, None) is not None:
            return redirect("stewards:desk")
    shown = {"places": places, "form": form, "find": find, "found": found}
    return render(request, "people/stewards/desk.html", shown, status=UNREADABLE if form.errors or find.errors else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def place(request: NetworkRequest, site_id: int) -> HttpResponse:
    """One place of care: its name, what it is, and what it is part of."""
    places = _places(request)
    shown = next((site for site in places if site.pk == site_id), None)
    if shown is None:
        raise Absent(_("place"))
    others = [site for site in places if site.pk != site_id]
    now = {"name": shown.name, "kind": shown.kind, "parent": shown.parent_id}
    form = SiteForm(request.POST or None, initial=now, places=others)
    if request.method == "POST" and _kept(request, form, site_id) is not None:
        return redirect("stewards:desk")
    context = {"place": shown, "form": form}
    return render(request, "people/stewards/place.html", context, status=UNREADABLE if form.errors else 200)


@signed_in
@require_http_methods(["GET"])
def person(request: NetworkRequest, person_id: int) -> HttpResponse:
    """One person: where they are, and who may act for them."""
    return _person_page(request, person_id)


@signed_in
@require_POST
def put(request: NetworkRequest, person_id: int) -> HttpResponse:
    """Says at which place of care a person is."""
    form = PlaceForm(request.POST, places=_places(request))
    if not form.is_valid():
        return _person_page(request, person_id, place_form=form)
    actions.place_person(request.asking, person_id=person_id, site_id=form.cleaned_data["site"])
    messages.success(request, _("Saved."))
    return redirect("stewards:person", person_id)


@signed_in
@require_POST
def let_act(request: NetworkRequest, person_id: int) -> HttpResponse:
    """Lets somebody act for a person."""
    form = LetActForm(request.POST)

    def deed() -> object:
        who = queries.person(request.asking, person_id=form.cleaned_data["who"])
        them = queries.person(request.asking, person_id=person_id)
        return actions.grant_proxy(request.asking, person_id=them.pk, proxy_id=who.pk)

    try:
        granted = taken(form, deed)
    except (Conflict, Absent) as problem:
        if isinstance(problem, Absent):
            queries.person(request.asking, person_id=person_id)
        form.add_error("who", whole(problem))
        granted = None
    if granted is None:
        return _person_page(request, person_id, let_form=form)
    messages.success(request, _("They may act for them now."))
    return redirect("stewards:person", person_id)


@signed_in
@require_POST
def end_right(request: NetworkRequest, person_id: int) -> HttpResponse:
    """Ends somebody's right to act for a person."""
    form = EndForm(request.POST)
    if not form.is_valid():
        return _person_page(request, person_id)
    rights = {f"{right.person_id}-{right.proxy_id}": right for right in _rights(request, person_id)}
    ended = rights.get(form.cleaned_data["right"])
    if ended is None:
        raise Absent(_("right to act for them"))
    actions.end_proxy(request.asking, person_id=person_id, proxy_id=ended.proxy_id)
    messages.success(request, _("Ended."))
    return redirect("stewards:person", person_id)


def _places(request: NetworkRequest) -> list[Site]:
    return queries.sites_to_keep(request.asking)


def _rights(request: NetworkRequest, person_id: int) -> list[Any]:
    return queries.rights_of(request.asking, person_id=person_id)


def _kept(request: NetworkRequest, form: SiteForm, site_id: int | None) -> Site | None:
    def deed() -> Site:
        said = form.cleaned_data
        return actions.keep_site(
            request.asking, name=said["name"], kind=said["kind"], parent_id=said["parent"], site_id=site_id
        )

    kept = taken(form, deed)
    if kept is not None:
        messages.success(request, _("Saved."))
    return kept


def _person_page(request: NetworkRequest, person_id: int, **forms: Any) -> HttpResponse:
    """The page of a person; `forms` replaces those that came back with mistakes."""
    rights = _rights(request, person_id)
    who = queries.person(request.asking, person_id=person_id)
    shown = {
        "who": who,
        "rights": [(f"{right.person_id}-{right.proxy_id}", right) for right in rights],
        "place_form": PlaceForm(initial={"site": who.site_id}, places=_places(request)),
        "let_form": LetActForm(),
        **forms,
    }
    return render(request, "people/stewards/person.html", shown, status=UNREADABLE if forms else 200)
