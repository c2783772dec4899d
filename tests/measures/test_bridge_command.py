"""`coproduce bridge`: the agreed form, and files that are not what they should be."""

import json

import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput

KEYS = ["item", "n", "intercept", "low", "high", "factor", "status", "gac", "missing_groups"]
RATINGS = "rater,item,value\n" + "".join(f"{r},{i},{(r + i) % 2}\n" for r in range(12) for i in (2, 10, 7))


def bridged(tmp_path, ratings, groups=None):
    path, named = tmp_path / "ratings.csv", tmp_path / "groups.csv"
    path.write_text(ratings)
    arguments = [str(path)]
    if groups is not None:
        named.write_text(groups)
        arguments += ["--groups", str(named)]
    result = CliRunner().invoke(app, ["bridge", *arguments, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout)["items"]


def test_the_answer_has_the_agreed_form_in_the_order_of_items(tmp_path):
    found = bridged(tmp_path, RATINGS)
    assert [one["item"] for one in found] == ["2", "7", "10"]
    assert all(list(one) == KEYS for one in found)
    assert all(one["low"] <= one["intercept"] <= one["high"] for one in found)
    assert (found[0]["gac"], found[0]["missing_groups"]) == (None, [])


def test_groups_that_are_missing_are_named(tmp_path):
    groups = "rater,group\n" + "".join(f"{r},{'family' if r else 'clinician'}\n" for r in range(12))
    found = bridged(tmp_path, RATINGS, groups)
    assert found[0]["missing_groups"] == ["clinician"]
    assert 0 < found[0]["gac"] < 1


def test_people_read_lines(tmp_path):
    (tmp_path / "r.csv").write_text(RATINGS)
    assert "needs more" in CliRunner().invoke(app, ["bridge", str(tmp_path / "r.csv")]).stdout


def test_a_table_without_rows_has_no_items(tmp_path):
    assert bridged(tmp_path, "rater,item,value\n") == []


@pytest.mark.parametrize("row", ["1,2,0.3", "1,2,nan", "1,2,inf", "1,2,yes", "1,2,", ",2,1", "1,,1"])
def test_a_row_that_is_no_rating_is_refused(tmp_path, row):
    with pytest.raises(InvalidInput):
        bridged(tmp_path, RATINGS + row + "\n")


def test_a_table_without_a_column_or_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="value"):
        bridged(tmp_path, "rater,item\n1,2\n")
    absent = CliRunner().invoke(app, ["bridge", str(tmp_path / "none.csv")])
    assert isinstance(absent.exception, BadFile)


def run(tmp_path, *options):
    result = CliRunner().invoke(app, ["bridge", str(tmp_path / "ratings.csv"), *map(str, options), "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout)


def test_an_earlier_answer_is_taken_and_one_that_is_none_is_refused(tmp_path):
    (tmp_path / "ratings.csv").write_text(RATINGS)
    (tmp_path / "before.json").write_text(json.dumps(run(tmp_path)))
    assert run(tmp_path, "--previous", tmp_path / "before.json") == run(tmp_path)
    for text in (
        "",
        "[]",
        '{"items": [{"item": "2"}]}',
        '{"items": [{"item": "2", "status": "loved"}]}',
        "[" * 100_000,
    ):
        (tmp_path / "before.json").write_text(text)
        with pytest.raises(BadFile, match="earlier answer"):
            run(tmp_path, "--previous", tmp_path / "before.json")
    with pytest.raises(BadFile):
        run(tmp_path, "--previous", tmp_path / "absent.json")


def test_who_was_invited_is_an_optional_column_of_ones_and_noughts(tmp_path):
    lines = RATINGS.splitlines()
    asked = "\n".join([lines[0] + ",invited", *(f"{line},{i % 2}" for i, line in enumerate(lines[1:]))])
    assert len(bridged(tmp_path, asked)) == 3
    with pytest.raises(InvalidInput, match="1 rows whose invited is neither"):
        bridged(tmp_path, asked[:-1] + "yes")
    with pytest.raises(InvalidInput, match="rows whose invited is neither"):
        bridged(tmp_path, asked[:-1])
