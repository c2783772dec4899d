"""Columns of the `bandit` workload on the fast engine: structure of arrays, as narrow as the workload allows.

Patients stand sorted by clinician, so that a panel is a range. Ranges of whole panels make a block of about BLOCK
patients: the unit of work of a thread and of every partial sum, whatever the number of threads. The true response of
a patient to a treatment is not stored: it is drawn again from its word when it is needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coproduce.simulator.models.draws import Words

#: Patients in a block, about. Its ties' sums and a segment's activations fit the first cache together.
BLOCK = 4_096
#: Neighbours are gathered from one segment of activations after another; 2 ** SEGMENT_BITS patients each.
SEGMENT_BITS = 14
#: What activation 1 is in the narrow copy that neighbours read.
FULL = 65_535

#: What a block counts in a tick, in the order of the columns of `tally`.
ENCOUNTERS, RIGHT, ENGAGED_1, ENGAGED_2, ENGAGED_3, MADE, ACTIVATED = range(7)
N_TALLIES = 7
#: Activation is summed in whole steps of 1 / UNIT, so that no order of adding changes the sum.
UNIT = 1 << 24

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]


class Keys(NamedTuple):
    """The words of the named streams of a run, as `models.draws.start` takes them."""

    visit: Words
    choice: Words
    outcome: Words
    engagement: Words
    response: Words
    patient: Words
    activation: Words
    panel: Words
    tie: Words


class State(NamedTuple):
    """All columns of a run; P patients, C clinicians, B blocks, T types, K treatments, S segments."""

    keys: Keys
    normals: F32  # (2 ** NORMAL_BITS,)
    type_means: F32  # (T, K)
    # where things stand
    panel: I64  # (C + 1,) first patient of each clinician
    block: I64  # (B + 1,) first clinician of each block
    doctor: U16  # (P,) clinician, counted within the block
    # ties, by block of the patient and segment of the neighbour: patient in block << 16 | neighbour in segment
    tie: U32  # (2 * ties,)
    tile: I64  # (B * S + 1,) first tie of each pair of block and segment
    share: F32  # (P,) what one step of a neighbour's narrow activation adds to the mean; 0 for who has no tie
    # patients
    type: U8  # (P,)
    best: U8  # (P,) the treatment with the largest true response
    treatment: U8  # (P,)
    engagement: U8  # (P,)
    queue: U16  # (P,)
    activation: F32  # (P,)
    seen: U16  # (2, P) activation at the end of the last tick and of this one, 0 to FULL; they take turns
    own_count: U16  # (P, K)
    own_total: F32  # (P, K)
    said: F32  # (P,) this tick's outcome or NaN when events are recorded; empty otherwise
    # clinicians and commons
    clinician_activation: F32  # (C,)
    heard_count: I64  # (C, K)
    heard_total: F64  # (C, K)
    pooled_count: I64  # (T, K)
    pooled_total: F64  # (T, K)
    stock: F64  # (1,)
    # what blocks add up, in the order of blocks
    tally: I64  # (B, N_TALLIES)
    outcome_sum: F64  # (B,)
    given_count: I64  # (B, T, K)
    given_total: F64  # (B, T, K)


class Share(NamedTuple):
    """A thread's share of a tick: blocks from `low` to before `high`, and whether it adds up all blocks at the end."""

    low: int
    high: int
    closes: bool


class Scratch(NamedTuple):
    """Working arrays of one thread; M is the size of the largest block, D its number of clinicians."""

    peers: U32  # (M,) sum of the neighbours' narrow activations
    lift: F32  # (M,) what this tick's outcome adds to activation
    comes: U8  # (M,)
    who: U32  # (M + 1,) patients of the block who have an encounter
    chosen: U8  # (M,)
    outcome: F32  # (M,)
    words: U64  # (2 * M,)
    # weight and total of clinician's and commons' evidence, by clinician and type; then one row an encounter
    prior_weight: U16  # (D * T, K)
    prior_total: F32  # (D * T, K)
    weight: U16  # (M, K)
    own: F32  # (M, K)
    total: F32  # (M, K)
    draw: F32  # (M, K)
