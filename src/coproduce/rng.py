"""Named random streams: the same seed and name give the same numbers, whatever else was drawn.

Streams are keyed by hashed names, never by seed + offset, so that neighbouring seeds are unrelated and two
scenarios that differ in one rule still share the numbers of every other rule (common random numbers).
"""

from __future__ import annotations

import hashlib

import numpy as np


def key(seed: int, name: str, **indices: int) -> int:
    """A 128-bit key for a stream: the BLAKE2b hash of the seed, the name and the indices sorted by name."""
    text = "\x1f".join([str(int(seed)), name, *(f"{k}={int(v)}" for k, v in sorted(indices.items()))])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")


def stream(seed: int, name: str, **indices: int) -> np.random.Generator:
    """A generator for one named purpose, for example `stream(seed, "match", run=3, step=12)`.

    Philox (Salmon et al. 2011, 10.1145/2063384.2063405) takes the hash as its key, so any two names give
    independent streams.

    >>> float(stream(1, "match", run=0).random()) == float(stream(1, "match", run=0).random())
    True
    >>> float(stream(1, "match", run=0).random()) == float(stream(1, "match", run=1).random())
    False
    """
    return np.random.Generator(np.random.Philox(key=key(seed, name, **indices)))
