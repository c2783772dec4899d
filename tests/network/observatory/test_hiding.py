"""Small cells: who is too few is hidden, and no total or neighbour gives them away."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from coproduce.measures import CATALOGUE, Measurement
from coproduce.network.observatory.hiding import WHY, groups_shown, shown

ROLES = ("patient", "family", "clinician", "researcher", "improvement_lead", "steward")
#: A tuple of six is drawn in one go; a list asks before each whether it goes on.
COUNTS = st.tuples(*[st.integers(0, 40)] * 6)


def of(measure_id: str, value: float | None, n: int, site: int | None = None) -> Measurement:
    by = None if site is None else {"site": site}
    return Measurement(measure_id, value, CATALOGUE[measure_id].unit, n, by=by)


def roles(counts: Sequence[int], site: int | None = None) -> list[Measurement]:
    return [of(f"S0.{role}", count, sum(counts), site) for role, count in zip(ROLES, counts, strict=True)]


def test_a_share_of_ten_needs_is_hidden_and_one_of_eleven_is_not() -> None:
    few, enough = shown([of("N2.F7d", 0.5, 10), of("N3", 0.5, 11)])
    assert (few.value, few.n, few.note) == (None, None, WHY)
    assert enough.value == 0.5


def test_nobody_at_all_hides_nobody() -> None:
    assert shown([of("N1.needs", 0.0, 0)])[0].value == 0.0


def test_a_share_at_a_level_goes_with_its_count() -> None:
    counts = [of(f"E1.{level}", count, 100) for level, count in enumerate((0, 60, 25, 12, 3))]
    shares = [of(f"E2.share.{level}", (m.value or 0) / 100, 100) for level, m in enumerate(counts)]
    found = {m.id: m.value for m in shown([*counts, *shares])}
    assert [name for name, value in found.items() if value is None] == ["E1.3", "E1.4", "E2.share.3", "E2.share.4"]


@given(COUNTS)
def test_the_rest_never_gives_a_small_role_away(counts: Sequence[int]) -> None:
    found = shown(roles(counts))
    hidden = [count for m, count in zip(found, counts, strict=True) if m.value is None]
    assert not [m for m in found if m.value is not None and 0 < m.value < 11]
    alone = len([count for count in hidden if count]) == 1 and sum(1 for count in counts if count) > 1
    assert not alone


@given(st.lists(COUNTS, min_size=3, max_size=5))
def test_neither_a_row_nor_a_column_gives_a_small_cell_away(table: Sequence[Sequence[int]]) -> None:
    grouped = [m for site, counts in enumerate(table) for m in roles(counts, site)]
    totals = [sum(column) for column in zip(*table, strict=True)]
    found = groups_shown(shown(roles(totals)), grouped)
    width = len(ROLES)
    cells = [[found[site * width + role].value for role in range(width)] for site in range(len(table))]
    lines = [*zip(cells, table, strict=True)]
    lines += [([row[r] for row in cells], [row[r] for row in table]) for r in range(width)]
    for values, counts in lines:
        assert not [value for value in values if value is not None and 0 < value < 11]
        assert values.count(None) != 1 or len([count for count in counts if count]) == 1


def test_what_is_hidden_for_everybody_is_hidden_in_every_group() -> None:
    whole = shown([of("N4", 0.5, 4)])
    assert groups_shown(whole, [of("N4", 0.5, 20, site=1)])[0].note == WHY
