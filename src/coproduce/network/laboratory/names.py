"""Made-up pseudonyms for the people that the model adds to the example network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_QUALITIES = (
    "Amber", "Brave", "Bright", "Calm", "Cedar", "Clear", "Coral", "Dusty", "Early", "Gentle", "Golden", "Hazel",
    "Humble", "Indigo", "Ivory", "Jolly", "Kind", "Late", "Lively", "Lucky", "Maple", "Merry", "Misty", "Mossy",
    "Nimble", "Olive", "Patient", "Plain", "Quick", "Quiet", "Rosy", "Rusty", "Sandy", "Silver", "Steady", "Sunny",
    "Swift", "Tidy", "Velvet", "Violet", "Warm", "Wild", "Windy", "Wise",
)  # fmt: skip
_ANIMALS = (
    "Badger", "Bee", "Beetle", "Bittern", "Crane", "Cricket", "Curlew", "Deer", "Dormouse", "Dove", "Finch", "Fox",
    "Frog", "Goat", "Goose", "Hare", "Hawk", "Hedgehog", "Heron", "Jay", "Kestrel", "Lark", "Lizard", "Lynx", "Magpie",
    "Marten", "Mole", "Moth", "Newt", "Nightjar", "Otter", "Owl", "Plover", "Raven", "Robin", "Seal", "Shrew", "Snail",
    "Sparrow", "Squirrel", "Stoat", "Stork", "Swan", "Swift", "Tern", "Thrush", "Toad", "Trout", "Vole", "Wren",
)  # fmt: skip


def pseudonyms(n: int, stream: np.random.Generator) -> Sequence[str]:
    """n different names of two words, with a number once the pairs run out."""
    pairs = [f"{quality} {animal}" for quality in _QUALITIES for animal in _ANIMALS]
    order = stream.permutation(len(pairs))
    return [pairs[order[i % len(pairs)]] + (f" {i // len(pairs) + 1}" if i >= len(pairs) else "") for i in range(n)]
