"""Bands, forests and grids: one message each, told apart without colour, with the same numbers in the table."""

import xml.etree.ElementTree as ET

import altair
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.figures import (
    Effect,
    ForestWords,
    GridWords,
    Line,
    LineWords,
    bands_figure,
    equal_lines,
    forest_figure,
    grid_figure,
)
from coproduce.figures.palette import TOKENS

WORDS = {"title": "Both rise", "summary": "The whole story"}
X = [0.0, 1.0, 2.0]


def bands(n_lines=2, x=X):
    y = [0.5] * len(x)
    lines = [Line(label=f"case {i}", x=x, y=y, low=[0.4] * len(x), high=[0.6] * len(x)) for i in range(n_lines)]
    return bands_figure(lines, LineWords(**WORDS, x="Weeks", y="Outcome"))


def forest(groups=("commons", "peers")):
    effects = [Effect("sharing", 0.5, 0.4, 0.6, group) for group in groups] + [Effect("gap", None, group=groups[0])]
    return forest_figure(effects, ForestWords(**WORDS, x="Share", reference=0.0, share=True))


def grid(z=((0.0, 1.0, 2.0), (1.0, 2.0, float("nan")))):
    return grid_figure(X, [0.0, 5.0], z, GridWords(**WORDS, x="sharing", y="influence", z="outcome", marks=(0.5, 1.0)))


EVERY = pytest.mark.parametrize("figure", [bands(), forest(), grid()], ids=["bands", "forest", "grid"])


@EVERY
def test_the_specification_is_valid_vega_lite(figure):
    altair.LayerChart.from_dict(dict(figure.spec), validate=True)


@EVERY
def test_a_figure_file_stands_alone_and_follows_light_and_dark(figure):
    svg = figure.svg_file()
    ET.fromstring(svg)
    assert "prefers-color-scheme:dark" in svg
    assert not any(place in svg for place in TOKENS.values())


@EVERY
def test_the_specification_for_others_has_real_colours(figure):
    assert not any(place in str(figure.themed_spec()) for place in TOKENS.values())


def test_lines_are_told_apart_by_dash_and_groups_by_shape():
    lines = bands().spec["layer"][-1]["encoding"]["strokeDash"]["scale"]
    assert len({tuple(dash) for dash in lines["range"]}) == 2
    assert len(set(forest().spec["layer"][-1]["encoding"]["shape"]["scale"]["range"])) == 2


def test_tables_hold_the_numbers_with_their_intervals():
    assert bands().table.rows[0] == ("0", "0.5 (0.4 to 0.6)", "0.5 (0.4 to 0.6)")
    assert forest().table.rows[0] == ("sharing", "commons", "50 %", "40 %", "60 %")
    assert forest().table.rows[-1] == ("gap", "commons", "–", "–", "–")
    assert grid().table.rows == (("0", "0", "1", "2"), ("5", "1", "2", "–"))


def test_a_long_line_is_thinned_for_drawing_and_keeps_its_ends():
    long = bands(1, x=[float(i) for i in range(10_000)])
    drawn = [row["x"] for row in long.spec["layer"][-1]["data"]["values"]]
    assert len(drawn) <= 80
    assert (drawn[0], drawn[-1]) == (0.0, 9_999.0)
    assert len(long.table.rows) <= 12


def test_lines_of_equal_value_of_a_plane_are_straight_and_where_they_should_be():
    x, y = np.linspace(0, 1, 5), np.linspace(0, 2, 4)
    for a, b, c, d in equal_lines(x, y, x[None, :] + y[:, None], 1.3):
        assert (a + b, c + d) == pytest.approx((1.3, 1.3))


@given(st.lists(st.floats(-1, 1), min_size=9, max_size=9), st.floats(-1, 1))
def test_every_piece_of_a_line_stays_inside_the_grid(z, level):
    for a, b, c, d in equal_lines(X, X, np.reshape(z, (3, 3)), level):
        assert all(-1e-9 <= end <= 2 + 1e-9 for end in (a, b, c, d))


def test_a_level_that_is_never_reached_has_no_line():
    assert equal_lines(X, X, np.zeros((3, 3)), 0.5) == []
    assert equal_lines(X, X, np.full((3, 3), np.nan), 0.5) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: bands(0),
        lambda: bands(5),
        lambda: bands(1, x=[]),
        lambda: Line(label="a", x=[1.0], y=[1.0, 2.0]),
        lambda: forest(("a", "b", "c", "d", "e")),
        lambda: forest_figure([], ForestWords(**WORDS, x="Share")),
        lambda: grid([[0.0, 1.0]]),
        lambda: grid_figure([1, 0], [0, 1], np.zeros((2, 2)), GridWords(**WORDS, x="", y="", z="")),
    ],
)
def test_what_cannot_be_drawn_is_refused(make):
    with pytest.raises(InvalidInput):
        make()
