"""Quality against human judgments: every wording, a plain text search as the peer, misspelt messages, no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from statistics import fmean

import numpy as np
import tantivy

from benchmarks.matching.data import WORDINGS, Reference, small_shelf
from benchmarks.matching.fitting import Case, answer_signs, held_out, held_out_chances, pools
from benchmarks.matching.wordings import chatty, shortened, shouted
from coproduce import rng
from coproduce.matching import Resource, parse_need, rank, shipped_weights
from coproduce.matching.evaluation import area_under_curve, evaluate, paired_difference, per_need, success
from coproduce.matching.text import plain_words

DEPTH = 100
N_MISSPELLINGS = 10
N_WORDINGS = 5
N_PAIRS = 100
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

#: Words to resource ids, best first.
Search = Callable[[str], list[str]]


def ours(data: Reference) -> Search:
    """The ranking of Coproduce."""

    def search(text: str) -> list[str]:
        need = parse_need(text, data.index.lexicon)
        return [offer.resource_id for offer in rank(need, data.index, k=DEPTH).offers]

    return search


def plain_tantivy(resources: Iterable[Resource]) -> Search:
    """The peer: tantivy alone, English stems and stop words, title and names boosted over body, all words."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.lowercase(), tantivy.Filter.stopword("english"), tantivy.Filter.stemmer("english")):
        analyzer = analyzer.filter(step)
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "names", "body"):
        builder.add_text_field(name, tokenizer_name="peer")
    index = tantivy.Index(builder.build())
    index.register_tokenizer("peer", analyzer.build())
    writer = index.writer(100_000_000, 1)
    for resource in resources:
        names = " ".join((*resource.conditions, *resource.aliases))
        writer.add_document(tantivy.Document(id=resource.id, title=resource.title, names=names, body=resource.body))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[str]:
        words = " ".join(plain_words(text))
        boosts = {"title": 2.0, "names": 2.0, "body": 1.0}
        query, _ = index.parse_query_lenient(words, ["title", "names", "body"], field_boosts=boosts)
        hits = searcher.search(query, DEPTH, count=False).hits
        return [str(searcher.doc(address).get_first("id")) for _, address in hits]

    return search


def run_of(search: Search, texts: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """The run of some texts, scored by their places."""
    return {
        need: {resource: -float(place) for place, resource in enumerate(search(text))} for need, text in texts.items()
    }


def metrics(data: Reference, search: Search) -> dict[str, object]:
    """Every measure in every wording."""
    result: dict[str, object] = {}
    for wording in WORDINGS:
        run = run_of(search, {need.id: need.text(wording) for need in data.needs})
        found = evaluate(run, data.judgments)
        result[wording] = {name: _rounded(asdict(value)) for name, value in found.metrics.items()}
    return result


def against_peer(data: Reference, peer: Search) -> dict[str, object]:
    """Own-words nDCG: shipped weights, weights fitted without the need (leave one out), and both against the peer."""
    texts = {need.id: need.text("own") for need in data.needs}
    base = per_need(run_of(peer, texts), data.judgments, "ndcg_10")
    shipped = per_need(run_of(ours(data), texts), data.judgments, "ndcg_10")
    unseen = held_out(pools(data), data, shipped_weights())
    result: dict[str, object] = {
        f"leave_one_out_{wording}": round(fmean(values.values()), 4) for wording, values in unseen.items()
    }
    result["leave_one_out_own_minus_tantivy"] = _rounded(asdict(paired_difference(unseen["own"], base)))
    result["shipped_own_minus_tantivy"] = _rounded(asdict(paired_difference(shipped, base)))
    return result


def dense(lexical: Reference, with_meanings: Reference) -> dict[str, object]:
    """Dense mode on needs not fitted to (leave one out), with the paired difference from lexical mode."""
    words = held_out(pools(lexical), lexical, shipped_weights())
    meanings = held_out(pools(with_meanings), with_meanings, shipped_weights(dense=True))
    return {
        wording: {
            "leave_one_out": round(fmean(values.values()), 4),
            "minus_lexical": _rounded(asdict(paired_difference(values, words[wording]))),
        }
        for wording, values in meanings.items()
    }


def misspelt(text: str, draws: np.random.Generator, n_edits: int = 2) -> str:
    """The text with random slips in words of four letters or more: a letter lost, doubled, changed, or two swapped."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    for _ in range(n_edits if places else 0):
        place = int(draws.choice(places))
        word = words[place]
        at = int(draws.integers(len(word) - 1))
        slips = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + _LETTERS[draws.integers(26)] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
        words[place] = slips[draws.integers(len(slips))]
    return " ".join(words)


def kept_when_misspelt(data: Reference, search: Search) -> dict[str, float]:
    """The share of nDCG that is kept when every message has two slips, over several draws."""
    shares = {}
    for wording in ("own", "summary"):
        texts = {need.id: need.text(wording) for need in data.answerable}
        clean = _mean_ndcg(data, search, texts)
        draws = rng.stream(1, f"match.misspelt.{wording}")
        wrong = [
            _mean_ndcg(data, search, {need: misspelt(text, draws) for need, text in texts.items()})
            for _ in range(N_MISSPELLINGS)
        ]
        shares[wording] = round(fmean(wrong) / clean, 4)
    return shares


def kept_in_other_wordings(data: Reference, search: Search) -> dict[str, float]:
    """The share of own-words nDCG that is kept when messages are shouted, wrapped in chat or cut short."""
    texts = {need.id: need.text("own") for need in data.answerable}
    plain = _mean_ndcg(data, search, texts)
    shares = {}
    for change in (shouted, chatty, shortened):
        draws = rng.stream(1, f"match.{change.__name__}")
        changed = [
            _mean_ndcg(data, search, {need: change(text, draws) for need, text in texts.items()})
            for _ in range(N_WORDINGS)
        ]
        shares[change.__name__] = round(fmean(changed) / plain, 4)
    return shares


def two_questions(data: Reference) -> dict[str, object]:
    """Summaries put together in pairs: how often they are told apart, and what each half finds whole and alone."""
    lexicon, search = data.index.lexicon, ours(data)
    draws = rng.stream(1, "match.two_questions")
    halves = [draws.choice(len(data.answerable), 2, replace=False) for _ in range(N_PAIRS)]
    cut, at_the_right_place, whole, alone = [], [], [], []
    for pair in halves:
        needs = [data.answerable[place] for place in pair]
        text = " ".join(need.summary for need in needs)
        parts = parse_need(text, lexicon).questions
        cut.append(len(parts) == 2)
        at_the_right_place.append(len(parts) == 2 and text[: parts[0][1]].strip() == needs[0].summary.strip())
        found = search(text)
        for need in needs:
            whole.append(success(found, data.judgments[need.id]))
            alone.append(success(search(need.summary), data.judgments[need.id]))
    return {
        "pairs_cut": round(fmean(cut), 4),
        "cut_at_the_right_place": round(sum(at_the_right_place) / max(sum(cut), 1), 4),
        "success_10_of_each_half_whole": round(fmean(whole), 4),
        "success_10_of_each_half_alone": round(fmean(alone), 4),
        "single_needs_cut": {
            wording: sum(bool(parse_need(need.text(wording), lexicon).questions) for need in data.needs)
            for wording in WORDINGS
        },
    }


def _mean_ndcg(data: Reference, search: Search, texts: Mapping[str, str]) -> float:
    return fmean(per_need(run_of(search, texts), data.judgments, "ndcg_10").values())


def no_answer(data: Reference) -> dict[str, object]:
    """How well the answerable estimate tells needs with an answer from needs without, on needs it was not fitted to.

    It is fitted to a small shelf too, which is not counted here.
    """
    small = small_shelf(unseen=False)
    examples = answer_signs(data, pools(data), shipped_weights())
    fitted = held_out_chances([*examples, *answer_signs(small, pools(small), shipped_weights())])
    counted = {example.case for example in examples}
    chances = {case: chance for case, chance in fitted.items() if case in counted}
    truth = {example.case: example.has_answer for example in examples if example.is_real}
    result: dict[str, object] = {}
    for wording in WORDINGS:
        cases = [case for case in chances if case[0] == wording]
        area = area_under_curve([chances[case] for case in cases], [truth[case] for case in cases])
        result[f"auc_{wording}"] = round(area, 4)
        result[f"brier_{wording}"] = round(_brier(chances, truth, cases), 4)
        result[f"brier_{wording}_always_the_share"] = round(_brier(_shares(truth, cases), truth, cases), 4)
    every = list(chances)
    result["brier"] = round(_brier(chances, truth, every), 4)
    result["brier_always_the_share"] = round(_brier(_shares(truth, every), truth, every), 4)
    result["mean_chance"] = round(fmean(chances.values()), 4)
    result["share_with_answer"] = round(fmean(truth.values()), 4)
    made = [example for example in examples if not example.is_real]
    weights = shipped_weights()
    odds = [weights.answerable_intercept + float(example.values @ weights.answerable) for example in made]
    own = [case for case in chances if case[0] == "own"]
    for label, has_answer in (("with", True), ("without", False)):
        below = [chances[case] < shipped_weights().little_hope for case in own if truth[case] == has_answer]
        result[f"own_{label}_an_answer_said_to_have_little_hope"] = round(fmean(below), 4)
    result["mean_chance_when_answers_are_taken_away"] = round(fmean(1 / (1 + np.exp(-np.array(odds)))), 4)
    return result


def on_a_small_shelf(*, dense: bool) -> dict[str, object]:
    """The example network's needs: those that choices were made on, and those written afterwards (`unseen`).

    How good the first ten are, and how many needs with an answer, and without, are told that there is little hope.
    """
    weights = shipped_weights(dense=dense)
    result: dict[str, object] = {}
    for label, unseen in (("seen", False), ("unseen", True)):
        data = small_shelf(unseen=unseen, dense=dense)
        found = {need.id: rank(parse_need(need.text("own"), data.index.lexicon), data.index) for need in data.needs}
        run = {need: {offer.resource_id: -offer.rank for offer in one.offers} for need, one in found.items()}
        answered = {need.id for need in data.answerable}
        chances = {("own", need): one.answerable for need, one in found.items()}
        truth = {case: case[1] in answered for case in chances}
        told = {answer: [chances[case] < weights.little_hope for case in chances if truth[case] is answer]
                for answer in (True, False)}  # fmt: skip
        measured = evaluate(run, data.judgments).metrics
        result[label] = {
            "n_needs": len(found),
            "n_with_an_answer": len(answered),
            **{name: _rounded(asdict(measured[name])) for name in ("ndcg_10", "success_10")},
            "auc": round(area_under_curve(list(chances.values()), list(truth.values())), 4),
            "brier": round(_brier(chances, truth, list(chances)), 4),
            "brier_always_the_share": round(_brier(_shares(truth, list(chances)), truth, list(chances)), 4),
            "with_an_answer_said_to_have_little_hope": round(fmean(told[True]), 4),
            "without_an_answer_said_to_have_little_hope": round(fmean(told[False]), 4),
        }
    return result


def _brier(chances: Mapping[Case, float], truth: Mapping[Case, bool], cases: Sequence[Case]) -> float:
    """The mean squared distance of a chance from what was so (Brier 1950)."""
    return fmean((chances[case] - truth[case]) ** 2 for case in cases)


def _shares(truth: Mapping[Case, bool], cases: Sequence[Case]) -> dict[Case, float]:
    """For each case, the share of the other needs' cases that have an answer: what one says who looks at nothing."""
    return {case: fmean(truth[other] for other in cases if other[1] != case[1]) for case in cases}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
