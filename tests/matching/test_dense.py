"""Dense mode: the model gives the published directions, and an index that compares meanings obeys as any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coproduce.errors import Unavailable
from coproduce.matching import Index, IndexDamaged, Resource, dense, open_index, parse_need, rank, rebuild_index
from coproduce.matching.dense import Array, packaged_encoder, packed, unpacked
from coproduce.matching.features import candidates
from coproduce.matching.resource import OPEN
from coproduce.matching.weights import FEATURES
from tests.matching.conftest import SHELF
from tests.matching.test_ranking import NEEDS, check_that_offers_fall_without_their_reasons


class Counting:
    """An encoder that says how many texts it was given."""

    name = "counting"

    def __init__(self) -> None:
        self.n_texts = 0

    def encode(self, texts: Sequence[str]) -> Array:
        self.n_texts += len(texts)
        return packaged_encoder().encode(texts)


def test_directions_are_those_that_the_makers_of_the_model_publish() -> None:
    """Cosines of the example in the quick start of sentence-transformers (sbert.net) for all-MiniLM-L6-v2."""
    said = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    found = packaged_encoder().encode(said)
    published = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    np.testing.assert_allclose(found @ found.T, published, atol=6e-5)


def test_a_text_has_one_direction_whatever_stands_beside_it() -> None:
    texts = [
        "Crohn's disease",
        "What are the treatments for a long illness of the gut, and who pays?",
        "flare",
    ]
    together = packaged_encoder().encode(texts)
    alone = np.vstack([packaged_encoder().encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("text", ["", " \n\t", "\x00", "🩺" * 40, "قلب سليم", "a " * 50_000, "\ud800"])
def test_odd_texts_have_a_direction(text: str) -> None:
    found = packaged_encoder().encode([text.encode("utf-8", "ignore").decode()])
    assert found.shape == (1, 384)
    assert np.linalg.norm(found) == pytest.approx(1.0, abs=1e-5)


def test_a_packed_direction_is_the_same_to_its_rounding() -> None:
    found = packaged_encoder().encode(["sleep in a flare", "school"])
    assert np.abs(unpacked(packed(found)) - found).max() <= 0.5 / dense.SCALE + 1e-6


def test_a_changed_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packaged_encoder.cache_clear()
    monkeypatch.setattr(dense, "_SHA256", "0" * 64)
    with pytest.raises(Unavailable, match="not the one that was published"):
        packaged_encoder()
    packaged_encoder.cache_clear()


def test_the_one_nearer_in_meaning_comes_first_though_words_alone_say_otherwise() -> None:
    shelf = [
        Resource("far", "Solar flare", body="A gut illness."),
        Resource("near", "Gut illness flare", body="A gut illness."),
    ]
    orders: dict[str, set[str]] = {}
    for mode, encoder in (("lexical", None), ("dense", packaged_encoder())):
        for shown in (shelf, shelf[::-1]):
            index = Index.in_memory(shown, encoder)
            need = parse_need("flare bowel disease bleeding", index.lexicon)
            orders.setdefault(mode, set()).add(rank(need, index).offers[0].resource_id)
            likeness = candidates(need, index, OPEN).features[:, FEATURES.index("likeness")]
            assert (likeness > 0).any() == (mode == "dense")
    assert orders == {"lexical": {"far"}, "dense": {"near"}}


@pytest.mark.parametrize("text", NEEDS)
def test_reasons_are_true_in_dense_mode_too(text: str) -> None:
    assert check_that_offers_fall_without_their_reasons(text, Index.in_memory(SHELF, packaged_encoder()))


def test_a_folder_keeps_directions_so_that_only_the_need_is_read_at_a_question(tmp_path: Path) -> None:
    encoder = Counting()
    index = rebuild_index(tmp_path / "index", SHELF, encoder=encoder)
    assert encoder.n_texts == len(SHELF)
    rank(parse_need(NEEDS[0], index.lexicon), index)
    assert encoder.n_texts == len(SHELF) + 1
    index.replace([replace(SHELF[0], title="Crohn's disease, said anew")])
    index.commit()
    again = open_index(tmp_path / "index", encoder=encoder)
    before = encoder.n_texts
    offers = rank(parse_need("crohn disease said anew", again.lexicon), again).offers
    assert (offers[0].title, encoder.n_texts) == ("Crohn's disease, said anew", before + 1)


def test_an_index_without_meanings_is_rebuilt_for_dense_mode_and_one_with_them_serves_both(tmp_path: Path) -> None:
    rebuild_index(tmp_path / "words", SHELF)
    with pytest.raises(IndexDamaged, match="keeps no meanings"):
        open_index(tmp_path / "words", encoder=Counting())
    rebuild_index(tmp_path / "both", SHELF, encoder=Counting())
    lexical, plain = open_index(tmp_path / "both"), Index.in_memory(SHELF)
    need = parse_need(NEEDS[0], plain.lexicon)
    assert [o.resource_id for o in rank(need, lexical).offers] == [o.resource_id for o in rank(need, plain).offers]
    with pytest.raises(Unavailable, match="compares no meanings"):
        lexical.directions([lexical.search(_any(), 1)[0][1]])


def _any() -> object:
    import tantivy

    return tantivy.Query.all_query()
