"""One-click log-in as the people of the example network; anywhere else these addresses do not exist."""

from __future__ import annotations

import functools

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from coproduce.errors import Absent
from coproduce.network.people import queries
from coproduce.network.people.requests import NetworkRequest, View

BACKEND = "coproduce.network.people.accounts.Backend"


def only_in_example(view: View) -> View:
    """Answers as if there were no such page, unless this is the example network."""

    @functools.wraps(view)
    def checked(request: NetworkRequest, *args: object, **arguments: object) -> HttpResponse:
        if not settings.COPRODUCE.demo:
            raise Absent
        return view(request, *args, **arguments)

    return checked


@only_in_example
@require_safe
def example_people(request: NetworkRequest) -> HttpResponse:
    """The people of the example, to choose from."""
    return render(request, "people/example_people.html", {"people": queries.example_people(request.asking)})


@only_in_example
@require_POST
def be(request: NetworkRequest) -> HttpResponse:
    """Signs in as one of them."""
    account = queries.example_account(request.asking, person_id=request.POST.get("person", ""))
    login(request, account, backend=BACKEND)
    return redirect("/")
