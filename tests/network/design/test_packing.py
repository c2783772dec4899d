"""Style sheets and scripts travel packed, whole; what somebody wrote travels unpacked."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

STYLES = "design/css/components.css"
UNPACKS = {"accept-encoding": "gzip"}


def _content(path: str) -> bytes:
    return Path(str(finders.find(path))).read_bytes()


def test_a_static_file_is_a_third_and_the_same_when_unpacked() -> None:
    answer = Client().get(f"/static/{STYLES}", headers=UNPACKS)
    sent = answer.getvalue()
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert gzip.decompress(sent) == _content(STYLES)
    assert len(sent) < len(_content(STYLES)) / 3


def test_who_cannot_unpack_gets_it_as_it_is() -> None:
    answer = Client().get(f"/static/{STYLES}")
    assert not answer.has_header("Content-Encoding")
    assert answer.getvalue() == _content(STYLES)


def test_a_part_of_a_file_is_that_part_of_its_own_bytes() -> None:
    answer = Client().get(f"/static/{STYLES}", headers={**UNPACKS, "range": "bytes=10-400"})
    assert answer.status_code == 206
    assert not answer.has_header("Content-Encoding")
    assert answer.getvalue() == _content(STYLES)[10:401]


def test_what_a_browser_keeps_is_not_sent_again_while_it_is_the_newest() -> None:
    first = Client().get(f"/static/{STYLES}", headers=UNPACKS)
    for asked in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        assert Client().get(f"/static/{STYLES}", headers={**UNPACKS, **asked}).status_code == 304
    older = Client().get(f"/static/{STYLES}", headers={**UNPACKS, "if-none-match": 'W/"older"'})
    assert older.status_code == 200
    assert gzip.decompress(older.getvalue()) == _content(STYLES)


@pytest.mark.django_db
def test_no_page_is_packed() -> None:
    answer = Client().get("/about/", headers=UNPACKS)
    assert len(answer.content) > 1000
    assert not answer.has_header("Content-Encoding")
