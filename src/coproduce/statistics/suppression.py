"""Which small groups must not be shown, so that nobody can be singled out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

#: A group smaller than this is never shown. Centers for Medicare & Medicaid Services, cell suppression policy.
SMALLEST_SHOWN = 11

Group = TypeVar("Group", bound=Hashable)


def hidden_groups(sizes: Mapping[Group, int], smallest: int = SMALLEST_SHOWN) -> set[Group]:
    """The groups to hide: every one below `smallest`, and then the next larger ones until the rest tells nothing.

    One hidden group could be had back as the total less the others, so at least two are hidden, and together they
    hold at least `smallest` people. A group of nobody hides nobody: it is not counted as a partner.
    Source: Willenborg and de Waal 2001, Elements of Statistical Disclosure Control, section 2.6 (secondary
    suppression).

    >>> sorted(hidden_groups({"a": 5, "b": 40, "c": 13}))
    ['a', 'c']
    """
    hidden = {group for group, size in sizes.items() if 0 < size < smallest}
    if not hidden:
        return hidden
    rest = sorted((g for g, size in sizes.items() if size >= smallest), key=lambda g: (sizes[g], str(g)))
    while rest and (len(hidden) < 2 or sum(sizes[g] for g in hidden) < smallest):
        hidden.add(rest.pop(0))
    return hidden
