"""`python -m benchmarks.needs` measures how soon a need becomes a ranked page; writes benchmarks/results/needs.json.

47,415 real resources, the development needs in people's own words, ten people at once, two web processes. "Both" is
what somebody waits for: the form is sent, the need is kept, read, matched and logged, and its page is shown. Then one
of them, alone, opens pages whose work could grow with the commons, or with how much they have asked.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from benchmarks.log.setting import machine, network
from benchmarks.needs.visitors import N_PEOPLE, Visitor, served, sessions, together
from coproduce.matching.files import read_needs

#: Seconds that somebody reads or writes between two needs, on average: still far more hurried than people are.
PAUSE = 1.0
#: Pages that one person opens alone, and how often each.
PAGES, N_LOOKS = ("/commons/", "/commons/?page=1000", "/needs/", "/people/", "/health"), 40


def data() -> Path:
    """The folder of the reference needs and resources."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("COPRODUCE_TEST_DATA") or beside) / "matching"


def fill(folder: Path) -> int:
    """Imports the resources; gives how many were accepted."""
    from coproduce.network.commons.importing import import_file
    from coproduce.network.people.asking import computer

    return import_file(computer("import"), folder / "medquad.jsonl.gz", origin="medquad").accepted


def measured(port: int, people: list[tuple[str, int]], needs: list[str], pause: float) -> dict[str, object]:
    """Times of all people together, in milliseconds."""
    visitors = [Visitor(port, session, person) for session, person in people]
    together(visitors, needs, pause)
    found: dict[str, object] = {
        "people": N_PEOPLE,
        "mean_pause_seconds": pause,
        "wrong_answers": sum(len(visitor.wrong) for visitor in visitors),
    }
    for name in ("state", "page", "both"):
        times = np.array([took for visitor in visitors for took in visitor.seconds[name]]) * 1000
        shares = {f"p{share}": round(float(np.percentile(times, share)), 1) for share in (50, 95, 99)}
        found[f"{name}_ms"] = {"n": len(times), **shares}
    return found


def looked_at(port: int, session: str, person: int) -> dict[str, dict[str, float]]:
    """Milliseconds until each page was answered, for somebody alone; the first time is not counted."""
    visitor = Visitor(port, session, person)
    found = {}
    for page in PAGES:
        times = np.array([visitor.look(page) for _ in range(N_LOOKS + 1)][1:]) * 1000
        found[page] = {f"p{share}": round(float(np.percentile(times, share)), 1) for share in (50, 95)}
    return found


def main() -> None:
    """Imports, serves, and lets people come."""
    folder = data()
    result: dict[str, object] = {"machine": machine()}
    with network():
        result["n_resources"] = fill(folder)
        people = sessions()
        own = [f"{need.subject}\n{need.message}" for need in read_needs(folder / "needs-dev.jsonl")]
        with served() as port:
            measured(port, people, own[:4], 0.0)  # opens the index and the connections
            result["with_pauses"] = measured(port, people, own[:24], PAUSE)
            result["without_pauses"] = measured(port, people, own[24:36], 0.0)
            result["pages_ms"] = looked_at(port, *people[0])
    result["load_after"] = [round(load, 2) for load in os.getloadavg()]
    text = json.dumps(result, indent=2)
    Path(__file__).parents[1].joinpath("results", "needs.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
