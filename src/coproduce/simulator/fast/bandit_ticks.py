"""One tick of the `bandit` workload as kernels, block by block.

Loops are kept plain and apart, so that the compiler turns them into vector code; rows of evidence are moved as 64-bit
words for the same reason.
"""

from __future__ import annotations

import numpy as np

from coproduce.simulator.compiled import Int, Real, kernel, part
from coproduce.simulator.fast.bandit_state import (
    ACTIVATED,
    ENCOUNTERS,
    ENGAGED_1,
    ENGAGED_2,
    ENGAGED_3,
    F64,
    FULL,
    MADE,
    N_TALLIES,
    RIGHT,
    SEGMENT_BITS,
    U8,
    U16,
    U32,
    UNIT,
    Scratch,
    Share,
    State,
)  # fmt: skip
from coproduce.simulator.fast.chance import high, low, normal
from coproduce.simulator.models.bandit import (
    CAP_CLINICIAN,
    CAP_COMMONS,
    DOWN,
    MAKE,
    N_TREATMENTS,
    N_TYPES,
    NEED,
    NOISE,
    SHARE,
    UP,
    VISIT_BASE,
    VISIT_SLOPE,
)  # fmt: skip
from coproduce.simulator.models.draws import start, word

f32 = np.float32
_ZERO, _HALF, _ONE = f32(0.0), f32(0.5), f32(1.0)
_NEED, _BASE, _SLOPE, _NOISE, _SPREAD = f32(NEED), f32(VISIT_BASE), f32(VISIT_SLOPE), f32(NOISE), f32(0.15)
_16 = np.uint32(16)
_LOW_16 = np.uint32(0xFFFF)
_UP, _DOWN, _MAKE, _SHARE = (tuple(f32(x) for x in rates) for rates in (UP, DOWN, MAKE, SHARE))
#: 64-bit words in a row of N_TREATMENTS counts, and of as many totals.
_COUNT_WORDS, _TOTAL_WORDS = N_TREATMENTS * 2 // 8, N_TREATMENTS * 4 // 8


@part
def by_level(rates: tuple[f32, ...], level: Int) -> f32:
    """The rate of this level of engagement; a chain of choices where a table would keep a loop from vector code."""
    if level == 0:
        return rates[0]
    if level == 1:
        return rates[1]
    return rates[2] if level == 2 else rates[3]


@part
def response(s: State, begin: np.uint64, patient: Int, treatment: Int) -> Real:
    """The true response of a patient to a treatment: the mean of the type, and a normal of the patient's own."""
    drawn = word(begin, 2 * patient + (treatment >> 2))
    return s.type_means[s.type[patient], treatment] + _SPREAD * normal(s.normals, drawn, treatment & 3)


@part
def gather(s: State, b: int, seen: U16, peers: U32) -> None:
    """Sums over each patient's neighbours of their narrow activation; whole numbers, so in any order."""
    n_segments = (seen.size - 1 >> SEGMENT_BITS) + 1
    for segment in range(n_segments):
        near = seen[segment << SEGMENT_BITS :]
        tile = b * n_segments + segment
        for tie in s.tie[s.tile[tile] : s.tile[tile + 1]]:
            peers[tie >> _16] += near[tie & _LOW_16]


@part
def visits(s: State, first: int, n: int, tick: int, comes: U8) -> None:
    """Needs join the queue; who has one comes with a chance that grows with activation."""
    begin = start(s.keys.visit, tick)
    queue, activation = s.queue[first : first + n], s.activation[first : first + n]
    for j in range(n):
        drawn = word(begin, first + j)
        waiting = queue[j] + np.uint16(high(drawn) < _NEED)
        held = (waiting > 0) & (low(drawn) < _BASE + _SLOPE * activation[j])
        queue[j] = waiting - np.uint16(held)
        comes[j] = held


@part
def listed(comes: U8, n: int, who: U32) -> int:
    """Writes down who comes; gives how many."""
    found = 0
    for j in range(n):
        who[found] = j
        found += comes[j]
    return found


@part
def priors(s: State, b: int, x: Scratch) -> None:
    """What a patient hears before own evidence: weight and total by clinician of the block and type."""
    for c in range(s.block[b], s.block[b + 1]):
        for kind in range(N_TYPES):
            row = (c - s.block[b]) * N_TYPES + kind
            for k in range(N_TREATMENTS):
                heard, pooled = s.heard_count[c, k], s.pooled_count[kind, k]
                heard_weight, pooled_weight = min(heard, CAP_CLINICIAN), min(pooled, CAP_COMMONS)
                x.prior_weight[row, k] = np.uint16(1 + heard_weight + pooled_weight)
                total = 0.5 + heard_weight * s.heard_total[c, k] / max(heard, 1)
                x.prior_total[row, k] = f32(total + pooled_weight * s.pooled_total[kind, k] / max(pooled, 1))


@part
def collect(s: State, first: int, n: int, x: Scratch) -> None:
    """Puts own evidence and priors of who comes into rows one after the other."""
    own_count, own_total = s.own_count.view(np.uint64), s.own_total.view(np.uint64)
    prior_weight, prior_total = x.prior_weight.view(np.uint64), x.prior_total.view(np.uint64)
    weight, own, total = x.weight.view(np.uint64), x.own.view(np.uint64), x.total.view(np.uint64)
    for j in range(n):
        i: Int = first + np.int64(x.who[j])
        row = np.int64(s.doctor[i]) * N_TYPES + s.type[i]
        for k in range(_COUNT_WORDS):
            weight[j, k] = own_count[i, k] + prior_weight[row, k]
        for k in range(_TOTAL_WORDS):
            own[j, k] = own_total[i, k]
            total[j, k] = prior_total[row, k]


@part
def draw_normals(s: State, first: int, n: int, tick: int, x: Scratch) -> None:
    """One standard normal for each who comes and each treatment: four from a word."""
    begin, draw = start(s.keys.choice, tick), x.draw.reshape(x.draw.size)
    for j in range(n):
        each: Int = np.uint64(2) * np.uint64(first + np.int64(x.who[j]))
        x.words[2 * j] = word(begin, each)
        x.words[2 * j + 1] = word(begin, each + np.uint64(1))
    for j in range(2 * n):
        for field in range(4):
            draw[4 * j + field] = normal(s.normals, x.words[j], field)


@part
def choose(n: int, x: Scratch) -> None:
    """Thompson: the treatment with the largest draw from the mean and uncertainty of what is known."""
    size = x.draw.size
    draw, weight = x.draw.reshape(size), x.weight.reshape(size)
    own, total = x.own.reshape(size), x.total.reshape(size)
    for e in range(n * N_TREATMENTS):
        root = _ONE / np.sqrt(f32(weight[e]))
        draw[e] = root * ((own[e] + total[e]) * root + _NOISE * draw[e])
    for j in range(n):
        largest, at = draw[N_TREATMENTS * j], 0
        for k in range(1, N_TREATMENTS):
            here = draw[N_TREATMENTS * j + k]
            at = k if here > largest else at
            largest = max(largest, here)
        x.chosen[j] = at


@part
def outcomes(s: State, first: int, n: int, tick: int, x: Scratch) -> Real:
    """The outcome of each encounter, from the true response and noise; gives their sum."""
    begin, answer = start(s.keys.outcome, tick), start(s.keys.response, 0)
    total: Real = 0.0
    for j in range(n):
        i: Int = first + np.int64(x.who[j])
        y = response(s, answer, i, x.chosen[j]) + _NOISE * normal(s.normals, word(begin, i), 3)
        x.outcome[j] = y
        total += y
    return total


@part
def learn(s: State, b: int, n: int, tick: int, x: Scratch) -> None:
    """Own evidence grows; who shares adds to the clinician's, and to what the block gives to the commons."""
    first = s.panel[s.block[b]]
    begin = start(s.keys.outcome, tick)
    for j in range(n):
        i: Int = first + np.int64(x.who[j])
        k, y = np.int64(x.chosen[j]), x.outcome[j]
        s.own_count[i, k] += np.uint16(1)
        s.own_total[i, k] += y
        s.treatment[i] = k
        x.lift[x.who[j]] = f32(0.04) * (y - _HALF)
        # Who does not share adds nothing: no branch that the processor would guess wrong.
        gives = low(word(begin, i)) < by_level(_SHARE, s.engagement[i])
        c, kind, given = s.block[b] + np.int64(s.doctor[i]), s.type[i], y * gives
        s.heard_count[c, k] += gives
        s.heard_total[c, k] += given
        s.given_count[b, kind, k] += gives
        s.given_total[b, kind, k] += given
    if s.said.size:
        s.said[first : first + x.comes.size] = np.nan
        for j in range(n):
            s.said[first + np.int64(x.who[j])] = x.outcome[j]


@part
def move(s: State, b: int, first: int, n: int, x: Scratch) -> None:
    """Activation moves towards neighbours and clinician, with the stock, and with what the visit gave."""
    gain = f32(0.01 * s.stock[0] / (s.stock[0] + s.activation.size))
    activation, share, doctor = s.activation[first : first + n], s.share[first : first + n], s.doctor[first : first + n]
    clinician = s.clinician_activation[s.block[b] : s.block[b + 1]]
    for j in range(n):
        a = activation[j]
        peers = f32(x.peers[j]) * share[j] - (a if share[j] > _ZERO else _ZERO)
        a += f32(0.10) * peers + f32(0.05) * (clinician[doctor[j]] - a) + gain + x.lift[j]
        x.lift[j] = min(max(a, _ZERO), _ONE)


@part
def engage(s: State, b: int, first: int, n: int, tick: int) -> None:
    """Engagement goes up, down or stays; contributors and owners make resources."""
    begin = start(s.keys.engagement, tick)
    activation, engagement = s.activation[first : first + n], s.engagement[first : first + n]
    made: Int = 0
    for j in range(n):
        level, a, drawn = engagement[j], activation[j], word(begin, first + j)
        u = high(drawn)
        up = u < by_level(_UP, level) * a
        down = u > _ONE - by_level(_DOWN, level) * (_ONE - a)
        made += np.int32(low(drawn) < by_level(_MAKE, level))
        engagement[j] = level + np.uint8(up) - np.uint8(down)
    s.tally[b, MADE] = made


@part
def settle(s: State, b: int, n: int, seen: U16, x: Scratch) -> None:
    """The new activations take their place, wide and narrow, and the block is counted."""
    first = s.panel[s.block[b]]
    activation, engagement = s.activation[first : first + n], s.engagement[first : first + n]
    best, treatment, narrow = s.best[first : first + n], s.treatment[first : first + n], seen[first : first + n]
    activated: Int = 0
    right: Int = 0
    one: Int = 0
    two: Int = 0
    three: Int = 0
    for j in range(n):
        activation[j] = x.lift[j]
        narrow[j] = np.uint16(np.int32(x.lift[j] * f32(FULL) + _HALF))
        activated += np.int32(x.lift[j] * f32(UNIT))
    for j in range(n):
        right += np.int32(best[j] == treatment[j])
        one += np.int32(engagement[j] == 1)
        two += np.int32(engagement[j] == 2)
        three += np.int32(engagement[j] == 3)
    tally = s.tally[b]
    tally[ACTIVATED], tally[RIGHT] = activated, right
    tally[ENGAGED_1], tally[ENGAGED_2], tally[ENGAGED_3] = one, two, three


@part
def follow(s: State, b: int, seen: U16) -> None:
    """A clinician's activation moves towards the mean of the panel."""
    for c in range(s.block[b], s.block[b + 1]):
        panel = seen[s.panel[c] : s.panel[c + 1]]
        if panel.size:
            total: Int = 0
            for a in panel:
                total += np.int32(a)
            mean = f32(total / (panel.size * FULL))
            s.clinician_activation[c] += f32(0.02) * (mean - s.clinician_activation[c])


@part
def advance(s: State, x: Scratch, tick: int, b: int) -> None:
    """One tick of one block, which changes nothing that another block reads."""
    before, after = s.seen[(tick - 1) & 1], s.seen[tick & 1]
    first = s.panel[s.block[b]]
    n = s.panel[s.block[b + 1]] - first
    x.peers[:n] = 0
    x.lift[:n] = 0
    gather(s, b, before, x.peers)
    visits(s, first, n, tick, x.comes)
    coming = listed(x.comes, n, x.who)
    s.tally[b, ENCOUNTERS] = coming
    priors(s, b, x)
    collect(s, first, coming, x)
    draw_normals(s, first, coming, tick, x)
    choose(coming, x)
    s.outcome_sum[b] = outcomes(s, first, coming, tick, x)
    learn(s, b, coming, tick, x)
    move(s, b, first, n, x)
    engage(s, b, first, n, tick)
    settle(s, b, n, after, x)
    follow(s, b, before)


@part
def close(s: State, row: F64) -> None:
    """Adds up the blocks in their order: commons, stock, and the sums of the tick, one for each of SUMS."""
    row[:] = 0.0
    for b in range(s.tally.shape[0]):
        for kind in range(N_TYPES):
            for k in range(N_TREATMENTS):
                s.pooled_count[kind, k] += s.given_count[b, kind, k]
                s.pooled_total[kind, k] += s.given_total[b, kind, k]
                s.given_count[b, kind, k] = 0
                s.given_total[b, kind, k] = 0.0
        for k in range(N_TALLIES):
            row[k] += s.tally[b, k]
        row[N_TALLIES] += s.outcome_sum[b]
    s.stock[0] = 0.99 * s.stock[0] + row[MADE]
    row[N_TALLIES + 1] = s.stock[0]


@kernel
def run(s: State, x: Scratch, first: int, rows: F64, share: Share) -> None:
    """Ticks from `first` on, one a row of sums.

    One thread does all of it in one call. Several do one tick of their blocks each, then one of them closes it.
    """
    for i in range(rows.shape[0]):
        for b in range(share.low, share.high):
            advance(s, x, first + i, b)
        if share.closes:
            close(s, rows[i])
