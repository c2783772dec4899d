"""Charts as figures: one message each, in the words of the reader, valid and harmless drawings, numbers in a table."""

import xml.etree.ElementTree as ET

import altair
import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.figures import Theme
from coproduce.measures.chart_figures import Audience, figure_of, message, multiples_of
from coproduce.statistics.control import chart
from coproduce.statistics.control.reading import specification

QUIET = [5, 6, 4, 6, 5, 5, 6, 4, 5, 6, 5, 4]
SHIFTED = [6, 5, 5.5, 4] * 4 + [9, 9.5, 9, 9.2, 9.4, 9.1, 9.3, 9.2, 9.0]


def made(kind="i", y=QUIET, **more):
    return chart(specification({"chart": kind, "y": y, **more}))


def sites():
    return made("funnel", [30, 40, 190], n=[100, 120, 300], x=["North", "South", "East"], adjust=False)


CHARTS = {
    "phases": made(y=SHIFTED, part=16), "months": made(x=[f"2025-{m:02d}-01" for m in range(1, 13)]),
    "rates": made("u", n=[90, 100, 110] * 4, target=0.02, improve="down"), "median": made("run", y=SHIFTED),
    "sums": made("cusum", y=SHIFTED, target=5), "funnel": sites(), "gap": made(y=[5, None, *QUIET]),
}  # fmt: skip
EVERY = pytest.mark.parametrize("found", CHARTS.values(), ids=CHARTS)


@EVERY
def test_the_specification_is_valid_vega_lite(found):
    altair.LayerChart.from_dict(dict(figure_of(found, "Waiting days").spec), validate=True)


@EVERY
@pytest.mark.parametrize("audience", list(Audience))
def test_every_chart_is_one_labelled_image_without_script_or_address(found, audience):
    svg = figure_of(found, "<b>Wait</b>", audience=audience).svg(Theme.PAGE)
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert "<b>" not in svg
    assert "script" not in svg


@EVERY
def test_the_table_has_a_row_for_every_point(found):
    rows = figure_of(found, "Wait").table.rows
    assert [row[0] for row in rows][: len(found.labels)] == list(found.labels)


def test_special_points_differ_in_shape_and_not_in_colour_alone():
    layers = figure_of(CHARTS["funnel"], "Met").spec["layer"]
    shapes = {layer["mark"]["shape"] for layer in layers if layer["mark"]["type"] == "point"}
    assert shapes == {"circle", "diamond"}


def test_lines_do_not_cross_from_one_phase_to_the_next():
    layers = figure_of(CHARTS["phases"], "Wait").spec["layer"]
    stepped = [layer for layer in layers if layer["mark"].get("interpolate") == "step"]
    assert {row["phase"] for layer in stepped for row in layer["data"]["values"]} == {0, 1}


@pytest.mark.parametrize(
    ("found", "leaders", "patients"),
    [
        (made(), "Wait: only its usual variation", "Wait: the usual ups and downs"),
        (made(y=SHIFTED, freeze=16), "Wait: shift candidate since 17, 9 points: what is the cause?",
         "Wait: something has changed"),
        (made(y=[*QUIET, 40], freeze=12), "Wait: 1 of 13 points stand out", "Wait: something has changed"),
    ],
)  # fmt: skip
def test_leaders_and_patients_read_the_same_chart_in_their_own_words(found, leaders, patients):
    assert message(found, "Wait", Audience.LEADERS) == leaders
    assert message(found, "Wait", Audience.PATIENTS) == patients


def test_the_target_is_said_in_plain_words():
    hopeless = made(target=40, improve="up")
    assert "the target will not be met" in figure_of(hopeless, "Met", audience=Audience.PATIENTS).summary


def test_proportions_are_read_as_percentages_and_rates_are_not():
    proportion, rate = (figure_of(made(kind, n=10), "Met") for kind in ("p", "u"))
    assert proportion.table.rows[0][1] == "50 %"
    assert rate.table.rows[0][1] == "0.5"


def test_too_many_points_to_draw_are_refused():
    with pytest.raises(InvalidInput, match="drawing of 2001 points"):
        figure_of(made(y=list(range(2_001))), "Wait")


def test_a_network_is_drawn_on_one_scale_with_the_signals_to_expect_beside_those_found():
    draws = np.random.default_rng(13).normal(10, 1, size=(6, 24))
    draws[4, 12:] += 6
    draws[2, 3] = np.nan
    figure = multiples_of(list("abcdef"), draws, "Wait")
    altair.FacetChart.from_dict(dict(figure.spec), validate=True)
    assert figure.table.rows[0][0] == "e"
    assert "by chance alone 1.1 would" in figure.title
    assert ET.fromstring(figure.svg()).get("role") == "img"


def test_sites_without_names_are_refused():
    with pytest.raises(InvalidInput, match="1 names for 2 sites"):
        multiples_of(["a"], np.ones((2, 5)), "Wait")
    with pytest.raises(InvalidInput, match="0 small charts"):
        multiples_of([], np.ones((0, 5)), "Wait")
