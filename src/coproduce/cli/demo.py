"""`coproduce demo`: the example network, made once and served."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from coproduce.settings import Settings

#: What makes a network the example; the environment may say otherwise, except that it is one.
EXAMPLE = {
    "COPRODUCE_NETWORK_NAME": "Example Learning Network",
    # Orleans is twelve and has a log-in of her own in the example.
    "COPRODUCE_LOGIN_AGE": "12",
}


def demo(
    port: Annotated[int, typer.Option(envvar="COPRODUCE_PORT", help="Port to serve on.")] = 8000,
    data: Annotated[
        Path | None,
        typer.Option(envvar="COPRODUCE_DATA", help="Folder of the example's data; one of its own otherwise."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw an earlier example away and begin anew.")] = False,
    serve: Annotated[bool, typer.Option(help="Serve it when it is made.")] = True,
) -> None:
    """Make the example network (made-up people, real pages) and serve it until interrupted.

    Example: coproduce demo --port 8000
    """
    folder = (data or Settings().data.with_name("coproduce-example")).expanduser().resolve()
    for name in [name for name in os.environ if name.startswith("COPRODUCE_DATABASE")]:
        # The example never goes into a database that may hold real people.
        del os.environ[name]
    for name, value in EXAMPLE.items():
        os.environ.setdefault(name, value)
    os.environ["COPRODUCE_DATA"] = str(folder)
    os.environ["COPRODUCE_DEMO"] = "yes"
    os.environ["COPRODUCE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    from coproduce.network.launching import make_example

    make_example(Settings.from_environment(), fresh=fresh)
    if serve:
        from coproduce.network.launching import with_django

        settings = with_django()
        from coproduce.network.serving import serve_pages

        serve_pages(settings, host="127.0.0.1", port=port, with_worker=True)
