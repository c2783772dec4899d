"""Django starts the embedded server at its first question, not before, and again after it was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from coproduce.network.database import EmbeddedServer

SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from coproduce.network.database import EmbeddedServer, django_databases
from coproduce.network.database.postmaster import running
from coproduce.settings import Settings
import django
from django.conf import settings
server = EmbeddedServer(Path(sys.argv[1]))
settings.configure(DATABASES=django_databases(Settings(data=Path(sys.argv[1]))), USE_TZ=True)
django.setup()
from django.db import connections, connection
print("exists before", server.layout.data.exists())
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user"); print(cursor.fetchone()[0])
with connections["owner"].cursor() as cursor:
    cursor.execute("SELECT current_user"); print(cursor.fetchone()[0])
os.kill(running(server.layout.cluster, server.layout.name).process, signal.SIGKILL)
while server.is_running():
    time.sleep(0.01)
connection.close()
with connection.cursor() as cursor:
    cursor.execute("SELECT 40 + 2"); print(cursor.fetchone()[0])
"""


def test_django_starts_the_server_when_asked_first_and_again_after_a_kill(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(folder)], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:4] == ["exists before False", "coproduce_app", "coproduce_owner", "42"], done.stderr
    assert not EmbeddedServer(folder).is_running()
