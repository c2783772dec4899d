"""Pages and buttons for those who help: asked, coming forward, answering, sending something, making something."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coproduce.errors import Absent
from coproduce.network.commons.models import Resource
from coproduce.network.design.taking import taken
from coproduce.network.needs import actions, cards, queries
from coproduce.network.needs.forms import LookForm, NewResourceForm, OnceForm, SayForm
from coproduce.network.needs.models import Need, Reply
from coproduce.network.needs.views import UNREADABLE, need_context
from coproduce.network.people.asking import Asking
from coproduce.network.people.requests import NetworkRequest, signed_in


@signed_in
@never_cache
@require_GET
def helpers(request: NetworkRequest) -> HttpResponse:
    """People who can help, and the needs that I could help with."""
    asking = request.asking
    context = {
        "people": [
            {"person": person, "card": cards.person_card(person)} for person in queries.people_with_room(asking)
        ],
        "could": [cards.need_line(need) for need in queries.could_help_with(asking)],
    }
    return render(request, "needs/helpers.html", context)


@signed_in
@require_POST
def ask(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Asks one person, or the best few of those suggested."""
    chosen = request.POST.get("person", "")
    if chosen:
        if not chosen.isdecimal() or len(chosen) > 18:
            raise Absent(_("person"))
        asked = [actions.ask_person(request.asking, need_id=need_id, person_id=int(chosen))]
    else:
        asked = actions.ask_people(request.asking, need_id=need_id)
    if asked:
        said = ngettext("%(n)d person is asked.", "%(n)d people are asked.", len(asked)) % {"n": len(asked)}
        messages.success(request, said + " " + _("We tell you when somebody answers."))
    else:
        messages.info(request, _("Nobody with room for it is known yet. New people are suggested as they come."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@require_POST
def accept(request: NetworkRequest, need_id: int, offer_id: int) -> HttpResponse:
    """Says yes: to somebody's offer, or to being asked."""
    actions.accept(request.asking, need_id=need_id, offer_id=offer_id)
    messages.success(request, _("Good. You two are connected: write to each other here."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@require_POST
def decline(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Says no to being asked."""
    actions.decline_help(request.asking, need_id=need_id)
    messages.info(request, _("That is fine. Somebody else is asked."))
    return redirect("needs:mine")


@signed_in
@require_POST
def reply(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Answers in words."""
    form = SayForm(request.POST)
    if taken(form, lambda: _replied(request.asking, need_id, form)):
        return redirect("needs:need", need_id=need_id)
    return render(request, "needs/need.html", need_context(request, need_id, say=form), status=UNREADABLE)


def _replied(asking: Asking, need_id: int, form: SayForm) -> Reply:
    return actions.reply(asking, need_id=need_id, words=form.cleaned_data["words"], token=form.cleaned_data["once"])


@signed_in
@require_POST
def offer_self(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Comes forward."""
    form = OnceForm(request.POST)
    token = form.cleaned_data["once"] if form.is_valid() else None
    actions.offer_self(request.asking, need_id=need_id, words=request.POST.get("words", ""), token=token)
    messages.success(request, _("Thank you. They see your offer now."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def send(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Looks in the commons for something to send, and sends it."""
    page = queries.need_page(request.asking, need_id=need_id)
    version = request.POST.get("version", "")
    if version:
        if not version.isdecimal() or len(version) > 18:
            raise Absent(_("resource"))
        actions.offer_resource(request.asking, need_id=need_id, version_id=int(version))
        messages.success(request, _("Sent."))
        return redirect("needs:need", need_id=need_id)
    form = LookForm(request.POST or None)
    found = []
    if request.method == "POST" and form.is_valid():
        look = queries.look(request.asking, words=form.cleaned_data["words"], language=page.need.language)
        found = [
            {"resource": resource, "card": cards.found_card(resource, reasons)} for resource, reasons in look.resources
        ]
    context = {"page": page, "need": page.need, "form": form, "found": found}
    return render(request, "needs/send.html", context, status=UNREADABLE if form.errors else 200)


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def make(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Makes a resource for this need."""
    page = queries.need_page(request.asking, need_id=need_id)
    form = NewResourceForm(request.POST or None)
    if taken(form, lambda: _made(request.asking, page.need, form)):
        messages.success(request, _("Shared, and sent. Thank you: the next one finds it at once."))
        return redirect("needs:need", need_id=need_id)
    context = {"page": page, "need": page.need, "form": form}
    return render(request, "needs/make.html", context, status=UNREADABLE if form.is_bound else 200)


def _made(asking: Asking, need: Need, form: NewResourceForm) -> Resource:
    words = form.resource_words(need.line_of_work, get_language() or "en")
    return actions.offer_new_resource(asking, need_id=need.pk, words=words, token=form.cleaned_data["once"])
