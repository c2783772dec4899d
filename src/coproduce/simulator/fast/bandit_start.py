"""The `bandit` workload at its start, on the fast engine."""

from __future__ import annotations

import numpy as np

from coproduce.simulator.compiled import kernel
from coproduce.simulator.fast.bandit_state import (
    BLOCK,
    F32,
    FULL,
    I64,
    N_TALLIES,
    SEGMENT_BITS,
    U8,
    U16,
    Keys,
    Scratch,
    State,
)  # fmt: skip
from coproduce.simulator.fast.bandit_ticks import response
from coproduce.simulator.fast.chance import below, high, normals
from coproduce.simulator.models.bandit import DEGREE, N_TREATMENTS, N_TYPES, TYPE_MEANS
from coproduce.simulator.models.draws import Words, start, word, words
from coproduce.simulator.streams import Streams

f32 = np.float32
_LOWEST, _RANGE = f32(0.2), f32(0.6)


def begin(n: int, streams: Streams, *, recorded: bool) -> State:
    """The state of n patients before the first tick."""
    n_clinicians = max(1, n // 100)
    panel = np.zeros(n_clinicians + 1, dtype=np.int64)
    keys = Keys(*(words(streams, f"bandit.fast.{name}") for name in Keys._fields))
    count_panels(keys.panel, n, panel)
    block = blocks(panel)
    n_blocks, n_segments = block.size - 1, (n - 1 >> SEGMENT_BITS) + 1
    by_type, by_clinician = (N_TYPES, N_TREATMENTS), (n_clinicians, N_TREATMENTS)
    state = State(
        keys=keys, normals=normals(), type_means=TYPE_MEANS.astype(np.float32),
        panel=panel, block=block, doctor=np.empty(n, np.uint16),
        tie=np.empty(DEGREE * n, np.uint32), tile=np.zeros(n_blocks * n_segments + 1, np.int64),
        share=np.zeros(n, np.float32),
        type=np.empty(n, np.uint8), best=np.empty(n, np.uint8), treatment=np.empty(n, np.uint8),
        engagement=np.zeros(n, np.uint8), queue=np.ones(n, np.uint16),
        activation=np.empty(n, np.float32), seen=np.empty((2, n), np.uint16),
        own_count=np.zeros((n, N_TREATMENTS), np.uint16), own_total=np.zeros((n, N_TREATMENTS), np.float32),
        said=np.empty(n if recorded else 0, np.float32),
        clinician_activation=np.empty(n_clinicians, np.float32),
        heard_count=np.zeros(by_clinician, np.int64), heard_total=np.zeros(by_clinician),
        pooled_count=np.zeros(by_type, np.int64), pooled_total=np.zeros(by_type), stock=np.zeros(1),
        tally=np.zeros((n_blocks, N_TALLIES), np.int64), outcome_sum=np.zeros(n_blocks),
        given_count=np.zeros((n_blocks, *by_type), np.int64), given_total=np.zeros((n_blocks, *by_type)),
    )  # fmt: skip
    draw_people(state)
    tie_people(state, np.repeat(np.arange(n_blocks), np.diff(panel[block])).astype(np.uint16))
    return state


def scratch(state: State) -> Scratch:
    """Working arrays for one thread."""
    m = int(np.diff(state.panel[state.block]).max())
    rows, priors = (m, N_TREATMENTS), (int(np.diff(state.block).max()) * N_TYPES, N_TREATMENTS)
    return Scratch(
        peers=np.empty(m, np.uint32), lift=np.empty(m, np.float32), comes=np.empty(m, np.uint8),
        who=np.empty(m + 1, np.uint32), chosen=np.empty(m, np.uint8), outcome=np.empty(m, np.float32),
        words=np.empty(2 * m, np.uint64), prior_weight=np.empty(priors, np.uint16),
        prior_total=np.empty(priors, np.float32), weight=np.empty(rows, np.uint16),
        own=np.empty(rows, np.float32), total=np.empty(rows, np.float32), draw=np.empty(rows, np.float32),
    )  # fmt: skip


def blocks(panel: I64) -> I64:
    """First clinician of each block of whole panels with about BLOCK patients, and the number of clinicians."""
    n, n_clinicians = int(panel[-1]), panel.size - 1
    first = np.searchsorted(panel, np.arange(0, max(1, n - BLOCK // 2), BLOCK), side="left")
    return np.append(np.unique(np.minimum(first, n_clinicians - 1)), n_clinicians).astype(np.int64)


@kernel
def count_panels(stream: Words, n: int, panel: I64) -> None:
    """First patient of each clinician, when each patient's clinician is drawn uniformly and patients stand by it."""
    n_clinicians = panel.size - 1
    begins = start(stream, 0)
    for i in range(n):
        panel[1 + below(word(begins, i), n_clinicians)] += 1
    for c in range(n_clinicians):
        panel[c + 1] += panel[c]


@kernel
def draw_people(s: State) -> None:
    """Type, first treatment, best treatment and activation of each patient; activation of each clinician."""
    patient, active, answer = start(s.keys.patient, 0), start(s.keys.activation, 0), start(s.keys.response, 0)
    for b in range(s.block.size - 1):
        for c in range(s.block[b], s.block[b + 1]):
            s.doctor[s.panel[c] : s.panel[c + 1]] = c - s.block[b]
    for i in range(s.type.size):
        drawn = word(patient, i)
        s.type[i] = drawn >> np.uint64(62)
        s.treatment[i] = (drawn >> np.uint64(32)) & np.uint64(N_TREATMENTS - 1)
        s.activation[i] = _LOWEST + _RANGE * high(word(active, i))
        s.seen[0, i] = np.uint16(np.int32(s.activation[i] * f32(FULL) + f32(0.5)))
        largest = f32(-np.inf)
        for k in range(N_TREATMENTS):
            here = response(s, answer, i, k)
            if here > largest:
                largest = here
                s.best[i] = k
    for c in range(s.clinician_activation.size):
        s.clinician_activation[c] = _LOWEST + _RANGE * high(word(active, s.type.size + c))


@kernel
def tie_people(s: State, block: U16) -> None:
    """Ties between uniform random ends, sorted by block of the one and segment of the other; each is drawn twice."""
    n = s.type.size
    n_segments = (n - 1 >> SEGMENT_BITS) + 1
    begins = start(s.keys.tie, 0)
    inside = (1 << SEGMENT_BITS) - 1
    for e in range(s.tie.size // 2):
        i, j = below(word(begins, 2 * e), n), below(word(begins, 2 * e + 1), n)
        s.tile[block[i] * n_segments + (j >> SEGMENT_BITS)] += 1
        s.tile[block[j] * n_segments + (i >> SEGMENT_BITS)] += 1
        s.share[i] += f32(1.0)
        s.share[j] += f32(1.0)
    for t in range(1, s.tile.size):
        s.tile[t] += s.tile[t - 1]
    # Each tile is filled from its end, so that its count becomes its first place.
    for e in range(s.tie.size // 2):
        i, j = below(word(begins, 2 * e), n), below(word(begins, 2 * e + 1), n)
        for one, other in ((i, j), (j, i)):
            tile = block[one] * n_segments + (other >> SEGMENT_BITS)
            s.tile[tile] -= 1
            s.tie[s.tile[tile]] = (one - s.panel[s.block[block[one]]]) << 16 | (other & inside)
    for i in range(n):
        if s.share[i] > 0:
            s.share[i] = f32(1.0 / FULL) / s.share[i]


@kernel
def true_responses(s: State, treatment: U8) -> F32:
    """The true response of each patient to this treatment."""
    answer = start(s.keys.response, 0)
    found = np.empty(treatment.size, np.float32)
    for i in range(treatment.size):
        found[i] = response(s, answer, i, treatment[i])
    return found
