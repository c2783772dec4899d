"""Many tasks on many workers, the same answers with any number: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from coproduce.errors import InvalidInput, Unavailable

T = TypeVar("T")
R = TypeVar("R")

#: More processes than this on one machine are a slip of the keyboard.
MAX_WORKERS = 1_024


def each(work: Callable[[T], R], tasks: Sequence[T], *, workers: int = 1, dask: str = "") -> Iterator[tuple[int, R]]:
    """The place and the answer of every task, as they are done; in order when there is one worker.

    `work` is a function at the top of a module, tasks and answers travel between processes. `dask` is the address of
    a Dask scheduler, in whose place `workers` is not looked at. An error in a task ends the whole and is raised here.

    Raises InvalidInput outside 1 to 1,024 workers, Unavailable when Dask is missing or does not answer.
    """
    if not 1 <= workers <= MAX_WORKERS:
        raise InvalidInput(given=f"{workers} workers", expected=f"1 to {MAX_WORKERS}", next_step="Try --workers 2.")
    if dask:
        return _on_dask(work, tasks, dask)
    if min(workers, len(tasks)) <= 1:
        return ((place, work(task)) for place, task in enumerate(tasks))
    return _on_processes(work, tasks, min(workers, len(tasks)))


def _on_processes(work: Callable[[T], R], tasks: Sequence[T], workers: int) -> Iterator[tuple[int, R]]:
    """Forks of a server that has imported the model and started no thread: a fork of one with threads can hang."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["coproduce.simulator.studies.runs"])
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = {pool.submit(work, task): place for place, task in enumerate(tasks)}
        try:
            yield from _answers(as_completed(waiting), waiting)
        except BrokenProcessPool as problem:
            raise Unavailable(
                "A worker process ended before its task did.", next_step="Memory may not suffice: try fewer --workers."
            ) from problem
        finally:
            for future in waiting:
                future.cancel()


def _answers(done: Iterable[Future[R]], places: dict[Future[R], int]) -> Iterator[tuple[int, R]]:
    for future in done:
        yield places[future], future.result()


def _on_dask(work: Callable[[T], R], tasks: Sequence[T], address: str) -> Iterator[tuple[int, R]]:
    try:
        from distributed import Client
        from distributed import as_completed as as_dask_completes
    except ImportError as problem:
        raise Unavailable("Dask is not installed.", next_step="pip install 'coproduce[dask]'.") from problem
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout="10s", set_as_default=False
        )
    except (OSError, ValueError, TimeoutError) as problem:
        raise Unavailable(
            "The Dask scheduler does not answer.",
            next_step="Check --dask: tcp://HOST:8786, as the scheduler prints it.",
        ) from problem
    with client:
        # Not pure: a task that was computed for another sweep is not taken from the cluster's memory.
        futures = client.map(work, list(tasks), pure=False)
        places = {future.key: place for place, future in enumerate(futures)}
        for future in as_dask_completes(futures, loop=client.loop):  # type: ignore[no-untyped-call]
            yield places[future.key], future.result()
