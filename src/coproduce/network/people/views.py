"""Pages about oneself: preferences, children, acting for somebody, leaving."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from coproduce.errors import Absent, CoproduceError
from coproduce.events import Role
from coproduce.network.design.spoken import whole
from coproduce.network.design.taking import taken
from coproduce.network.people import actions, queries
from coproduce.network.people.forms import SPOKEN, AssentForm, ChildForm, EndForm, EraseForm, PreferencesForm
from coproduce.network.people.requests import NetworkRequest, signed_in
from coproduce.network.people.session import ACTING_FOR


@signed_in
@require_http_methods(["GET", "POST"])
def me(request: NetworkRequest) -> HttpResponse:
    """How I am called, told and asked; the people I act for."""
    asking = request.asking
    person = queries.person(asking, person_id=asking.actor)
    form = PreferencesForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        said = {name: value for name, value in form.cleaned_data.items() if name not in {"topics", *SPOKEN}}
        wishes = actions.Preferences(helps_with=form.cleaned_data["topics"], languages=form.languages(), **said)
        try:
            actions.set_preferences(asking, person_id=asking.actor, wishes=wishes)
        except CoproduceError as problem:
            form.add_error(None, whole(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("people:me")
    shown = {
        "form": form,
        "person": queries.person(asking, person_id=asking.actor),
        "children": queries.people_i_act_for(asking),
        "acting_for": asking.acting_for,
        "is_steward": asking.holds(Role.STEWARD),
        "notices": queries.news(asking),
    }
    return render(request, "people/me.html", shown)


@signed_in
@require_http_methods(["GET", "POST"])
def add_child(request: NetworkRequest) -> HttpResponse:
    """A parent or carer adds a child they act for."""
    form = ChildForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            child = actions.register_child(request.asking, **form.cleaned_data)
        except CoproduceError as problem:
            form.add_error(getattr(problem, "field", "") or None, whole(problem))
        else:
            request.session[ACTING_FOR] = child.pk
            messages.success(request, _("Added. You are now here for this child."))
            return redirect("people:me")
    return render(request, "people/add_child.html", {"form": form, "handover_age": settings.COPRODUCE.handover_age})


@signed_in
@require_POST
def act_for(request: NetworkRequest) -> HttpResponse:
    """Chooses whom I am here for: myself, or somebody who let me act for them."""
    chosen = request.POST.get("person", "")
    if not chosen:
        request.session.pop(ACTING_FOR, None)
    else:
        mine = {str(person.pk): person.pk for person in queries.people_i_act_for(request.asking)}
        if chosen not in mine:
            raise Absent(_("person"))
        request.session[ACTING_FOR] = mine[chosen]
    return redirect("people:me")


@signed_in
@require_http_methods(["GET", "POST"])
def erase(request: NetworkRequest) -> HttpResponse:
    """Erases me, after one more question."""
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.erase_person(request.asking, person_id=request.asking.actor)
        logout(request)
        return render(request, "people/erased.html")
    return render(request, "people/erase.html", {"form": form})


@signed_in
@require_http_methods(["GET", "POST"])
def acting(request: NetworkRequest) -> HttpResponse:
    """Who may act for me, and for whom I may act; each of these rights can be ended here."""
    asking = request.asking
    rights = {f"{right.person_id}-{right.proxy_id}": right for right in queries.rights_to_act(asking)}
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ended = rights.get(form.cleaned_data["right"])
        if ended is None:
            raise Absent(_("right to act for them"))
        actions.end_proxy(asking, person_id=ended.person_id, proxy_id=ended.proxy_id)
        messages.success(request, _("Ended."))
        return redirect("people:acting")
    shown = {
        "form": form,
        "for_me": [(key, right) for key, right in rights.items() if right.person_id == asking.person],
        "is_child": queries.is_child(asking),
        "by_me": [(key, right) for key, right in rights.items() if right.proxy_id == asking.person],
    }
    return render(request, "people/acting.html", shown, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def assent(request: NetworkRequest) -> HttpResponse:
    """What a child is asked, in plain words, and what they said; who looks after them can write it down for them."""
    asking = request.asking
    assert asking.whom is not None  # whoever is signed in is somebody
    child = queries.childhood(asking, person_id=asking.whom)
    form = AssentForm(request.POST or None)
    person_id = child.person.pk
    if taken(form, lambda: actions.record_assent(asking, person_id=person_id, agrees=form.cleaned_data["answer"])):
        messages.success(request, _("Saved. The answer can change at any time."))
        return redirect("people:assent")
    shown = {"child": child, "assent_age": settings.COPRODUCE.assent_age, "is_own": asking.acting_for is None}
    return render(request, "people/assent.html", shown | {"form": form}, status=422 if form.is_bound else 200)
