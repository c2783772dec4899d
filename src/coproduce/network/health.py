"""Is it working? Database, tables, index, waiting work, disk. No personal data, and no secrets.

A middleware answers before sessions and people are asked, so that it speaks even when the database does not.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coproduce import clock
from coproduce.errors import CoproduceError
from coproduce.network.commons import index as search
from coproduce.network.worker import last_beat

#: Below this the database may soon stop writing.
LEAST_FREE_BYTES = 500_000_000
#: A worker that was not seen for longer is missed.
WORKER_SECONDS = 120
#: Seconds for which the search may lack a change before the page says so.
LONGEST_BEHIND = 60

Mark = Literal["good", "warn", "bad"]


@dataclass(frozen=True)
class Finding:
    """What one check found; `bad` means that the network cannot serve people."""

    name: str
    title: str
    mark: Mark
    said: str


Check = Callable[[], Finding]
_checks: list[Check] = []


def check(found_by: Check) -> Check:
    """Adds a check to the health page; an app may add its own from `AppConfig.ready`."""
    _checks.append(found_by)
    return found_by


@check
def database() -> Finding:
    """Whether the database answers, and whether its tables are those of this version."""
    title = _("Database")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Finding("database", title, "bad", _("It does not answer."))
    if waiting:
        return Finding("database", title, "bad", _("Its tables are of another version: run `coproduce migrate`."))
    return Finding("database", title, "good", _("It answers."))


@check
def disk() -> Finding:
    """Whether there is room on the disk of the data folder."""
    folder = Path(settings.COPRODUCE.data)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = _("%(free)s GB are free.") % {"free": f"{free / 1e9:.1f}"}
    return Finding("disk", _("Disk"), "good" if free >= LEAST_FREE_BYTES else "warn", said)


@check
def index() -> Finding:
    """Whether the search index can be opened, and keeps up with the commons."""
    title = _("Search")
    try:
        n_resources, since = len(search.index()), search.behind_since()
    except (CoproduceError, DatabaseError, OSError):
        return Finding("index", title, "warn", _("It does not answer; the worker rebuilds it."))
    waiting = 0 if since is None else clock.now().timestamp() - since / 1e6
    if waiting > LONGEST_BEHIND:
        said = _("It may lack changes of the last %(n)d minutes; the worker catches up.")
        return Finding("index", title, "warn", said % {"n": math.ceil(waiting / 60)})
    said = ngettext("%(n)d resource can be found.", "%(n)d resources can be found.", n_resources)
    return Finding("index", title, "good", said % {"n": n_resources})


@check
def worker() -> Finding:
    """When the worker was last seen: without it nobody is told, and nobody is asked whether it helped."""
    title = _("Worker")
    seen = last_beat(settings.COPRODUCE)
    if seen is None:
        return Finding("worker", title, "warn", _("It has not run yet: start `coproduce worker`."))
    seconds = max(0, round((clock.now() - seen).total_seconds()))
    mark: Mark = "good" if seconds <= WORKER_SECONDS else "warn"
    return Finding("worker", title, mark, _("It was last seen %(n)d seconds ago.") % {"n": seconds})


def findings() -> list[Finding]:
    """What every check finds now."""
    return [look() for look in _checks]


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The health page: JSON unless a browser asks; 503 when something that people need is away."""
    found = findings()
    well = all(finding.mark != "bad" for finding in found)
    status = 200 if well else 503
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        context = {"findings": found, "well": well, "network_name": settings.COPRODUCE.network_name}
        return HttpResponse(render_to_string("design/pages/health.html", context), status=status)
    checks = {f.name: {k: v for k, v in asdict(f).items() if k in ("mark", "said")} for f in found}
    return JsonResponse({"status": "ok" if well else "down", "checks": checks}, status=status)


class HealthMiddleware:
    """Answers /health before anything that needs the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/health":
            return health(request)
        return self.get_response(request)
