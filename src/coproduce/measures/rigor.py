"""Q1 to Q7 and H4: whether what is shared is true, corrected, graded, readable, trusted and led openly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.events import Event, Role, kinds
from coproduce.measures.measurement import Answer
from coproduce.measures.study import Slice
from coproduce.statistics.agreement import Floats, counts_of, gwet_ac1, krippendorff_alpha
from coproduce.statistics.bridging import Status, bridge
from coproduce.statistics.concentration import gini
from coproduce.statistics.intervals import Estimate, quantile, wilson
from coproduce.statistics.resampling import resampled
from coproduce.statistics.survival import Incidence, kaplan_meier

_Z = 1.959963984540054
#: At or below this school grade a text is readable; class 0 to 2 is what patients read without a clinician.
_GRADE = 6.0
#: Both scales of PEMAT-P are to reach this share of their points.
_PEMAT = 0.7
_NO_AUDIT = "no version was audited in this window"


def versions(part: Slice) -> pl.DataFrame:
    """Versions made before the end of the window: run, version, resource, made_us, risk (class 0 to 3, NaN unknown),
    topic (-1 unknown); of a group, those that its people wrote."""
    return part.about(part.log.once(("versions", part.start, part.end), lambda: _versions(part)), "author")


def _versions(part: Slice) -> pl.DataFrame:
    rows = part.log.frame.of(kinds.ResourceCreated, kinds.ResourceRevised).filter(pl.col("object") >= 0)
    of_version = rows.group_by("run", pl.col("object").alias("version"))
    risk = of_version.agg(pl.col("value").last().alias("risk"), pl.col("topic").last())
    made = part.log.versions.filter(pl.col("made_us") < part.end)
    return made.join(risk, on=["run", "version"], how="left").with_columns(
        pl.col("risk").fill_null(float("nan")), pl.col("topic").fill_null(-1)
    )


def falsehood(part: Slice) -> Iterator[Answer]:
    """Q1: the share of versions that an audit found false, weighted by class and topic, and how far raters agree.

    pi = sum over strata of W_h x_h / n_h, W_h the share of the stock of the audited ones; a version is false when most
    raters say so.
    """
    rows = part.log.frame.between(part.start, part.end).of(kinds.AuditRated).filter(pl.col("value").is_in([0.0, 1.0]))
    stock = versions(part).select("run", "version", pl.col("risk").fill_nan(-1.0), "topic")
    if part.by_group:
        rows = rows.join(stock.select("run", subject="version"), on=["run", "subject"], how="semi")
    judged = rows.group_by("run", pl.col("subject").alias("version")).agg(pl.col("value").mean().alias("false"))
    audited = judged.join(stock, on=["run", "version"])
    n = audited.height
    if not n:
        yield Answer.none("Q1", _NO_AUDIT)
    else:
        yield _stratified(audited, stock)
    counts = counts_of(
        rows.select(pl.struct("run", "subject").rank("dense")).to_series().to_numpy(), rows["value"].to_numpy()
    )
    for name, form in (("Q1.ac1", gwet_ac1), ("Q1.alpha", krippendorff_alpha)):
        yield _agreement(part, name, form, counts, "no version was rated by two, or all say the same")


def _stratified(audited: pl.DataFrame, stock: pl.DataFrame) -> Answer:
    stratum = ["risk", "topic"]
    weights = stock.group_by(stratum).len("stock")
    found = (
        audited.group_by(stratum)
        .agg((pl.col("false") > 0.5).sum().alias("x"), pl.len().alias("n"))
        .join(weights, on=stratum)
        .sort(stratum)
    )
    share = found["stock"].to_numpy() / found["stock"].sum()
    n, rate = found["n"].to_numpy(), found["x"].to_numpy() / found["n"].to_numpy()
    value = float((share * rate).sum())
    # Wilson's interval at the size of a simple sample of the same variance.
    variance = float((share**2 * rate * (1 - rate) / n).sum())
    size = value * (1 - value) / variance if variance > 0 else float(n.sum())
    ends = wilson(value * size, size)
    note = f"{len(found)} of {len(weights)} strata of class and topic audited" if len(weights) > 1 else None
    return Answer.of("Q1", Estimate(value, ends.low, ends.high), audited.height, note=note)


def correction(part: Slice) -> Iterator[Answer]:
    """Q2: how soon a version that was wrong is visibly corrected, and what share of its views came before."""
    frame = part.log.frame
    wrong = frame.of(kinds.ConcernRaised).filter(pl.col("value").is_in([1.0, 2.0]))
    audit = frame.of(kinds.AuditRated).filter(pl.col("value") == 1.0)
    named = pl.concat([wrong, audit]).select("run", version="subject").unique()
    fixed = (
        frame.of(kinds.Corrected)
        .group_by("run", pl.col("subject").alias("version"))
        .agg(pl.col("time").min().alias("fixed_us"))
    )
    bad = (
        versions(part)
        .filter(pl.col("made_us") >= part.start)
        .join(pl.concat([named, fixed.select("run", "version")]).unique(), on=["run", "version"], how="semi")
    )
    lives = bad.join(fixed, on=["run", "version"], how="left").join(part.log.ends, on="run")
    until = pl.coalesce("fixed_us", "end_us")
    days = lives.select(((until - pl.col("made_us")) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    yield _median("Q2", kaplan_meier(days.astype(np.float64), lives["fixed_us"].is_not_null().to_numpy()),
                  "no version of this window was found wrong")  # fmt: skip
    views = frame.of(kinds.ResourceOpened, kinds.ResourceUsed).select("run", "time", version="object")
    seen = views.join(lives.select("run", "version", "fixed_us"), on=["run", "version"])
    before = seen.filter(pl.col("fixed_us").is_null() | (pl.col("time") < pl.col("fixed_us"))).height
    yield _share("Q2.exposure", before, seen.height, "no version that was found wrong was viewed")


def grading(part: Slice) -> Iterator[Answer]:
    """Q3: of versions of risk class 2 or 3, the share whose certainty was graded, and how far graders agree."""
    serious = versions(part).filter(pl.col("risk") >= 2)
    rows = part.log.frame.of(kinds.Graded).filter(pl.col("time") < part.end)
    if part.by_group:
        rows = rows.join(versions(part).select("run", subject="version"), on=["run", "subject"], how="semi")
    graded = serious.join(rows.select("run", version="subject").unique(), on=["run", "version"], how="semi").height
    yield _share("Q3", graded, serious.height, "no version of risk class 2 or 3 is in the commons")
    known = rows.filter(pl.col("value").is_between(0, 4))
    counts = counts_of(
        known.select(pl.struct("run", "subject").rank("dense")).to_series().to_numpy(), known["value"].to_numpy()
    )
    yield _agreement(part, "Q3.ac1", gwet_ac1, counts, "no version was graded by two, or all say the same")


def _agreement(part: Slice, name: str, form: Callable[[Floats], float | None], counts: Floats, nothing: str) -> Answer:
    """Agreement beyond chance, with an interval from drawing the rated versions again."""
    if form(counts) is None:
        return Answer.none(name, nothing, len(counts))
    return Answer.of(name, resampled(counts, form, seed=part.seed, name=name), len(counts))


def readability(part: Slice) -> Iterator[Answer]:
    """Q4: of versions of risk class 0 to 2 whose reading grade was measured, the share at grade 6 or below."""
    plain = versions(part).filter((pl.col("risk") <= 2) | pl.col("risk").is_nan())
    yield _at_grade(part, plain, "Q4", kinds.ReadabilityMeasured)
    yield _at_grade(part, plain, "Q4.smog", kinds.SmogMeasured)
    yield _pemat(part)


def _at_grade(part: Slice, plain: pl.DataFrame, name: str, kind: type[Event]) -> Answer:
    rows = part.log.frame.of(kind).filter((pl.col("time") < part.end) & pl.col("value").is_finite())
    last = rows.sort("time", "seq").group_by("run", pl.col("subject").alias("version")).agg(pl.col("value").last())
    known = plain.join(last, on=["run", "version"])
    return _share(name, known.filter(pl.col("value") <= _GRADE).height, known.height, "no reading grade was measured")


def _pemat(part: Slice) -> Answer:
    """Of rated versions, those whose raters' means reach 70 % on both scales of PEMAT-P (Shoemaker et al. 2014)."""
    given = part.log.tables.latest("pemat", "version", "rater", "scale")
    if given is None:
        return Answer.none("Q4.pemat", "needs the table 'pemat': version, rater, scale, share")
    known = given.join(versions(part).select("version").unique(), on="version", how="semi")
    means = known.group_by("version", "scale").agg(pl.col("share").mean())
    both = means.filter(pl.col("scale").is_in(["understandability", "actionability"]))
    rated = both.group_by("version").agg(pl.len(), pl.col("share").min()).filter(pl.col("len") == 2)
    # A mean of 0.7 + 0.7 + 0.7 is a little below 0.7 in binary.
    good = rated.filter(pl.col("share") >= _PEMAT - 1e-9).height
    return _share("Q4.pemat", good, rated.height, "no version of this log is rated on both scales")


def support(part: Slice) -> Iterator[Answer]:
    """Q5: what raters who otherwise disagree find helpful: share of rated versions, and consensus over roles."""
    given = part.log.tables.get("ratings")
    rows = part.log.frame.between(part.start, part.end).of(kinds.Rated).filter(pl.col("value").is_in([0.0, 0.5, 1.0]))
    rows = rows.filter((pl.col("actor") >= 0) & (pl.col("subject") >= 0) & (pl.col("role") != Role.COMPUTER))
    rated = rows.select("run", rater="actor", item="subject", value="value")
    if given is not None:
        rated = given.filter(pl.col("value").is_in([0.0, 0.5, 1.0])).select(
            pl.lit(0).alias("run"), "rater", "item", "value"
        )
    names = [rated.select(pl.struct("run", key).rank("dense")).to_series().to_numpy() for key in ("rater", "item")]
    ids = ("Q5.helpful", "Q5.intercept", "Q5.gac", "Q5.least", "Q5.missing")
    if rated.is_empty():
        yield from (Answer.none(name, "nothing was rated in this window") for name in ids)
        return
    roles = rated.select("run", "rater").join(
        part.log.people.select("run", pl.col("person").alias("rater"), "role"), on=["run", "rater"], how="left",
        maintain_order="left",
    )["role"].fill_null(0)  # fmt: skip
    groups = {str(name): str(role) for name, role in zip(names[0], roles, strict=True) if role}
    found = bridge(names[0], names[1], rated["value"].to_numpy(), groups=groups or None, seed=part.seed)
    n = len(found)
    yield Answer.of("Q5.helpful", wilson(sum(one.status is Status.HELPFUL for one in found), n), n)
    yield Answer.of("Q5.intercept", quantile([one.intercept for one in found], 0.5), n)
    scores = [one.gac ** (1 / len(set(groups.values()))) for one in found if one.gac is not None]
    yield (
        Answer.of("Q5.gac", quantile(scores, 0.5), n)
        if scores
        else Answer.none("Q5.gac", "no rater's role is known", n)
    )
    yield _least_convinced(rated, names[1], roles.to_numpy())
    yield Answer.of("Q5.missing", wilson(sum(bool(one.missing_groups) for one in found), n), n)


def _least_convinced(rated: pl.DataFrame, item: Floats, role: Floats) -> Answer:
    """The median over versions of how likely the role that likes it least is to agree, (agree + 1) / (raters + 2)."""
    cells = pl.DataFrame({"item": item, "role": role, "agree": (rated["value"] == 1.0).cast(pl.Int64)})
    each = cells.filter(pl.col("role") > 0).group_by("item", "role").agg(pl.col("agree").sum(), pl.len())
    least = each.group_by("item").agg(((pl.col("agree") + 1) / (pl.col("len") + 2)).min().alias("p"))["p"]
    if least.is_empty():
        return Answer.none("Q5.least", "no rater's role is known", rated.height)
    return Answer.of("Q5.least", quantile(least.to_numpy(), 0.5), len(least))


def trust(part: Slice) -> Iterator[Answer]:
    """Q6: consents withdrawn of those given, and days from a concern to a correction or retirement.

    Of a group: the consents of its people, and the concerns that they raised.
    """
    frame = part.log.frame.between(part.start, part.end)
    given, taken = (
        part.about(frame.of(kind), "subject").height for kind in (kinds.ConsentGiven, kinds.ConsentWithdrawn)
    )
    yield _share("Q6.withdrawn", min(taken, given), given, "no consent was given in this window")
    concerns = part.about(frame.of(kinds.ConcernRaised), "actor").select("run", "subject", "time")
    acted = part.log.frame.of(kinds.Corrected, kinds.ResourceRetired, kinds.ResourceRevised).select(
        "run", "subject", done_us="time"
    )
    resource = part.log.versions.select("run", subject="version", thing="resource")
    concerns = concerns.join(resource, on=["run", "subject"], how="left").with_columns(
        pl.coalesce("thing", "subject").alias("thing")
    )
    same = concerns.join(acted.rename({"subject": "thing"}), on=["run", "thing"], how="inner")
    own = concerns.join(acted, on=["run", "subject"], how="inner").select(same.columns)
    later = pl.concat([same, own]).filter(pl.col("done_us") >= pl.col("time"))
    first = later.group_by("run", "subject", "time").agg(pl.col("done_us").min())
    lives = concerns.join(first, on=["run", "subject", "time"], how="left").join(part.log.ends, on="run")
    until = pl.coalesce("done_us", "end_us")
    days = lives.select(((until - pl.col("time")) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    yield _median("Q6.days", kaplan_meier(days.astype(np.float64), lives["done_us"].is_not_null().to_numpy()),
                  "no concern was raised in this window")  # fmt: skip
    yield _hidden(part)


def _hidden(part: Slice) -> Answer:
    said = part.log.tables.latest("names", "actor")
    if said is None:
        return Answer.none("Q6.hidden", "needs the table 'names': actor, shown")
    known = part.people.join(said, left_on="person", right_on="actor")
    answer = _share("Q6.hidden", known.filter(pl.col("shown") == 0).height, known.height, "the table names nobody here")
    return replace(answer, missing=part.people.height - known.height)


def leadership(part: Slice) -> Iterator[Answer]:
    """Q7: how evenly ownership is spread, who owns, how long roles last, and proposals that became rules."""
    frame = part.log.frame
    owned = (
        frame.of(kinds.OwnerAssigned).filter((pl.col("time") < part.end) & (pl.col("object") >= 0)).sort("time", "seq")
    )
    owners = owned.group_by("run", "subject", maintain_order=True).agg(pl.col("object").last().alias("person"))
    owners = part.about(owners, "person")
    each = owners.group_by("run", "person").len()["len"].sort().to_numpy()
    value = gini(each) if each.size else None
    yield (
        Answer.none("Q7.gini", "the log names no owner")
        if value is None
        else Answer.of("Q7.gini", resampled(each.astype(np.float64), gini, seed=part.seed, name="Q7.gini"), each.size)
    )
    roles = (
        owners.select("run", "person")
        .unique()
        .join(part.log.people.select("run", "person", "role"), on=["run", "person"])
    )
    lived = roles.filter(pl.col("role").is_in([int(Role.PATIENT), int(Role.FAMILY)])).height
    yield _share("Q7.patients", lived, roles.height, "the log names no owner whose role is known")
    begun = part.about(frame.of(kinds.RoleGranted), "subject").select("run", "subject", "value", "time")
    over = frame.of(kinds.RoleEnded).select("run", "subject", "value", over_us="time")
    spells = begun.join(over, on=["run", "subject", "value"], how="left").filter(
        pl.col("over_us").is_null() | (pl.col("over_us") >= pl.col("time"))
    )
    spells = (
        spells.group_by("run", "subject", "value", "time").agg(pl.col("over_us").min()).join(part.log.ends, on="run")
    )
    yield _median("Q7.tenure", _curve(spells, "over_us", "time"), "no role was granted")
    made = part.about(frame.of(kinds.ProposalMade), "actor")
    made = made.filter(pl.col("time").is_between(part.start, part.end, closed="left"))
    rules = (
        frame.of(kinds.RuleEnacted)
        .group_by("run", pl.col("object").alias("subject"))
        .agg(pl.col("time").min().alias("rule_us"))
    )
    path = (
        made.select("run", "subject", "time")
        .join(rules, on=["run", "subject"], how="left")
        .join(part.log.ends, on="run")
    )
    curve = _curve(path, "rule_us", "time")
    found = curve.at(90.0)
    yield (
        Answer.of("Q7.F90d", found, curve.n)
        if found
        else Answer.none(
            "Q7.F90d",
            "no proposal was followed for 90 days" if curve.n else "no proposal was made in this window",
            curve.n,
        )
    )
    yield _deputies(part, owners)


def _deputies(part: Slice, owners: pl.DataFrame) -> Answer:
    """Of posts, the things that somebody owns, those whose owner has a deputy who is somebody else."""
    said = part.log.tables.latest("posts", "post")
    if said is None:
        return Answer.none("Q7.deputies", "needs the table 'posts': post, deputy")
    known = owners.join(said, left_on="subject", right_on="post")
    named = known.filter((pl.col("deputy") >= 0) & (pl.col("deputy") != pl.col("person"))).height
    answer = _share("Q7.deputies", named, known.height, "the table names nothing that is owned")
    return replace(answer, missing=owners.height - known.height)


def provenance(part: Slice) -> Iterator[Answer]:
    """H4: the share of versions with author, and of those in the table with licence, source, language, JSON-LD."""
    made = versions(part)
    n = made.height
    yield _share("H4.author", made.filter(pl.col("author") >= 0).height, n, "no version is in the commons")
    known_role = part.log.people.filter(pl.col("role") > 0).select("run", author="person")
    of_role = made.join(known_role, on=["run", "author"], how="semi").height
    yield _share("H4.role", of_role, n, "no version is in the commons")
    table = part.log.tables.get("resources")
    for name, has in (
        ("licence", pl.col("licence") != ""), ("source", pl.col("source") != ""),
        ("language", pl.col("language") != ""),
        ("json_ld", pl.col("json_ld") == 1),
    ):  # fmt: skip
        if table is None:
            yield Answer.none(f"H4.{name}", "needs the table 'resources': version, licence, language, source, json_ld")
            continue
        known = made.join(table, on="version")
        answer = _share(f"H4.{name}", known.filter(has).height, known.height, "the table names no version of this log")
        yield Answer(answer.id, answer.value, answer.n, answer.low, answer.high, n - known.height, answer.note)


def _curve(rows: pl.DataFrame, end: str, start: str) -> Incidence:
    until = pl.coalesce(end, "end_us")
    days = rows.select(((until - pl.col(start)) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    return kaplan_meier(days.astype(np.float64), rows[end].is_not_null().to_numpy())


def _median(name: str, curve: Incidence, nothing: str) -> Answer:
    if curve.n == 0:
        return Answer.none(name, nothing)
    middle = curve.quantile(0.5)
    return Answer.of(name, middle, curve.n) if middle else Answer.none(name, "fewer than half so far", curve.n)


def _share(id: str, k: int, n: int, reason: str) -> Answer:  # noqa: A002
    return Answer.of(id, wilson(k, n), n) if n else Answer.none(id, reason)
