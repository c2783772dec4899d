"""D1 to D4, E9, H2 by organisation and M1: fairness over strata, what people say of it, and the network's maturity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise

import numpy as np
import polars as pl

from coproduce import rng
from coproduce.clock import DAY_US
from coproduce.events import kinds
from coproduce.measures.acts import Level
from coproduce.measures.measurement import Answer
from coproduce.measures.needs import Exit
from coproduce.measures.study import Slice
from coproduce.statistics.inequality import concentration_index, erreygers, of_strata, ranks, slope_index, wagstaff
from coproduce.statistics.intervals import Estimate, mean
from coproduce.statistics.resampling import bootstrap
from coproduce.statistics.suppression import SMALLEST_SHOWN

_Z = 1.959963984540054
_REPEATS = 1_000
QUARTER_DAYS = 91
#: An organisation that draws more than so many times what it gives, twice in a row, is flagged.
MOST_DRAW = 3
_IDS = ("D1.C", "D1.E", "D1.W", "D1.slope", "D1.relative", "D1.gap", "D1.ratio", "D2")


def fairness(part: Slice) -> Iterator[Answer]:
    """D1: how far being met within 30 days depends on the rank of one's stratum; D2: who gives.

    Needs followed for 30 days count, 1 when confirmed by then. The gap and the ratio are between the best and the
    worst stratum of 11 or more, each drawn towards the mean of all by a beta prior fitted to them.
    """
    strata = part.log.strata
    if strata is None:
        yield from (Answer.none(name, "needs strata: --strata FILE.csv") for name in _IDS)
        return
    order = {name: float(place) for place, name in enumerate(strata.order())}
    followed = part.needs.filter(
        pl.col("stratum").is_not_null() & (pl.col("end_us") - pl.col("opened_us") >= 30 * DAY_US)
    )
    missing = part.needs.height - followed.height
    met = ((followed["exit"] == Exit.CONFIRMED) & (followed["wait_days"] <= 30)).to_numpy().astype(np.float64)
    n = len(met)
    place = np.array([order[name] for name in followed["stratum"]], dtype=np.float64)
    if n < 3 or len(set(place.tolist())) < 2:
        reason = "fewer than two strata have needs followed for 30 days"
        yield from (Answer.none(name, reason, n, missing) for name in _IDS[:-1])
    else:
        yield from _indices(met, place, _again(part, followed, met, place), missing)
        yield from _between_strata(met, place, missing, part.seed)
    yield _giving(part, order)


def _again(part: Slice, followed: pl.DataFrame, met: np.ndarray, place: np.ndarray) -> dict[str, Estimate | None]:
    """The indices with intervals from drawing people again, each with all their needs."""
    stratum = np.unique(place, return_inverse=True)[1]
    owner = followed.select(pl.struct("run", "owner").rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    k = int(stratum.max()) + 1
    cell, size = owner * k + stratum, (int(owner.max()) + 1) * k
    counts = [np.bincount(cell, weights=w, minlength=size).reshape(-1, k) for w in (np.ones(len(met)), met)]
    names = {"D1.C": "concentration", "D1.E": "erreygers", "D1.W": "wagstaff", "D1.relative": "relative"}
    forms = {
        id_: partial(lambda totals, name: getattr(of_strata(totals[:, :k], totals[:, k:]), name), name=name)
        for id_, name in names.items()
    }
    return bootstrap(np.hstack(counts), forms, seed=part.seed, name="D1")


def _indices(
    met: np.ndarray, place: np.ndarray, again: Mapping[str, Estimate | None], missing: int
) -> Iterator[Answer]:
    rank, n = ranks(place), len(met)
    for name, value in (
        ("D1.C", concentration_index(met, rank)), ("D1.E", erreygers(met, rank, 0, 1)), ("D1.W", wagstaff(met, rank)),
    ):  # fmt: skip
        yield _around(name, value, again[name], n, missing=missing, nothing="all were met, or none")
    slope = slope_index(met, rank)
    assert slope is not None  # two strata or more
    reach = _Z * slope.error
    yield Answer.of("D1.slope", Estimate(slope.slope, slope.slope - reach, slope.slope + reach), n, missing=missing)
    yield _around("D1.relative", slope.relative, again["D1.relative"], n, missing=missing, nothing="none was met")


def _around(name: str, value: float | None, found: Estimate | None, n: int, *, missing: int, nothing: str) -> Answer:
    """A value by its own formula, with the ends that drawing people again gave it."""
    if value is None or found is None:
        return Answer.none(name, nothing, n, missing)
    return Answer.of(name, Estimate(value, found.low, found.high), n, missing=missing)


def _between_strata(met: np.ndarray, place: np.ndarray, missing: int, seed: int) -> Iterator[Answer]:
    """The gap and the ratio of the best and the worst stratum, with intervals from drawing the met of each anew."""
    n = len(met)
    counts = [(int((place == p).sum()), float(met[place == p].sum())) for p in np.unique(place)]
    large = np.array([one for one in counts if one[0] >= SMALLEST_SHOWN])
    if len(large) < 2:
        for name in ("D1.gap", "D1.ratio"):
            yield Answer.none(name, "fewer than two strata of 11 needs or more", n, missing)
        return
    share = _shrunk(large[:, 1], large[:, 0])
    low, high = float(share.min()), float(share.max())
    many = large[:, 0].astype(np.int64)
    anew = rng.stream(seed, "strata").binomial(many, large[:, 1] / many, (_REPEATS, len(large)))
    ends = np.array([(one.min(), one.max()) for one in (_shrunk(row, many) for row in anew)])
    note = f"{len(large)} strata"
    yield Answer.of("D1.gap", _percentiles(high - low, ends[:, 1] - ends[:, 0]), n, missing=missing, note=note)
    if not high:
        yield Answer.none("D1.ratio", "none was met", n, missing)
        return
    ratios = np.divide(ends[:, 0], ends[:, 1], out=np.ones(len(ends)), where=ends[:, 1] > 0)
    yield Answer.of("D1.ratio", _percentiles(low / high, ratios), n, missing=missing)


def _percentiles(value: float, drawn: np.ndarray) -> Estimate:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def _shrunk(met: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Shares drawn towards their common mean by a beta prior, by moments (Efron and Morris 1975, 10.2307/2285814)."""
    share, mean = met / n, met.sum() / n.sum()
    noise = mean * (1 - mean) / n
    between = max(float(np.average((share - mean) ** 2 - noise, weights=n)), 0.0)
    weight = np.divide(between, between + noise, out=np.ones_like(noise), where=between + noise > 0)
    result: np.ndarray = mean + weight * (share - mean)
    return result


def _giving(part: Slice, order: dict[str, float]) -> Answer:
    levels = part.log.levels(part.start, part.end)
    people = part.people.filter(pl.col("stratum").is_not_null()).join(levels, on=["run", "person"], how="left")
    if people.is_empty():
        return Answer.none("D2", "no member is in a stratum")
    lowest = min(people["stratum"].unique(), key=lambda name: order[name])
    mine = people["stratum"] == lowest
    gives = people["level"].fill_null(0) >= Level.CONTRIBUTOR
    size, k = int(mine.sum()), int(gives.sum())
    if size < SMALLEST_SHOWN or not k:
        return Answer.none("D2", "nobody gives, or the lowest stratum has fewer than 11 members", people.height)
    sums = np.stack([mine & gives, gives, mine, np.ones(people.height)], axis=1).astype(np.float64)
    eligible = _share_of_eligible(part, lowest)
    ratio = {"D2": lambda t: t[:, 0] / t[:, 1] / (eligible or t[:, 2] / t[:, 3])}
    found = bootstrap(sums, ratio, seed=part.seed, name="D2")["D2"]
    assert found is not None  # somebody gives, and the stratum has members
    missing = part.people.height - people.height
    note = "members as the denominator" if eligible is None else "the eligible population as the denominator"
    return Answer.of("D2", found, people.height, missing=missing, note=note)


def _share_of_eligible(part: Slice, stratum: str) -> float | None:
    """The stratum's share of the people whom the network is for (table 'eligible'); None where that is not said."""
    said = part.log.tables.latest("eligible", "stratum")
    if said is None:
        return None
    mine, everyone = (
        float(rows.sum()) for rows in (said.filter(pl.col("stratum") == stratum)["people"], said["people"])
    )
    return mine / everyone if mine else None


def draw_and_give(part: Slice) -> Iterator[Answer]:
    """H2: the largest draw of an organisation, its share of uses over its share of contributions; and those that draw
    more than three times what they give in each of the last two quarters (of 91 days).
    """
    table = part.log.tables.latest("organisations", "actor")
    if table is None:
        for key in ("H2.draw", "H2.flagged"):
            yield Answer.none(key, "needs the table 'organisations': actor, organisation")
        return
    of = table.rename({"actor": "person"})
    now = _draws(part, of, part.start, part.end)
    if now.is_empty():
        yield Answer.none("H2.draw", "no organisation used or gave anything in this window")
    else:
        most, silent = float(now["ratio"].max()), int(now["ratio"].is_infinite().sum())  # type: ignore[arg-type]
        note = f"{silent} gave nothing" if silent else None
        yield Answer("H2.draw", most if np.isfinite(most) else None, now.height, note=note)
    yield _flagged(part, of)


def _draws(part: Slice, of: pl.DataFrame, start: int, end: int) -> pl.DataFrame:
    """Each organisation's draw in a window: organisation, ratio; infinite without giving, no rows without any acts."""
    inside = pl.col("time").is_between(start, end, closed="left")
    used = part.log.frame.of(kinds.ResourceUsed).filter(inside).select(person="actor").join(of, on="person")
    gave = part.log.acts.filter(inside & (pl.col("level") >= Level.CONTRIBUTOR)).join(of, on="person")
    both = used.group_by("organisation").len("use").join(
        gave.group_by("organisation").len("give"), on="organisation", how="full", coalesce=True
    ).fill_null(0)  # fmt: skip
    if not both["use"].sum() or not both["give"].sum():
        return pl.DataFrame(schema={"organisation": pl.String, "ratio": pl.Float64})
    drawn = (pl.col("use") / pl.col("use").sum()) / (pl.col("give") / pl.col("give").sum())
    return both.select("organisation", drawn.alias("ratio"))


def _flagged(part: Slice, of: pl.DataFrame) -> Answer:
    end = min(part.end, part.log.at + 1)
    ends = [end - place * QUARTER_DAYS * DAY_US for place in (2, 1, 0)]
    if part.log.first_us > ends[0]:
        return Answer.none("H2.flagged", "the log does not reach back over two quarters")
    quarters = [_draws(part, of, start, until) for start, until in pairwise(ends)]
    over = [set(one.filter(pl.col("ratio") > MOST_DRAW)["organisation"]) for one in quarters]
    return Answer("H2.flagged", float(len(over[0] & over[1])), pl.concat(quarters)["organisation"].n_unique())


def experienced(part: Slice) -> Iterator[Answer]:
    """E9: the mean of each scale of the yearly short form, as a share of the highest score, by last answers."""
    scales = ("belonging", "agency", "trust", "connection", "burden", "partnership")
    yield from _of_survey(part, {scale: f"E9.{scale}" for scale in scales})


def trusting(part: Slice) -> Iterator[Answer]:
    """Q6.survey: how far people trust the network, by the yearly survey: the mean as a share of the highest score."""
    yield from _of_survey(part, {"network": "Q6.survey"})


def _of_survey(part: Slice, ids: Mapping[str, str]) -> Iterator[Answer]:
    """The answer under each id, for the scale of the survey that it belongs to."""
    items = part.log.tables.get("survey_items")
    if items is None:
        yield from (Answer.none(id_, "needs the table 'survey_items': item, scale, most") for id_ in ids.values())
        return
    rows = part.log.frame.between(part.start, part.end).of(kinds.SurveyAnswered).sort("time", "seq")
    last = rows.group_by("run", "actor", "subject", maintain_order=True).agg(pl.col("value").last())
    mine = last.join(part.people.select("run", actor="person"), on=["run", "actor"], how="semi")
    known = mine.join(items.rename({"item": "subject"}), on="subject").filter(
        (pl.col("most") > 0) & (pl.col("value") >= 0) & (pl.col("value") <= pl.col("most"))
    )
    each = known.group_by("run", "actor", "scale").agg((pl.col("value") / pl.col("most")).mean().alias("score"))
    for scale, id_ in ids.items():
        scores = each.filter(pl.col("scale") == scale)["score"].to_numpy()
        if scores.size == 0:
            yield Answer.none(id_, "nobody answered in this window")
            continue
        note = "people may change what they mean by an answer"
        yield Answer.of(id_, mean(scores, least=0.0, most=1.0), scores.size, note=note)


def maturity(part: Slice) -> Iterator[Answer]:
    """M1: the mean stage of the last round, the mean spread between raters, and the change since the round before.

    Source: Lannon et al. 2021, 10.1002/lrh2.10232; its texts are not here: the network names its own.
    """
    table = part.log.tables.get("scores")
    if table is None or table.is_empty():
        for key in ("M1", "M1.spread", "M1.change"):
            yield Answer.none(key, "needs the table 'scores': rater, round, domain, component, value")
        return
    rounds = table["round"].unique().sort().to_list()
    last = table.filter(pl.col("round") == rounds[-1])
    by_rater = last.group_by("rater").agg(pl.col("value").mean())["value"].to_numpy()
    n = len(by_rater)
    yield Answer.of("M1", mean(by_rater), n)
    spread = last.group_by("domain", "component").agg(pl.col("value").std())["value"].drop_nulls().to_numpy()
    yield (
        Answer.of("M1.spread", mean(spread, least=0.0), len(spread))
        if len(spread)
        else Answer.none("M1.spread", "no component was rated by two")
    )
    if len(rounds) < 2:
        yield Answer.none("M1.change", "only one round has been held", n)
        return
    then = table.filter(pl.col("round") == rounds[-2]).group_by("rater").agg(pl.col("value").mean().alias("then"))
    pair = last.group_by("rater").agg(pl.col("value").mean()).join(then, on="rater")
    moved = (pair["value"] - pair["then"]).to_numpy()
    if len(moved) < 2:
        yield Answer.none("M1.change", "fewer than two rated in both rounds", len(moved))
        return
    yield Answer.of("M1.change", mean(moved), len(moved))
