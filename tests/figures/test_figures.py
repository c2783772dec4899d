"""Figures: valid specifications, one harmless <svg>, and the same numbers in a table and a sentence."""

import re
import xml.etree.ElementTree as ET

import altair
import pytest

from coproduce.errors import InvalidInput
from coproduce.figures import Bar, ControlSeries, Curve, Theme, Words, bar_figure, control_figure, incidence_figure
from coproduce.figures.palette import TOKENS, colours

SVG = "{http://www.w3.org/2000/svg}"


def control(values=(0.3, 0.4, None, 0.9), signals=("", "", "", "above the upper limit"), **more):
    words = {"title": "One month stands out", "summary": "The whole story", "measure": "Met", "convention": "XmR"}
    periods = [f"2026-{m:02d}-01" for m in range(1, len(values) + 1)]
    series = ControlSeries(
        **words, periods=periods, values=values, signals=signals, centre=0.4, lower=0.1, upper=0.7, share=True
    )
    return control_figure(series, **more)


def incidence(n=3, **more):
    days = [float(i) for i in range(1, n + 1)]
    share = [i / (n + 1) for i in range(1, n + 1)]
    estimate = Curve(label="met", days=days, share=share, low=[0.0] * n, high=[1.0] * n, last=float(n))
    bound = Curve(label="if all", days=days, share=share, last=float(n))
    return incidence_figure([estimate, bound], Words(title="Half are met", summary="In two days"), **more)


def bars():
    return bar_figure([Bar("Aware", 0.5, 0.4, 0.6), Bar("Owner", None)], title="Half", summary="Half", share=True)


EVERY = pytest.mark.parametrize("figure", [control(), incidence(), bars()], ids=["control", "incidence", "bars"])


@EVERY
def test_the_specification_is_valid_vega_lite(figure):
    altair.LayerChart.from_dict(dict(figure.spec), validate=True)


@EVERY
@pytest.mark.parametrize("theme", list(Theme))
def test_the_svg_is_one_labelled_image_without_script_style_or_address(figure, theme):
    svg = figure.svg(theme)
    root = ET.fromstring(svg)
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert root.find(f"{SVG}title").text == figure.title
    assert root.find(f"{SVG}desc").text == figure.summary
    assert {e.tag for e in root.iter()}.isdisjoint(
        {f"{SVG}script", f"{SVG}style", f"{SVG}image", f"{SVG}foreignObject"}
    )
    assert not re.search(r' (style|on\w+|href|xlink:href)="', svg)


@EVERY
def test_no_place_holder_is_left_and_the_page_may_bring_its_own_colours(figure):
    for theme in Theme:
        assert not any(place in figure.svg(theme) for place in TOKENS.values())
    assert "var(--chart-series, #0072b2)" in figure.svg(Theme.PAGE)


@EVERY
def test_equal_specifications_have_equal_keys_and_svgs(figure):
    assert figure.svg() == figure.svg()
    assert re.fullmatch(r"[0-9a-f]{64}", figure.key)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "ground"), [(Theme.LIGHT, "#ffffff"), (Theme.DARK, "#15181c")])
def test_text_reaches_4_5_to_1_and_marks_3_to_1(theme, ground):
    shown = dict(zip(TOKENS, colours(theme).values(), strict=True))
    assert all(contrast(shown[name], ground) >= 4.5 for name in ("ink", "muted"))
    assert all(contrast(shown[name], ground) >= 3 for name in ("series", "signal"))


def test_special_points_differ_in_shape_and_not_in_colour_alone():
    marks = [layer["mark"] for layer in control().spec["layer"] if layer["mark"].get("type") == "point"]
    assert {mark["shape"] for mark in marks} == {"circle", "diamond"}


def test_the_table_of_a_chart_has_each_point_and_the_limits():
    rows = control().table.rows
    assert rows[3] == ("2026-04-01", "90 %", "above the upper limit")
    assert rows[2] == ("2026-03-01", "–", "")
    assert rows[-1] == ("XmR", "70 %", "upper limit")


def test_the_table_of_curves_says_what_was_met_by_each_mark_and_stays_silent_beyond_follow_up():
    assert incidence(marks=(1, 2, 7)).table.rows == (
        ("1", "25 % (0 % to 100 %)", "25 %"),
        ("2", "50 % (0 % to 100 %)", "50 %"),
    )


def test_a_curve_of_many_steps_is_thinned_for_drawing():
    few = incidence(n=50_000)
    drawn = few.spec["layer"][1]["data"]["values"]
    assert len(drawn) < 400


def test_a_figure_for_a_phone_is_narrower_and_its_message_takes_more_lines():
    wide, narrow = control(), control(width=320)
    assert narrow.spec["width"] < wide.spec["width"]
    words = Words(title="A message of more words than one line of a phone can hold", summary="")
    curve = Curve(label="met", days=[1.0], share=[0.5], last=2.0)
    assert len(incidence_figure([curve], words, width=320).spec["title"]["text"]) > 1


def test_words_that_look_like_markup_stay_words():
    figure = bar_figure([Bar("<script>x</script>", 1.0)], title='"><script>', summary="a & b")
    root = ET.fromstring(figure.svg())
    assert root.find(f"{SVG}title").text == '"><script>'
    assert not list(root.iter(f"{SVG}script"))


def test_a_cell_that_a_spreadsheet_would_run_is_quoted():
    table = bar_figure([Bar("=1+1", -2.0)], title="t", summary="s").table
    assert table.csv() == ",Value,Low,High\n'=1+1,-2,–,–\n"


def test_numbers_that_are_not_finite_are_drawn_as_missing():
    figure = bar_figure([Bar("a", float("nan")), Bar("b", float("inf"))], title="t", summary="s")
    assert [row[1] for row in figure.table.rows] == ["–", "–"]
    assert ET.fromstring(figure.svg()) is not None


def test_points_without_their_signals_are_refused():
    with pytest.raises(InvalidInput, match="different lengths"):
        control(signals=("",))


@pytest.mark.parametrize(("n_curves", "days"), [(0, 30.0), (5, 30.0), (1, 0.0)])
def test_curves_that_cannot_be_drawn_are_refused(n_curves, days):
    curve = Curve(label="met", days=[1.0], share=[0.5], last=2.0)
    with pytest.raises(InvalidInput):
        incidence_figure([curve] * n_curves, Words(title="t", summary="s"), days=days)


def test_the_drawing_is_light_and_its_words_stay_whole():
    figure = bar_figure([Bar('a class="b" d="0.12345"', 0.5)], title="T", summary="S")
    svg = figure.svg()
    assert 'a class="b" d="0.12345"' in "".join(ET.fromstring(svg).itertext())
    tags = "".join(re.findall("<[^<>]*>", svg))
    assert not re.search(r' class="| opacity="1"|\.\d{3}', tags)
    assert len(incidence(5_000).svg()) < 12_000


def test_an_empty_cell_of_a_file_is_empty():
    from coproduce.figures import Table

    assert Table(("a", "b"), (("", "=1+1"),)).csv() == "a,b\n,'=1+1\n"
