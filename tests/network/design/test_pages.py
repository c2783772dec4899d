"""Pages that belong to no capability answer, and say what they should."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from coproduce.network.design.gallery import gallery

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["about", "privacy", "accessibility", "licence"])
def test_every_page_of_ours_answers_a_guest(client: Client, name: str) -> None:
    answer = client.get(f"/{name}/")
    assert answer.status_code == 200
    assert answer.content.count(b"<h1>") == 1


@pytest.mark.parametrize("name", ["login", "signup", "password/reset"])
def test_sign_in_pages_look_like_ours(client: Client, name: str) -> None:
    answer = client.get(f"/accounts/{name}/")
    assert answer.status_code == 200
    assert b'class="wordmark"' in answer.content


def test_the_gallery_is_closed_where_real_people_are(client: Client) -> None:
    assert client.get("/design/").status_code == 404


def test_the_gallery_draws_every_component(rf: RequestFactory, settings: LazySettings) -> None:
    settings.COPRODUCE = replace(settings.COPRODUCE, demo=True)
    request = rf.get("/design/")
    request.user = AnonymousUser()
    page = gallery(request).content.decode()
    missing = [
        part
        for part in ("need-box", "steps", "alert-urgent", "chips", "timeline", "diff", "pages", "empty")
        if f'class="{part}' not in page and f" {part}" not in page
    ]
    assert not missing
