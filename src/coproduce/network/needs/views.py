"""Pages for who needs something: home, the need, how it went, the story."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coproduce.errors import Absent
from coproduce.network.commons.actions import open_resource
from coproduce.network.design.taking import taken
from coproduce.network.needs import actions, cards, queries, stories
from coproduce.network.needs.forms import ChipsForm, CloseForm, LookForm, NeedForm, OutcomeForm, SayForm
from coproduce.network.needs.models import Need
from coproduce.network.people.asking import Asking
from coproduce.network.people.queries import people_i_act_for
from coproduce.network.people.requests import NetworkRequest, signed_in

#: Session key of the words that somebody asked us to keep for the box; a guest's for an hour, until they sign in.
DRAFT, DRAFT_SECONDS = "need_draft", 3600
UNREADABLE = 422
EXAMPLES = (
    gettext_lazy("What do we ask at the first visit?"),
    gettext_lazy("A letter for school about an illness"),
    gettext_lazy("Somebody who has lived with an ostomy"),
)


@never_cache
@require_http_methods(["GET", "POST"])
def home(request: NetworkRequest) -> HttpResponse:
    """The one box. A guest gets what the commons has, and nothing of it is kept."""
    return _look(request) if request.asking.is_guest else _state(request)


def _look(request: NetworkRequest) -> HttpResponse:
    form = LookForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = UNREADABLE if form.is_bound else 200
        return render(request, "needs/home.html", {"look": form, "examples": EXAMPLES}, status=status)
    asking, words = request.asking, form.cleaned_data["words"]
    urgent = cards.urgent_words(queries.urgent_signs_in(asking, words=words))
    if urgent and not form.cleaned_data["seen"]:
        return render(request, "needs/urgent.html", {"form": form, "urgent": urgent, "words": words})
    look = queries.look(asking, words=words, language=get_language() or "en")
    context = {
        "form": form,
        "cards": [cards.found_card(resource, reasons) for resource, reasons in look.resources],
        "chips": [*(chip for group in cards.chips(look.parsed).values() for chip in group), *cards.behind(look.parsed)],
        "questions": cards.questions(look.parsed, words),
        "urgent": urgent,
    }
    return render(request, "needs/found.html", context)


def _state(request: NetworkRequest) -> HttpResponse:
    asking = request.asking
    people = people_i_act_for(asking)
    draft = request.session.pop(DRAFT, "") if request.method == "GET" and DRAFT in request.session else ""
    form = NeedForm(
        request.POST or None, initial={"words": draft}, me=asking.actor, people=people, for_person=asking.acting_for
    )
    need = taken(form, lambda: _stated(asking, form))
    if need is not None:
        return redirect("needs:need", need_id=need.pk)
    context: dict[str, Any] = {"form": form, "people": people, "examples": EXAMPLES}
    if not form.is_bound:
        context["mine"] = [cards.need_line(need) for need in queries.my_first_needs(asking, most=3)]
        context["asked"] = queries.asked_of_me(asking)[:3]
    return render(request, "needs/home.html", context, status=UNREADABLE if form.is_bound else 200)


def _stated(asking: Asking, form: NeedForm) -> Need:
    given = form.cleaned_data
    wish = form.wish(get_language() or "en")
    return actions.state_need(asking, wish=wish, for_person=given["whom"] or None, token=given["once"])


@require_POST
def suggest(request: NetworkRequest) -> HttpResponse:
    """Titles for what is being typed; sent by POST, kept nowhere."""
    titles = queries.suggestions(request.asking, words=request.POST.get("words", ""))
    return render(request, "needs/parts/suggestions.html", {"titles": titles})


@require_POST
def keep_words(request: NetworkRequest) -> HttpResponse:
    """Keeps words in the session until the box takes them up: at once, or for a guest within an hour of signing in."""
    form = LookForm(request.POST)
    is_guest = request.asking.is_guest
    if form.is_valid():
        request.session[DRAFT] = form.cleaned_data["words"]
        if is_guest:
            request.session.set_expiry(DRAFT_SECONDS)
    return redirect("account_login" if is_guest else "needs:home")


@signed_in
@never_cache
@require_GET
def mine(request: NetworkRequest) -> HttpResponse:
    """My needs, what I was asked, what I could help with, and thanks."""
    asking = request.asking
    page = queries.my_needs(asking, page=request.GET.get("page", 1))
    context = {
        "page": page,
        "lines": [cards.need_line(need) for need in page],
        "asked": queries.asked_of_me(asking),
        "could": [cards.need_line(need) for need in queries.could_help_with(asking)],
        "thanks": queries.thanks_to_me(asking),
    }
    return render(request, "needs/mine.html", context)


@signed_in
@never_cache
@require_GET
def need(request: NetworkRequest, need_id: int) -> HttpResponse:
    """The need: where it stands, what was found, who helps, what was said."""
    shown = need_context(request, need_id)
    if shown["need"].is_held and shown["urgent"]:
        return render(request, "needs/urgent.html", {**shown, "words": shown["need"].words})
    return render(request, "needs/need.html", shown)


def need_context(request: NetworkRequest, need_id: int, **more: Any) -> dict[str, Any]:
    """What the page of a need shows; `more` replaces forms that came back with mistakes."""
    page = queries.need_page(request.asking, need_id=need_id)
    names = cards.names_of(page.need.conditions.all())
    return {
        "page": page,
        "need": page.need,
        "steps": cards.steps_of(page),
        "chips": cards.chips(page.parsed, names),
        "behind": cards.behind(page.parsed),
        "questions": cards.questions(page.parsed, page.need.words) if page.is_own and page.is_open else [],
        "chips_form": ChipsForm(),
        "urgent": cards.urgent_words(page.signs) if page.is_open else None,
        "resources": [{"offer": offer, "card": cards.offer_card(offer, names)} for offer in page.resources],
        "suggested": [
            {"offer": offer, "card": cards.person_card(offer.helper, why=cards.reason(offer.reasons))}
            for offer in page.suggested
            if offer.helper is not None
        ],
        "say": SayForm(),
        "close": CloseForm(),
        **more,
    }


@signed_in
@never_cache
@require_GET
def status(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Where the need stands, alone: asked for again and again while the page is open.

    Nothing comes back while the steps are those already seen, so that a screen reader does not read them out again.
    """
    page = queries.need_page(request.asking, need_id=need_id)
    steps = cards.steps_of(page)
    if request.GET.get("seen") == "-".join(step.state for step in steps):
        return HttpResponse(status=204)
    return render(request, "needs/parts/status.html", {"page": page, "need": page.need, "steps": steps})


@signed_in
@require_POST
def chips(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Takes the corrected chips and looks again."""
    form = ChipsForm(request.POST)
    if not form.is_valid():
        return render(request, "needs/need.html", need_context(request, need_id, chips_form=form), status=UNREADABLE)
    actions.correct_need(request.asking, need_id=need_id, chips=form.chips())
    messages.success(request, _("Looked again."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@require_POST
def close(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Closes a need: met, not needed any more, or not to be got."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        return render(request, "needs/need.html", need_context(request, need_id, close=form), status=UNREADABLE)
    how, asking = form.cleaned_data["how"], request.asking
    if how == "met":
        actions.confirm_met(asking, need_id=need_id)
        messages.success(request, _("Good to hear. It is closed, and counted as met."))
    elif how == "give-up":
        actions.give_up_need(asking, need_id=need_id, reason=form.cleaned_data["reason"])
        messages.info(request, _("Closed. It is counted as not met, so that somebody can change it."))
    else:
        actions.withdraw_need(asking, need_id=need_id)
        messages.info(request, _("Closed."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@require_POST
def urgent(request: NetworkRequest, need_id: int) -> HttpResponse:
    """The person goes to get urgent care; the need is kept."""
    actions.redirect_need(request.asking, need_id=need_id)
    messages.info(request, _("Your need is kept. Come back to it when this is over."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@require_POST
def go_on(request: NetworkRequest, need_id: int) -> HttpResponse:
    """The person has seen what to do about an urgent sign, and goes on: now the network looks."""
    actions.go_on_with_need(request.asking, need_id=need_id)
    return redirect("needs:need", need_id=need_id)


@signed_in
@require_POST
def reopen(request: NetworkRequest, need_id: int) -> HttpResponse:
    """Opens a closed need again."""
    actions.reopen_need(request.asking, need_id=need_id)
    messages.success(request, _("It is open again."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@require_GET
def open_offer(request: NetworkRequest, need_id: int, offer_id: int) -> HttpResponse:
    """Leads to a resource that was found for a need, and notes that it was opened for it."""
    offer = queries.resource_offer(request.asking, need_id=need_id, offer_id=offer_id)
    assert offer.version is not None
    open_resource(request.asking, version_id=offer.version_id, need_id=need_id, cause=offer.matched_seq)
    return redirect("commons:resource", resource_id=offer.version.resource_id)


@signed_in
@require_POST
def use(request: NetworkRequest, need_id: int, offer_id: int) -> HttpResponse:
    """Puts an offer to use."""
    actions.use_offer(request.asking, need_id=need_id, offer_id=offer_id)
    messages.success(request, _("Noted. Tell us later whether it helped."))
    return redirect("needs:need", need_id=need_id)


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def outcome(request: NetworkRequest, need_id: int, offer_id: int) -> HttpResponse:
    """Did it help?"""
    page = queries.need_page(request.asking, need_id=need_id)
    offer = next((offer for offer in (*page.resources, *page.helpers) if offer.pk == offer_id), None)
    if offer is None or not page.is_own:
        raise Absent(_("offer"))
    form = OutcomeForm(request.POST or None)
    if not page.may_confirm:
        del form.fields["met"]
    if taken(form, lambda: _reported(request.asking, need_id, offer_id, form)):
        messages.success(request, _("Thank you. Others will find it easier now."))
        return redirect("needs:need", need_id=need_id)
    context = {"page": page, "need": page.need, "offer": offer, "form": form}
    return render(request, "needs/outcome.html", context, status=UNREADABLE if form.is_bound else 200)


def _reported(asking: Asking, need_id: int, offer_id: int, form: OutcomeForm) -> Need:
    return actions.report_outcome(asking, need_id=need_id, offer_id=offer_id, outcome=form.outcome())


@signed_in
@never_cache
@require_GET
def story(request: NetworkRequest, need_id: int) -> HttpResponse:
    """The story of a need, from what led to it to what was learned and shared."""
    told = queries.story(request.asking, need_id=need_id)
    return render(request, "needs/story.html", {"need": told.need, "moments": stories.moments(told)})
