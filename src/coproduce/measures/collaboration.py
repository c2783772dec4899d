"""C1 to C6: who makes things together, how deep the working together goes, and across which roles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.events import Role, kinds
from coproduce.measures.measurement import Answer
from coproduce.measures.study import Slice
from coproduce.measures.ties import contributions, interactions
from coproduce.statistics.concentration import blau
from coproduce.statistics.graph import reciprocity
from coproduce.statistics.intervals import Estimate, mean, quantile, wilson
from coproduce.statistics.resampling import bootstrap, ratio
from coproduce.statistics.survival import kaplan_meier

#: Things that more people than this worked on say little about any two of them.
MOST_AUTHORS = 30
HALF_LIFE_DAYS = 180
_NO_TIES = "nobody is tied to anybody in this window"


def coproduction(part: Slice) -> pl.DataFrame:
    """C1: pairs of people (run, a, b, a < b) who worked on the same resource, with weight = sum over resources of
    1 / (k - 1), k its people, each contribution fading with a half-life of 180 days (the lesser of the two counts).

    Source: Newman 2001, 10.1073/pnas.98.2.404.
    """
    work = contributions(part.log, part.log.first_us, part.end)
    age = (pl.lit(min(part.end, part.log.at + 1)) - pl.col("time")) / (HALF_LIFE_DAYS * DAY_US)
    each = work.group_by("run", "resource", "person").agg((0.5**age).max().alias("fresh"))
    each = each.with_columns(pl.len().over("run", "resource").alias("k")).filter(
        pl.col("k").is_between(2, MOST_AUTHORS)
    )
    pairs = each.join(each, on=["run", "resource"], suffix="_b").filter(pl.col("person") < pl.col("person_b"))
    weight = pl.min_horizontal("fresh", "fresh_b") / (pl.col("k") - 1)
    return pairs.group_by("run", pl.col("person").alias("a"), pl.col("person_b").alias("b")).agg(
        weight.sum().alias("weight")
    )


def together(part: Slice) -> Iterator[Answer]:
    """C1: people who made something with somebody, the pairs, their weight, and resources too large."""
    pairs = coproduction(part)
    work = contributions(part.log, part.log.first_us, part.end)
    size = work.group_by("run", "resource").agg(pl.col("person").n_unique().alias("k"))
    ends = pl.concat([pairs.select("run", person="a"), pairs.select("run", person="b")]).unique()
    joint = ends.join(part.people.select("run", "person"), on=["run", "person"], how="semi").height
    n = part.people.height
    yield Answer.of("C1.people", wilson(joint, n), n) if n else Answer.none("C1.people", "nobody was a member")
    yield Answer("C1.pairs", float(pairs.height), n)
    weights = pairs["weight"].to_numpy()
    yield (
        Answer.of("C1.weight", _mean_of_ties(part, "C1.weight", pairs, weights), weights.size)
        if weights.size
        else Answer.none("C1.weight", "nobody worked on a resource with somebody else")
    )
    yield Answer("C1.left_out", float(size.filter(pl.col("k") > MOST_AUTHORS).height), size.height)


def _mean_of_ties(part: Slice, name: str, ties: pl.DataFrame, values: np.ndarray) -> Estimate:
    """The mean over ties (run, a, b), with people drawn again: each brings a half of each of their ties."""
    rows = ties.select("run", "a", "b").with_columns(pl.Series("value", values / 2), pl.lit(0.5).alias("tie"))
    rows = rows.sort("run", "a", "b")
    both = pl.concat([rows.select("run", pl.col(end).alias("p"), "value", "tie") for end in ("a", "b")])
    sums = both.group_by("run", "p", maintain_order=True).sum().sort("run", "p").select("value", "tie").to_numpy()
    return ratio(sums, seed=part.seed, name=name)


def ladder(part: Slice) -> Iterator[Answer]:
    """C2: pairs of people by the highest rung they reached in the window, and the mean rung over 4.

    1 networking: one did something for the other. 2 coordination: also on the same need or team. 3 cooperation: also
    both did tasks of one team, or one used the other's resource and thanked them. 4 collaboration: also both wrote
    versions of one resource. Each rung takes in those below it.
    Source: Camarinha-Matos and Afsarmanesh 2008, 10.1007/978-0-387-79424-2_2, for the levels; these rules are ours.
    """
    rungs = part.touching(part.log.once(("rungs", part.start, part.end), lambda: _rungs(part)))
    n = rungs.height
    for rung in range(1, 5):
        name, k = f"C2.rung{rung}", rungs.filter(pl.col("rung") == rung).height
        yield Answer.of(name, wilson(k, n), n) if n else Answer.none(name, _NO_TIES)
    if n == 0:
        yield Answer.none("C2", _NO_TIES)
        yield Answer.none("C2.across", _NO_TIES)
        return
    values = rungs["rung"].to_numpy() / 4
    half = 1.96 * float(values.std()) / np.sqrt(n)
    mean = float(values.mean())
    yield Answer("C2", mean, n, mean - half, mean + half, note="interval as if pairs were independent")
    roles = part.log.people.select("run", "person", "role")
    top = rungs.filter(pl.col("rung") == 4)
    for end in ("a", "b"):
        top = top.join(roles.rename({"person": end, "role": f"role_{end}"}), on=["run", end], how="left")
    across = top.filter(pl.col("role_a") != pl.col("role_b")).height
    yield Answer.of("C2.across", wilson(across, n), n)


def _rungs(part: Slice) -> pl.DataFrame:
    """Pairs (run, a, b, a < b) with the highest rung each reached."""
    frame = part.log.frame.between(part.start, part.end)
    acts = interactions(part.log, part.start, part.end)
    exchanged = _pairs(acts)
    needs = frame.of(kinds.Replied, kinds.PersonMatched).filter(pl.col("role") != Role.COMPUTER)
    shared = _meetings(pl.concat([needs, frame.of(kinds.TeamJoined, kinds.TeamStarted)]), "subject")
    tasks = _meetings(frame.of(kinds.TaskDone), "object")
    used = _pairs(acts.filter(pl.col("kind") == kinds.ResourceUsed.meaning.code))
    thanked = _pairs(acts.filter(pl.col("kind") == kinds.Thanked.meaning.code))
    credited = used.join(thanked, on=["run", "a", "b"], how="semi")
    made = contributions(part.log, part.start, part.end).rename({"person": "actor"})
    joint = _meetings(made, "resource")
    reached = [(exchanged, 1), (shared, 2), (tasks, 3), (credited, 3), (joint, 4)]
    rows = pl.concat([one.with_columns(pl.lit(rung).alias("rung")) for one, rung in reached])
    return rows.group_by("run", "a", "b").agg(pl.col("rung").max())


def _pairs(acts: pl.DataFrame) -> pl.DataFrame:
    return acts.select("run", pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b")).unique()


def _meetings(rows: pl.DataFrame, where: str) -> pl.DataFrame:
    """Pairs of people who acted on the same thing; things with more than 30 people are left out."""
    each = rows.filter((pl.col("actor") >= 0) & (pl.col(where) >= 0)).select("run", "actor", thing=where).unique()
    each = each.filter(pl.len().over("run", "thing").is_between(2, MOST_AUTHORS))
    both = each.join(each, on=["run", "thing"], suffix="_b").filter(pl.col("actor") < pl.col("actor_b"))
    return both.select("run", a="actor", b="actor_b").unique()


def mixing(part: Slice) -> Iterator[Answer]:
    """C3: whether ties cross roles and sites: E-I index, Newman's assortativity, and tri-role resources.

    E-I = (between - within) / (between + within), Krackhardt and Stern 1988, 10.2307/2786835; r = (tr e - sum e^2) /
    (1 - sum e^2), Newman 2003, 10.1103/PhysRevE.67.026126.
    """
    ties = part.touching(_pairs(interactions(part.log, part.start, part.end)))
    for by, unknown in (("role", 0), ("site", -1)):
        known = part.log.people.filter(pl.col(by) != unknown).select("run", "person", by)
        rows = ties
        for end in ("a", "b"):
            rows = rows.join(known.rename({"person": end, by: f"{by}_{end}"}), on=["run", end])
        n, missing = rows.height, ties.height - rows.height
        if n == 0:
            yield Answer.none(f"C3.ei.{by}", f"no tie between two people of a known {by}", missing=missing)
            yield Answer.none(f"C3.r.{by}", f"no tie between two people of a known {by}", missing=missing)
            continue
        left, right = (rows[f"{by}_{end}"].to_numpy() for end in ("a", "b"))
        outside = int((left != right).sum())
        share = wilson(outside, n)
        low, high = ((2 * end - 1) if end is not None else None for end in (share.low, share.high))
        yield Answer(f"C3.ei.{by}", 2 * outside / n - 1, n, low, high, missing)
        r = _assortativity(left, right)
        if r is None:
            yield Answer.none(f"C3.r.{by}", f"all are of one {by}", n, missing)
            continue
        again = _drawn_again(part, by, rows, left, right)
        yield Answer(f"C3.r.{by}", r, n, again.low, again.high, missing)
    yield _three_roles(part)


def _assortativity(left: np.ndarray, right: np.ndarray) -> float | None:
    names, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    k, half = len(names), len(left)
    a, b = codes[:half], codes[half:]
    mixed = np.zeros((k, k))
    np.add.at(mixed, (np.r_[a, b], np.r_[b, a]), 0.5 / half)
    square = float((mixed.sum(axis=0) ** 2).sum())
    return None if square > 1 - 1e-12 else float((np.trace(mixed) - square) / (1 - square))


def _drawn_again(part: Slice, by: str, ties: pl.DataFrame, left: np.ndarray, right: np.ndarray) -> Estimate:
    """r with people drawn again: a function of the ties within groups and of each group's ends, which people bring."""
    names, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    k, ends = len(names), pl.concat([ties.select("run", p="a"), ties.select("run", p="b")])
    person = ends.select(pl.struct("run", "p").rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    n = int(person.max()) + 1
    within = np.bincount(person, weights=np.tile(left == right, 2), minlength=n)
    sums = np.column_stack([within, np.bincount(person * k + codes, minlength=n * k).reshape(n, k)])

    def r(totals: np.ndarray) -> np.ndarray:
        all_ = totals[:, 1:].sum(axis=1)
        square = ((totals[:, 1:] / all_[:, None]) ** 2).sum(axis=1)
        found: np.ndarray = (totals[:, 0] / all_ - square) / (1 - square)
        return found

    found = bootstrap(sums.astype(np.float64), {by: r}, seed=part.seed, name=f"C3.r.{by}")[by]
    assert found is not None  # people of two groups have ties
    return found


def _answered_again(part: Slice, pairs: np.ndarray, n: int) -> Estimate:
    """The share of directed ties that are answered, with people drawn again: each brings the ties that they began."""
    key = pairs[:, 0] * n + pairs[:, 1]
    back = np.isin(pairs[:, 1] * n + pairs[:, 0], key)
    sums = np.column_stack([np.bincount(pairs[:, 0], weights=back, minlength=n), np.bincount(pairs[:, 0], minlength=n)])
    return ratio(sums.astype(np.float64), seed=part.seed, name="C4")


def _three_roles(part: Slice) -> Answer:
    frame = part.log.frame.between(part.start, part.end)
    acts = frame.of(kinds.ResourceCreated, kinds.ResourceRevised).filter(pl.col("subject") >= 0)
    if part.by_group:
        mine = part.about(acts, "actor").select("run", "subject").unique()
        acts = acts.join(mine, on=["run", "subject"], how="semi")
    camp = {int(Role.PATIENT): 1, int(Role.FAMILY): 1, int(Role.CLINICIAN): 2, int(Role.RESEARCHER): 4}
    of_role = acts.select("run", "subject", pl.col("role").replace_strict(camp, default=0, return_dtype=pl.Int64))
    seen = of_role.filter(pl.col("role") > 0).unique().group_by("run", "subject").agg(pl.col("role").sum())
    n = acts.select("run", "subject").n_unique() if acts.height else 0
    if not n:
        return Answer.none("C3.three", "no resource was written in this window")
    return Answer.of("C3.three", wilson(seen.filter(pl.col("role") == 7).height, n), n)


def answered(part: Slice) -> Iterator[Answer]:
    """C4: the share of directed ties that are answered, and rho, the same beyond chance.

    rho = (r - density) / (1 - density), Garlaschelli and Loffredo 2004, 10.1103/PhysRevLett.93.268701.
    """
    acts = interactions(part.log, part.start, part.end)
    rows = acts.select("run", "a", "b").unique()
    people = (
        pl.concat([rows.select("run", p="a"), rows.select("run", p="b")]).unique().sort("run", "p").with_row_index("i")
    )
    for end in ("a", "b"):
        rows = rows.join(people.rename({"p": end, "i": f"i_{end}"}), on=["run", end])
    pairs, n = rows.select("i_a", "i_b").to_numpy().astype(np.int64), people.height
    r = reciprocity(pairs)
    if r is None:
        yield Answer.none("C4", _NO_TIES)
        yield Answer.none("C4.rho", _NO_TIES)
        return
    density = len(pairs) / (n * (n - 1))
    found = _answered_again(part, pairs, n)
    yield Answer("C4", r, len(pairs), found.low, found.high)
    if density >= 1:
        yield Answer.none("C4.rho", "everybody is tied to everybody", len(pairs))
        return
    beyond = [None if end is None else (end - density) / (1 - density) for end in (r, found.low, found.high)]
    yield Answer("C4.rho", beyond[0], len(pairs), beyond[1], beyond[2])


def teams(part: Slice) -> Iterator[Answer]:
    """C5: teams started by people who are no stewards, days from need to team and to first task, roles in a team."""
    log = part.log
    begun = part.about(log.frame.of(kinds.TeamStarted), "actor")
    begun = begun.filter(pl.col("time").is_between(part.start, part.end, closed="left"))
    n = begun.height
    if n == 0:
        for key in ("own", "days", "F90d", "roles"):
            yield Answer.none(f"C5.{key}", "no team was started in this window")
        return
    own = begun.filter(~pl.col("role").is_in([int(Role.STEWARD), int(Role.COMPUTER)])).height
    yield Answer.of("C5.own", wilson(own, n), n)
    asked = log.needs.episodes.filter(~pl.col("reopened")).select("run", object="need", asked_us="opened_us")
    waits = begun.join(asked, on=["run", "object"]).select(((pl.col("time") - pl.col("asked_us")) / DAY_US).alias("d"))
    yield (
        Answer.of("C5.days", quantile(waits["d"].to_numpy(), 0.5), waits.height, missing=n - waits.height)
        if (waits.height)
        else Answer.none("C5.days", "no team names the need it is for", missing=n)
    )
    first = (
        log.frame.of(kinds.TaskDone)
        .group_by("run", pl.col("object").alias("subject"))
        .agg(pl.col("time").min().alias("task_us"))
    )
    lives = begun.join(first, on=["run", "subject"], how="left").join(log.ends, on="run")
    until = pl.coalesce("task_us", "end_us")
    days = lives.select(((until - pl.col("time")) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    curve = kaplan_meier(days.astype(np.float64), lives["task_us"].is_not_null().to_numpy())
    found = curve.at(90.0)
    yield (
        Answer.of("C5.F90d", found, curve.n) if found else Answer.none("C5.F90d", "no team was followed for 90 days", n)
    )
    members = log.frame.of(kinds.TeamStarted, kinds.TeamJoined).join(
        begun.select("run", "subject"), on=["run", "subject"]
    )
    people = members.select("run", "subject", person="actor").join(
        log.people.select("run", "person", "role"), on=["run", "person"]
    )
    mixes = (
        people.filter(pl.col("role") > 0).group_by("run", "subject", "role").len().group_by("run", "subject").agg("len")
    )
    spread = [blau(counts) or 0.0 for counts in mixes["len"].to_list()]
    yield (
        Answer.of("C5.roles", mean(spread, least=0.0, most=1.0), len(spread))
        if spread
        else Answer.none("C5.roles", "no role is known")
    )


def survival_of_edits(part: Slice) -> Iterator[Answer]:
    """C6: the mean share of a contributor's text that is alive after 10 later revisions or 90 days."""
    rows = part.about(part.log.frame.between(part.start, part.end).of(kinds.EditSurvivalMeasured), "object")
    alive = rows.filter(pl.col("value").is_between(0, 1))["value"].to_numpy()
    missing = rows.height - alive.size
    if not alive.size:
        yield Answer.none("C6", "the log holds no measurement of edits", missing=missing)
        return
    yield Answer.of("C6", mean(alive, least=0.0, most=1.0), alive.size, missing=missing)
