"""What a web process does once before its first answer, so that nobody waits for it.

Opens the index and gathers its words, compiles the templates, lists the languages, and puts what stays for good out of
the garbage collector's sight: a full look at everything that is loaded stops all threads of the process for 80 ms.
"""

from __future__ import annotations

import gc
import logging
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError
from django.template.loader import get_template
from django.urls import get_resolver

from coproduce.errors import CoproduceError
from coproduce.network.commons.index import index
from coproduce.network.languages import language_choices

_log = logging.getLogger(__name__)

_OURS = "coproduce.network."


def warm() -> None:
    """Makes this process ready to answer its first request as quickly as its hundredth."""
    _ = get_resolver().url_patterns
    for name in template_names():
        get_template(name)
    language_choices()
    try:
        index().lexicon.repaired("warmingup")
    except (CoproduceError, DatabaseError, OSError):
        _log.warning("The search index is not ready yet; the first search opens it.")
    gc.collect()
    gc.freeze()


def template_names() -> list[str]:
    """Every template of our own apps, by the name under which it is loaded."""
    return [
        path.relative_to(folder).as_posix()
        for app in apps.get_app_configs()
        if app.name.startswith(_OURS)
        for folder in [Path(app.path) / "templates"]
        for path in sorted(folder.rglob("*.html"))
    ]
