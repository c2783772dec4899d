"""`coproduce measure-graph`: published networks to all digits, every form of file, and files that are none."""

import gzip
import json

import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput

KEYS = [
    "n_nodes", "n_edges", "n_self_loops", "n_components_weak", "largest_weak", "n_components_strong", "largest_strong",
    "density", "transitivity", "mean_local_clustering", "n_triangles", "degree_assortativity", "reciprocity",
    "modularity", "n_communities", "max_core", "degree_centralisation", "degree_gini", "diameter", "mean_constraint",
]  # fmt: skip


def answered(path, *arguments):
    result = CliRunner().invoke(app, ["measure-graph", str(path), *arguments, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def described(tmp_path, text, *arguments):
    path = tmp_path / "ties.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return answered(path, *arguments)


def test_the_published_numbers_of_the_email_network(reference_data):
    found = answered(reference_data / "networks" / "email-Eu-core.txt", "--directed")
    assert list(found) == KEYS
    published = {
        "n_nodes": 1005, "n_edges": 25571, "largest_weak": 986, "largest_strong": 803, "n_triangles": 105461,
        "diameter": 7, "n_self_loops": 642, "n_components_weak": 20, "n_components_strong": 203, "max_core": 34,
    }  # fmt: skip
    assert {key: found[key] for key in published} == published
    assert round(found["mean_local_clustering"], 4) == 0.3994


def test_the_published_numbers_of_the_karate_club(reference_data):
    found = answered(reference_data / "networks" / "karate.edges.csv")
    assert (found["n_nodes"], found["n_edges"], found["n_triangles"], found["diameter"]) == (34, 78, 45, 5)
    assert round(found["modularity"], 4) == 0.4198
    assert found["n_communities"] == 4


def test_the_published_numbers_of_the_college_messages(reference_data):
    found = answered(reference_data / "networks" / "CollegeMsg.txt", "--directed")
    assert (found["n_nodes"], found["n_edges"]) == (1899, 20296)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\nb,c\n",
        "source,target\na,b\nb,c\n",
        "a\tb\nb\tc\n",
        "a b\nb  c\n",
        "# ties\n\na b # 1\n  b c\n",
        "\ufeffSource,Target,kind\na,b,x\nb,c,y\n",
        gzip.compress(b"a,b\nb,c\n", mtime=0),
    ],
)
def test_every_form_of_file_is_read(tmp_path, text):
    found = described(tmp_path, text)
    assert (found["n_nodes"], found["n_edges"], found["diameter"]) == (3, 2, 2)


def test_words_above_numbers_are_a_heading(tmp_path):
    assert described(tmp_path, "who whom\n1 2\n")["n_nodes"] == 2


def test_loops_and_repeats_count_as_said(tmp_path):
    text = "1 2\n1 2\n2 1\n3 3\n2 3\n"
    undirected, directed = described(tmp_path, text), described(tmp_path, text, "--directed")
    assert (undirected["n_edges"], undirected["n_self_loops"], undirected["reciprocity"]) == (3, 1, 1.0)
    assert (directed["n_edges"], directed["reciprocity"]) == (4, pytest.approx(2 / 3))
    assert directed["density"] == 3 / 6
    assert undirected["density"] == 2 / 3


def test_weights_count_only_when_asked_for(tmp_path):
    text = "1 2 9\n2 3 1\n3 4 1\n4 1 0.5\n"
    plain, weighted = described(tmp_path, text), described(tmp_path, text, "--weighted")
    changed = {key for key in KEYS if plain[key] != pytest.approx(weighted[key])}
    assert changed <= {"modularity", "n_communities", "mean_constraint"}
    assert "mean_constraint" in changed


@pytest.mark.parametrize("text", ["", "# nothing\n", "source,target\n", "7 7\n"])
def test_a_network_without_ties_has_no_number_where_none_is_defined(tmp_path, text):
    found = described(tmp_path, text)
    assert list(found) == KEYS
    assert found["modularity"] is None
    assert found["n_triangles"] == 0


@pytest.mark.parametrize("text", ["1 2\n3\n", "1,2\n,3\n"])
def test_a_line_without_two_cells_is_refused_by_its_number(tmp_path, text):
    with pytest.raises(InvalidInput, match="line 2"):
        described(tmp_path, text)


@pytest.mark.parametrize("weight", ["", "nan", "inf", "-1", "0", "heavy"])
def test_a_weight_that_is_none_is_refused_by_its_line(tmp_path, weight):
    with pytest.raises(InvalidInput, match="line 2"):
        described(tmp_path, f"1,2,1\n2,3,{weight}\n", "--weighted")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"PAR1\x00\x00", b"\x1f\x8b cut"])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    path = tmp_path / "ties.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile):
        answered(path)
