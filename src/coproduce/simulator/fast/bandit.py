"""One run of the `bandit` workload on the fast engine: the rules of `models.bandit` on compiled kernels.

It agrees with the NumPy model in distribution at every tick, not number for number: its columns are narrower, and it
cuts several short random numbers from one word. The numbers are the same bit for bit with any number of threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from coproduce.simulator.fast.bandit_start import begin as start
from coproduce.simulator.fast.bandit_start import scratch, true_responses
from coproduce.simulator.fast.bandit_state import (
    ACTIVATED,
    ENCOUNTERS,
    ENGAGED_1,
    ENGAGED_2,
    ENGAGED_3,
    N_TALLIES,
    RIGHT,
    UNIT,
    Scratch,
    Share,
    State,
)  # fmt: skip
from coproduce.simulator.fast.bandit_ticks import run
from coproduce.simulator.models import bandit
from coproduce.simulator.parameters import BanditParameters
from coproduce.simulator.recorder import Silent, Writer
from coproduce.simulator.result import Tables
from coproduce.simulator.streams import FloatArray, IntArray, Streams

#: Below so many patients a thread more costs more than it brings.
WORTH_A_THREAD = 50_000
#: Patients times ticks in one call of the kernel: a tenth of a second, so that progress can be shown.
STRETCH = 4_000_000


def begin(p: BanditParameters, streams: Streams, writer: Writer, threads: int = 1) -> FastBandit:
    """The start of a run on at most so many threads."""
    state = start(p.n_patients, streams, recorded=not isinstance(writer, Silent))
    bandit.join_all(writer, p.n_patients, state.clinician_activation.size)
    return FastBandit(state, writer, max(1, min(threads, p.n_patients // WORTH_A_THREAD, state.block.size - 1)))


@dataclass
class FastBandit:
    """The workload under way."""

    state: State
    writer: Writer
    n_threads: int = 1
    columns: tuple[str, ...] = tuple(bandit.COLUMNS)
    scratch: list[Scratch] = field(init=False)

    def __post_init__(self) -> None:
        self.scratch = [scratch(self.state) for _ in range(self.n_threads)]

    @property
    def stride(self) -> int:
        """Ticks to play in one call."""
        return 1 if self.state.said.size else max(1, STRETCH // self.state.type.size)

    def play_on(self, first: int, numbers: FloatArray) -> None:
        """Plays ticks from `first` on, one a row, and fills in the numbers of COLUMNS after each."""
        sums = np.empty((len(numbers), N_TALLIES + 2))
        if self.n_threads == 1:
            run(self.state, self.scratch[0], first, sums, Share(0, self.state.tally.shape[0], closes=True))
        else:
            self._side_by_side(first, sums)
        numbers[:] = numbers_of(sums, self.state.type.size)
        if self.state.said.size:
            self._record()

    def _side_by_side(self, first: int, sums: FloatArray) -> None:
        """Each tick: every thread its blocks, then one adds them up in the order of blocks."""
        edges = np.linspace(0, self.state.tally.shape[0], self.n_threads + 1).astype(np.int64).tolist()
        shares = [Share(low, high, closes=False) for low, high in pairwise(edges)]
        with ThreadPoolExecutor(self.n_threads) as pool:
            for row in range(len(sums)):
                tick, one = first + row, sums[row : row + 1]
                parts = [
                    pool.submit(run, self.state, own, tick, one, share)
                    for own, share in zip(self.scratch, shares, strict=True)
                ]
                for part in parts:
                    part.result()
                run(self.state, self.scratch[0], tick, one, Share(0, 0, closes=True))

    def _record(self) -> None:
        s = self.state
        who = np.flatnonzero(~np.isnan(s.said))
        bandit.record(self.writer, who, s.type.size + 1 + self._clinicians()[who], s.said[who].astype(np.float64))
        bandit.record_stock(self.writer, float(s.stock[0]))

    def _clinicians(self) -> IntArray:
        return np.repeat(np.arange(self.state.clinician_activation.size), np.diff(self.state.panel))

    def tables(self) -> Tables:
        """People only: the workload has neither sites, resources nor needs."""
        s = self.state
        activation = np.concatenate([s.activation, s.clinician_activation]).astype(np.float64)
        return bandit.tables(
            activation, s.engagement.astype(np.int64), true_responses(s, s.treatment).astype(np.float64)
        )


def numbers_of(sums: FloatArray, n: int) -> FloatArray:
    """The numbers of COLUMNS, from what the kernels added up in each tick over n patients."""
    encounters, engaged = sums[:, ENCOUNTERS], sums[:, [ENGAGED_1, ENGAGED_2, ENGAGED_3]]
    mean = np.divide(sums[:, N_TALLIES], encounters, out=np.full(len(sums), np.nan), where=encounters > 0)
    return np.column_stack([
        encounters, mean, sums[:, RIGHT] / n, n - engaged.sum(axis=1), engaged, sums[:, N_TALLIES + 1],
        sums[:, ACTIVATED] / (UNIT * n),
    ])  # fmt: skip
