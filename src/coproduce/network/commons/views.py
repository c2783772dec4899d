"""Pages of the commons."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coproduce.errors import Conflict
from coproduce.network.commons import actions, queries
from coproduce.network.commons.cards import cards
from coproduce.network.commons.forms import AUDIENCE_CHOICES, ResourceForm, ReviewForm, SearchForm
from coproduce.network.commons.markdown import to_html
from coproduce.network.commons.models import LINE_CHOICES, Kind, Resource, Version
from coproduce.network.commons.reviewing import review_version
from coproduce.network.commons.words import AUDIENCES, Words
from coproduce.network.design.spoken import whole
from coproduce.network.design.taking import taken
from coproduce.network.people.requests import NetworkRequest, signed_in


@require_http_methods(["GET", "POST"])
def index(request: NetworkRequest) -> HttpResponse:
    """The commons: everything that is shared, by what it is about, or by words."""
    facets = _facets(request.GET)
    form = SearchForm(request.POST or None)
    shown = {
        "form": form,
        "facets": facets,
        "kinds": Kind.choices,
        "lines": LINE_CHOICES,
        "audiences": AUDIENCE_CHOICES,
    }
    shown["is_narrowed"] = facets != queries.Facets()
    shown["conditions"] = queries.conditions_in_use(request.asking)
    if request.method == "POST" and form.is_valid():
        found = queries.search(request.asking, words=form.cleaned_data["words"])
        return render(request, "commons/index.html", {**shown, "found": cards(found)})
    page = queries.browse(request.asking, facets=facets, page=request.GET.get("page", 1))
    return render(request, "commons/index.html", {**shown, "page": page, "cards": cards(page.object_list)})


@require_safe
def resource(request: NetworkRequest, resource_id: int, number: int | None = None) -> HttpResponse:
    """One resource, for everybody who may see it."""
    shown = queries.resource_page(request.asking, resource_id=resource_id, number=number)
    html = to_html(shown.version.body) if shown.version.body else ""
    page = render(request, "commons/resource.html", {"shown": shown, "body": html})
    if request.method == "GET" and number is None:
        # Last, since who writes in the log holds its end until the transaction is done.
        actions.open_resource(request.asking, version_id=shown.version.pk)
    return page


@require_safe
def history(request: NetworkRequest, resource_id: int) -> HttpResponse:
    """Every version, by whom, and why."""
    versions = queries.history(request.asking, resource_id=resource_id)
    return render(request, "commons/history.html", {"latest": versions[0], "versions": versions})


@require_safe
def changes(request: NetworkRequest, resource_id: int, number: int) -> HttpResponse:
    """What a version changed, word by word."""
    new, old = queries.two_versions(request.asking, resource_id=resource_id, number=number)
    return render(request, "commons/changes.html", {"new": new, "old": old, "differing": _differing(old, new)})


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: NetworkRequest) -> HttpResponse:
    """A new resource, shared at once or kept as a draft."""
    form = ResourceForm(request.POST or None, listed=queries.conditions_in_use(request.asking))
    made = taken(form, lambda: _made(request, form))
    if made is not None:
        messages.success(request, _("Saved. Thank you for adding to the commons."))
        return redirect("commons:resource", made.pk)
    return render(request, "commons/edit.html", {"form": form, "is_new": True})


@signed_in
@require_http_methods(["GET", "POST"])
def adapt(request: NetworkRequest, resource_id: int) -> HttpResponse:
    """A resource of one's own that begins with the words of another and says so."""
    source = queries.resource_page(request.asking, resource_id=resource_id).version
    form = ResourceForm(request.POST or None, listed=queries.conditions_in_use(request.asking), adapted=source)
    made = taken(form, lambda: _made(request, form, source))
    if made is not None:
        messages.success(request, _("Saved. Thank you for adding to the commons."))
        return redirect("commons:resource", made.pk)
    return render(request, "commons/edit.html", {"form": form, "is_new": True, "source": source})


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: NetworkRequest, resource_id: int) -> HttpResponse:
    """A revision. Where somebody else was quicker, both texts are shown and nothing is lost."""
    shown = queries.page_to_edit(request.asking, resource_id=resource_id)
    form = ResourceForm(request.POST or None, listed=queries.conditions_in_use(request.asking), revised=shown.version)
    page = {"form": form, "shown": shown}
    try:
        saved = taken(form, lambda: _revised(request, resource_id, form))
        if saved is not None:
            is_new = saved.pk != shown.version.pk
            messages.success(
                request, _("Saved as a new version.") if is_new else _("Nothing changed: it is still right.")
            )
            return redirect("commons:resource", resource_id)
    except Conflict as problem:
        theirs = queries.page_to_edit(request.asking, resource_id=resource_id).version
        form.add_error(None, whole(problem))
        form.data = _based_on(request.POST, theirs.pk)
        page |= {"theirs": theirs, "differing": _differing(theirs, form.words())}
        return render(request, "commons/edit.html", page, status=409)
    return render(request, "commons/edit.html", page)


@signed_in
@require_POST
def share(request: NetworkRequest, resource_id: int) -> HttpResponse:
    """Opens a draft to everybody."""
    actions.share_resource(request.asking, resource_id=resource_id)
    messages.success(request, _("Shared. Everybody can find it now."))
    return redirect("commons:resource", resource_id)


@signed_in
@require_POST
def retire(request: NetworkRequest, resource_id: int) -> HttpResponse:
    """Takes a resource out of what is offered."""
    actions.retire_resource(request.asking, resource_id=resource_id)
    messages.success(request, _("Retired. Its link still works; it is no longer offered."))
    return redirect("commons:resource", resource_id)


@signed_in
@require_http_methods(["GET", "POST"])
def review(request: NetworkRequest, resource_id: int) -> HttpResponse:
    """A reviewer's judgment of the latest version."""
    shown = queries.latest_page(request.asking, resource_id=resource_id)
    form = ReviewForm(request.POST or None, initial={"version_id": shown.version.pk})
    if taken(form, lambda: review_version(request.asking, **form.cleaned_data)):
        messages.success(request, _("Thank you for your review."))
        return redirect("commons:resource", resource_id)
    return render(request, "commons/review.html", {"form": form, "shown": shown})


@signed_in
@require_POST
def keep(request: NetworkRequest, resource_id: int) -> HttpResponse:
    """Keeps a resource for later, or lets it go."""
    shown = queries.resource_page(request.asking, resource_id=resource_id)
    deed = actions.let_go if shown.is_kept else actions.keep
    deed(request.asking, version_id=shown.version.pk)
    return redirect("commons:resource", resource_id)


@signed_in
@require_safe
def mine(request: NetworkRequest) -> HttpResponse:
    """What is to be looked at again, what I keep, and what I wrote."""
    due, kept, own = (cards(ask(request.asking)) for ask in (queries.due, queries.kept, queries.mine))
    return render(request, "commons/mine.html", {"due": due, "kept": kept, "own": own})


def _facets(chosen: QueryDict) -> queries.Facets:
    line = chosen.get("line", "")
    return queries.Facets(
        kind=chosen.get("kind", "") if chosen.get("kind", "") in Kind.values else "",
        line_of_work=int(line) if line in {"0", "1", "2"} else None,
        condition=chosen.get("condition", "").replace("\x00", "")[:200],
        audience=chosen.get("audience", "") if chosen.get("audience", "") in AUDIENCES else "",
    )


def _made(request: NetworkRequest, form: ResourceForm, source: Version | None = None) -> Resource:
    return actions.create_resource(
        request.asking,
        words=form.words(),
        authorship=None if source is None else actions.Authorship(derived_from=source.pk),
        share="share" in request.POST,
        token=form.cleaned_data["token"],
    )


def _revised(request: NetworkRequest, resource_id: int, form: ResourceForm) -> Version:
    return actions.revise_resource(
        request.asking,
        resource_id=resource_id,
        based_on=form.cleaned_data["based_on"] or -1,
        words=form.words(),
        authorship=actions.Authorship(note=form.cleaned_data["note"]),
    )


def _differing(old: Version | None, new: Version | Words) -> list[tuple[object, str, str]]:
    """The parts of two versions that differ, each with its name and both texts."""
    parts = {"title": _("Title"), "summary": _("In short"), "body": _("Text"), "link": _("Link")}
    pairs = [(label, getattr(old, part, ""), getattr(new, part)) for part, label in parts.items()]
    return [(label, before, after) for label, before, after in pairs if before != after]


def _based_on(data: QueryDict, version_id: int) -> QueryDict:
    """The same form, now starting from the version that came first: sending it again saves."""
    changed = data.copy()
    changed["based_on"] = str(version_id)
    return changed
