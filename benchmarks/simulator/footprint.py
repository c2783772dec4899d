"""What a run takes of memory and time as a person meets it: in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

_PEAK = """
import json, pathlib, resource, sys
from coproduce.simulator import load, run
model, engine, n, ticks = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
run(load(model).having(n_patients=n).lasting(ticks), 1, record=False, engine=engine, tabled=False)
spent = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss, which starts from the memory of the process that started this one.
status = pathlib.Path("/proc/self/status").read_text().splitlines()
peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"megabytes": peak * 1024 / 1e6, "cpu_seconds": spent.ru_utime + spent.ru_stime}))
"""

_BAND = """
import json, sys, time
from coproduce.simulator import load
from coproduce.simulator.studies.answers import band
wall, cpu = time.perf_counter(), time.process_time()
answer = band(load(sys.argv[1]), "mean_outcome")
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"members": answer["members"], "wall_seconds": wall, "cpu_seconds": cpu}))
"""
N_BANDS = 5


def peak(model: str, engine: str, n: int, ticks: int) -> dict[str, float]:
    """Peak resident megabytes and processor seconds of a process that does one run, start of Python included."""
    words = [sys.executable, "-c", _PEAK, model, engine, str(n), str(ticks)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return {name: round(value, 1) for name, value in json.loads(done.stdout).items()}


def memory() -> dict[str, object]:
    """A million and ten million patients on the fast engine, and what the estimate before a run stands on."""
    for model in ("bandit", "full"):
        peak(model, "fast", 1_000, 1)
    return {
        "million": peak("bandit", "fast", 1_000_000, 10),
        "ten_million": peak("bandit", "fast", 10_000_000, 3),
        "bandit_oracle_100000": peak("bandit", "oracle", 100_000, 5),
        "full_million": peak("full", "fast", 1_000_000, 52),
        "full_oracle_100000": peak("full", "oracle", 100_000, 52),
    }


def many_runs() -> dict[str, float]:
    """256 runs of 1,000 patients over 120 ticks on two threads, the whole of `run` counted, after compiling."""
    from coproduce.simulator import load, prepare, run

    scenario = load("bandit").lasting(120)
    prepare(scenario, "fast")

    def one(number: int) -> float:
        return run(scenario, 1, run=number, record=False, tabled=False).series["activation"][-1]

    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(1, 257)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "wall_seconds": round(wall, 3),
        "cpu_seconds": round(cpu, 3),
        "seconds_on_two_free_cores": round(cpu / 2, 3),
    }


def first_numbers() -> dict[str, object]:
    """From the command to the numbers on the screen, with an empty cache of compiled code and a warm one."""
    found: dict[str, object] = {}
    for preset in ("seid2021", "bandit"):
        with tempfile.TemporaryDirectory() as cache:
            cold = _command(preset, cache)
            warm = [_command(preset, cache) for _ in range(3)]
        found[preset] = {"cold": cold, "warm": min(warm, key=lambda one: one["cpu_seconds"])}
    return found


def first_bands() -> dict[str, object]:
    """The first band of an outcome over parameters and rule forms, as the first thing that a process is asked."""
    found: dict[str, object] = {}
    for preset in ("seid2021", "lhn2025", "example", "full"):
        words = [sys.executable, "-c", _BAND, preset]
        done = [subprocess.run(words, check=True, capture_output=True, text=True) for _ in range(N_BANDS)]
        asked = sorted((json.loads(one.stdout) for one in done), key=lambda one: float(one["cpu_seconds"]))
        found[preset] = {
            name: {"low": round(low, 2), "median": round(median, 2), "high": round(high, 2)}
            for name in ("members", "wall_seconds", "cpu_seconds")
            for low, median, high in [(asked[0][name], asked[N_BANDS // 2][name], asked[-1][name])]
        }
    return found


def _command(preset: str, cache: str) -> dict[str, float]:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "coproduce", "simulate", preset],
        check=True, capture_output=True, env={**os.environ, "NUMBA_CACHE_DIR": cache},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_seconds": round(time.perf_counter() - began, 2), "cpu_seconds": round(cpu, 2)}
