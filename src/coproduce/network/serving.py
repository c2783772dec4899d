"""Serving the pages with gunicorn, and the worker beside it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from gunicorn.app.base import BaseApplication

from coproduce.errors import InvalidInput
from coproduce.settings import Settings

#: Threads of each web process: pages wait for the database more than they compute.
THREADS = 4
#: How long the worker may take to finish the duty that it is at.
PATIENCE_SECONDS = 15


class _Pages(BaseApplication):  # type: ignore[misc]
    """gunicorn, set up from our settings; it logs no addresses, since who read what is nobody's business."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        self.chosen = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": settings.workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 10,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": _warmed,
        }
        super().__init__()

    def load_config(self) -> None:
        """Gives gunicorn our settings, where this version of it knows them."""
        for name, value in self.chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, loaded in each web process."""
        from coproduce.network.wsgi import application

        return application


def _warmed(_process: Any) -> None:
    from django.db import connections

    from coproduce.network.warming import warm

    warm()
    # Requests are answered in threads, each with a connection of its own: this one is not needed any more.
    connections.close_all()


def serve_pages(settings: Settings, *, host: str, port: int, with_worker: bool) -> None:
    """Serves until interrupted; the worker, if wanted, is a process of its own that ends with this one.

    Raises InvalidInput when the address is taken.
    """
    _check_free(host, port)
    beside = subprocess.Popen([sys.executable, "-m", "coproduce", "worker"]) if with_worker else None
    sys.stderr.write(f"Serving on http://{host}:{port}  (Ctrl+C ends it)\n")
    try:
        _Pages(settings, host, port).run()
    finally:
        if beside is not None:
            _end(beside)


def _end(beside: subprocess.Popen[bytes], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Ends the worker; one in the middle of a long duty is cut off, which costs nothing: it does the duty again."""
    beside.terminate()
    try:
        beside.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        beside.kill()
        beside.wait()


def work() -> None:
    """Does the worker's duties until told to stop."""
    from coproduce.network.worker import duties, run

    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda _number, _frame: stop.set())
    run(stop, duties())


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise InvalidInput(
                given=f"port {port}, which cannot be used (somebody else may have it)",
                expected="a free port",
                next_step="Give another one with --port, or end what uses it.",
            ) from problem
