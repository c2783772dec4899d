"""Takes a picture of every page of the example network, at phone and desktop width, light and dark.

It starts the example network in a folder of its own (or looks at the one named by --address), begins at the home page
as a guest and then as one of the example's people, and follows every link once a kind of page. Pictures go to
screenshots/, which git ignores; `--readme` also keeps the one that the README shows.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "screenshots"
README = ROOT / "docs" / "images" / "home.png"
README_BYTES = 300_000
README_NEED = "My daughter goes back to school on Monday. Is there a letter for her teacher about Crohn's?"
#: A parent, a doctor, somebody who helps, and who leads the network; each sees other pages.
PEOPLE = ("Josephine", "Roan", "Bianca", "Imani")
WIDTHS = {"phone": 360, "desktop": 1280}
SCHEMES = ("light", "dark")
START_SECONDS, END_SECONDS = 180, 120


def chromium() -> str:
    """The path of Chromium; ends with a clear message where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        sys.exit("No Chromium was found. Debian: sudo apt-get install chromium")
    return found


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def example_network() -> Iterator[str]:
    """The address of an example network of our own, gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="coproduce-pictures-") as folder:
        where = ["--data", f"{folder}/data", "--port", str(port)]
        server = subprocess.Popen([sys.executable, "-m", "coproduce", "demo", *where])
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(address):
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit("The example network did not start; its message stands above.")
                time.sleep(0.5)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=END_SECONDS)


def kind_of(path: str) -> str:
    """The name of a kind of page: its path without ids, those of measures too.

    >>> kind_of("/needs/42/story/"), kind_of("/"), kind_of("/network/N2.F24h/")
    ('needs-N-story', 'home', 'network-N')
    """
    parts = [re.sub(r"^(?:\d+|[0-9a-f]{8,}.*|[A-Z]+\d+(?:\..+)?)$", "N", part) for part in path.strip("/").split("/")]
    return "-".join(part for part in parts if part) or "home"


def links(page: Page, address: str) -> list[str]:
    """The paths that a page links to on the same network, in order; files and ways out are left alone."""
    found = page.eval_on_selector_all("a[href]", "nodes => nodes.map(node => node.getAttribute('href'))")
    paths = [urldefrag(urljoin(page.url, href)).url for href in found]
    here = urlsplit(address).netloc
    return [
        split.path
        for split in map(urlsplit, paths)
        if split.netloc == here and not split.query and not re.search(r"\.(?!html)\w+$|logout|admin", split.path)
    ]


def walk(context: BrowserContext, address: str, limit: int) -> Iterator[tuple[str, Page]]:
    """Every kind of page that can be reached from the home page, opened."""
    page = context.new_page()
    waiting, seen = ["/"], {"home"}
    n_shown = 0
    while waiting and n_shown < limit:
        answer = page.goto(address + waiting.pop(0), wait_until="load")
        if answer is None or answer.status >= 400:
            continue
        n_shown += 1
        yield kind_of(urlsplit(page.url).path), page
        for path in links(page, address):
            if kind_of(path) not in seen:
                seen.add(kind_of(path))
                waiting.append(path)


def sign_in(context: BrowserContext, address: str, name: str) -> bool:
    """Becomes one of the example's people by their one-click log-in; False where the page offers none."""
    page = context.new_page()
    page.goto(address)
    way = page.get_by_role("link", name=re.compile("try it as|be somebody|example people|sign in", re.IGNORECASE))
    if way.count():
        way.first.click()
    button = page.get_by_role("button", name=re.compile(name, re.IGNORECASE))
    is_there = button.count() > 0
    if is_there:
        button.first.click()
        page.wait_for_load_state()
    page.close()
    return is_there


def photograph(page: Page, name: str, folder: Path) -> None:
    """Pictures of one page at every width and in both schemes."""
    folder.mkdir(parents=True, exist_ok=True)
    for device, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=folder / f"{name}-{device}-{scheme}.png", full_page=True)


def keep_for_readme(browser: Browser, address: str) -> None:
    """The README's own picture: a mother has just said what she needs. Made small enough to be kept."""
    from PIL import Image

    context = browser.new_context(
        viewport={"width": 1280, "height": 960}, color_scheme="light", reduced_motion="reduce"
    )
    if not sign_in(context, address, "Josephine"):
        sys.exit("The README's picture needs the example's people, and there are none.")
    page = context.new_page()
    page.goto(address)
    page.get_by_label("What do you need?").fill(README_NEED)
    page.get_by_role("button", name="Find help").first.click()
    page.wait_for_load_state()
    README.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=README)
    context.close()
    Image.open(README).convert("P", palette=Image.Palette.ADAPTIVE, colors=256).save(README, optimize=True)
    if README.stat().st_size > README_BYTES:
        sys.exit(f"{README.name} is over {README_BYTES} bytes; it would not be kept.")


def take(address: str, names: list[str], *, limit: int, for_readme: bool) -> int:
    """All pictures of the network at this address; gives the number of pages."""
    n_pages = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for who in ["", *names]:
            context = browser.new_context(reduced_motion="reduce")
            if who and not sign_in(context, address, who):
                sys.stderr.write(f"No one-click log-in as {who} was found.\n")
                continue
            for name, page in walk(context, address, limit):
                photograph(page, name, FOLDER / (who.lower() or "guest"))
                n_pages += 1
            context.close()
        if for_readme:
            keep_for_readme(browser, address)
        browser.close()
    return n_pages


def main() -> None:
    """Takes the pictures and says how many pages there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="look at this network; without it the example network is started")
    parser.add_argument("--as", dest="people", action="append", default=[], help="also as this person; may be repeated")
    parser.add_argument("--limit", type=int, default=60, help="pages at most, for each person")
    parser.add_argument("--readme", action="store_true", help="also keep the picture that the README shows")
    given = parser.parse_args()
    network = contextlib.nullcontext(given.address) if given.address else example_network()
    with network as address:
        people = given.people or list(PEOPLE)
        n_pages = take(address.rstrip("/"), people, limit=given.limit, for_readme=given.readme)
    sys.stdout.write(f"{n_pages} pages in {FOLDER.relative_to(ROOT)}/\n")
    sys.exit(0 if n_pages else 1)


if __name__ == "__main__":
    main()
