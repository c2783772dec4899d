"""Which small groups must not be shown, so that nobody can be singled out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

#: A group smaller than this is never shown. Centers for Medicare & Medicaid Services, cell suppression policy.
SMALLEST_SHOWN = 11

Group = TypeVar("Group", bound=Hashable)


def hidden_groups(sizes: Mapping[Group, int], smallest: int = SMALLEST_SHOWN) -> set[Group]:
    """The groups to hide: every one below `smallest`, and then the next larger ones until the rest tells nothing.

    What is hidden can be had back as the total less the shown, so together the hidden hold at least `smallest` people,
    and are therefore two or more. A group of nobody hides nobody: it is not counted as a partner.
    Source: Willenborg and de Waal 2001, Elements of Statistical Disclosure Control, section 2.6 (secondary
    suppression).

    >>> sorted(hidden_groups({"a": 5, "b": 40, "c": 13}))
    ['a', 'c']
    """
    hidden = {group for group, size in sizes.items() if 0 < size < smallest}
    if not hidden:
        return hidden
    rest = sorted((g for g, size in sizes.items() if size >= smallest), key=lambda g: (sizes[g], str(g)))
    while rest and sum(sizes[g] for g in hidden) < smallest:
        hidden.add(rest.pop(0))
    return hidden
