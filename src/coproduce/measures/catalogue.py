"""The declared list of measures: what each one is, so that a number never stands without its meaning.

`docs/reference/measures.md` is written from here by `reference_page`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from coproduce.clock import DAY_US, HOUR_US
from coproduce.errors import InvalidInput
from coproduce.measures.declarations import declared_here
from coproduce.measures.declared import Declared, Direction

_AJ = "Aalen & Johansen 1978; variance Choudhury 2002, Stat Med 21:1129-1144"
_KM = "Kaplan & Meier 1958, 10.1080/01621459.1958.10501452"
_WILSON = "share with Wilson interval (Wilson 1927, 10.1080/01621459.1927.10502953)"
_LADDER = "Preece & Shneiderman 2009; Seid et al. 2021, 2024"
_CLOCK = (
    "The clock of an episode starts when the need is stated and stops only when the person who stated it, or whom it "
    "is for, confirms (in person or through a proxy). A reopened need is a new episode whose clock starts anew."
)
_SPANS = {"F1h": ("1 hour", HOUR_US), "F24h": ("24 hours", DAY_US), "F7d": ("7 days", 7 * DAY_US)}
_SPANS["F30d"] = ("30 days", 30 * DAY_US)
_BOUNDED = {
    "": ("", "Needs still open at the end are censored; silent needs that expired count as a competing exit."),
    ".none_met": (", silent needs as never met", "Lower bound: no silent need was met."),
    ".all_met": (
        ", silent needs as all met",
        "Upper bound: each silent need was met when something first reached the person, else when it was stated.",
    ),
}


def _states() -> Iterator[Declared]:
    source = "MEASURES N1; state machine of measures.needs"
    yield Declared(
        "N1.needs",
        "Needs",
        "episodes opened in the window",
        "needs",
        "none",
        source,
        f"{_CLOCK} Interval: Garwood 1936, as if needs came independently.",
    )
    said: dict[str, tuple[str, Direction]] = {
        "matched": ("a resource or person was matched", "up"),
        "delivered": ("a resource was used or another person replied", "up"),
        "open": ("still open at the end of the log", "none"),
        "confirmed": ("ended by the person's confirmation", "up"),
        "withdrawn": ("ended by withdrawal", "none"),
        "redirected": ("ended by redirection, for example to urgent care", "none"),
        "expired": ("ended silent after the follow-up", "down"),
        "unreachable": ("ended because what was matched could not be got", "down"),
    }
    for key, (what, better) in said.items():
        limits = "A share of states, not of time: see N2 for how long it takes." if key == "confirmed" else ""
        yield Declared(f"N1.{key}", f"Needs {key}", f"episodes: {what} / episodes", "share", better, source, limits)
    yield Declared(
        "N1.reopened", "Needs reopened", "closed episodes that were reopened later / closed episodes", "share", "down",
        source,
    )  # fmt: skip
    yield Declared(
        "N1.consistent", "Needs that follow the state machine", "moves that fit the state machine / moves", "share",
        "up", source, "A move is a statement, a reopening or an exit; a confirmation by somebody else does not fit.",
    )  # fmt: skip


def _winwin() -> Iterator[Declared]:
    for suffix, (label, limits) in _BOUNDED.items():
        yield Declared(
            f"N2.median{suffix}", f"Time to WINWIN, median{label}", "smallest t with F(t) >= 0.5", "days", "down",
            f"{_AJ}; interval Brookmeyer & Crowley 1982, 10.2307/2530286",
            f"{limits} {_CLOCK}" if suffix == "" else limits,
        )  # fmt: skip
        for key, (span, horizon) in _SPANS.items():
            yield Declared(
                f"N2.{key}{suffix}", f"Needs met within {span}{label}",
                f"F({span}) = sum over t_i <= {span} of S(t_i-) d_i / n_i, confirmation among competing exits", "share",
                "up", _AJ, limits, resolution=horizon,
            )  # fmt: skip
    for key in ("withdrawn", "redirected", "expired", "unreachable"):
        yield Declared(
            f"N2.F30d.{key}", f"Needs {key} within 30 days", f"F(30 days) of the competing exit '{key}'", "share",
            "down" if key in ("expired", "unreachable") else "none", _AJ, resolution=30 * DAY_US,
        )  # fmt: skip


def _needs() -> Iterator[Declared]:
    yield from _states()
    yield from _winwin()
    yield Declared(
        "N3", "WINWIN in time", "sum 1[T <= D] / sum 1[D elapsed], D the deadline that the person gave", "share", "up",
        f"MEASURES N3; {_WILSON}",
        "First episodes whose deadline has passed; exits count as not met; deadlines finer than the log are missing.",
    )  # fmt: skip
    yield Declared(
        "N4", "Reuse share", "confirmed needs met by a version made before the need was stated / confirmed needs",
        "share", "up", f"MEASURES N4; {_WILSON}",
        "Met by: what the confirmation names, else what was used last. A version whose making is not in the log was "
        "there before; a helper is no stock.",
    )  # fmt: skip
    little = "Little 1961, 10.1287/opre.9.3.383; actor-level bootstrap"
    yield Declared(
        "N6", "Backlog law", "Lq / (rate x W) - 1", "ratio", "zero", little,
        "Within -0.1 to 0.1 in a stable window; otherwise the clock or the window is in doubt.",
    )  # fmt: skip
    yield Declared("N6.open", "Open needs", "Lq: open needs, averaged over the window", "needs", "down", little)
    yield Declared("N6.arrivals", "Needs a day", "rate: episodes opened / days", "needs a day", "none", little)
    yield Declared(
        "N6.days_open", "Days open", "W: mean days open of needs closed in the window", "days", "down", little
    )


def _engagement() -> Iterator[Declared]:
    names = ("no trace", "aware", "participant", "contributor", "owner")
    for level, name in enumerate(names):
        yield Declared(
            f"E1.{level}", f"People at level {level}: {name}", f"people whose highest level in the window is {level}",
            "people", "down" if level == 0 else "up", _LADDER,
            "4 accountable owner who acted on what they own; 3 created, revised, answered, reviewed or gave a "
            "confirmed help; 2 stated, used, voted, thanked, reported; 1 joined, was asked, was shown or opened "
            "something.",
        )  # fmt: skip
    for level, name in enumerate(names):
        yield Declared(
            f"E2.share.{level}", f"Share at level {level}: {name}", f"n_{level} / N", "share",
            "down" if level == 0 else "up", f"{_LADDER}; {_WILSON}", "N: members of the window, silent ones included.",
        )  # fmt: skip
    for i in range(5):
        for j in range(5):
            yield Declared(
                f"E2.P.{i}.{j}", f"From level {i} to {j}", f"#(L_t={i}, L_t+1={j}) / #(L_t={i}), steps of 90 days",
                "share", "up" if j > i else "down" if j < i else "none", "Markov chain; Wilson interval",
                "Only people who were members through both steps; the last 40 steps of the window count.",
            )  # fmt: skip
    yield Declared(
        "E2.climb", "Climb rate", "sum over j > i of p_i P_ij, a step of 90 days", "share", "up",
        "Markov chain; actor-level bootstrap",
    )  # fmt: skip
    yield Declared(
        "E2.first.median", "Time to first contribution, median", "smallest t with 1 - S(t) >= 0.5 from joining", "days",
        "down", _KM, "People who joined in the window; leaving censors.",
    )  # fmt: skip
    yield Declared("E2.first.F90d", "Contributed within 90 days", "1 - S(90 days) from joining", "share", "up", _KM)
    welcome = f"{_KM}; Zhang & Elhadad 2016"
    yield Declared(
        "E7.median", "Newcomer's wait for a reply, median", "smallest t with 1 - S(t) >= 0.5", "days", "down", welcome,
        "From a person's first need to the first reply by another person; a need closed without one stays unanswered.",
    )  # fmt: skip
    yield Declared(
        "E7.F24h", "Newcomers answered within 24 hours", "1 - S(24 hours)", "share", "up", welcome, resolution=DAY_US
    )
    yield Declared(
        "E7.asked_again", "Newcomers who asked again", "1 - S(90 days) from the first to the next need stated", "share",
        "none", welcome, resolution=90 * DAY_US,
    )  # fmt: skip


def _structure() -> Iterator[Declared]:
    own = "MEASURES S0"
    yield Declared(
        "S0", "People in the network", "members at the end of the window", "people", "up", own,
        "Joined, or seen acting, and not left; computers are not people. A count of everybody has no interval.",
    )  # fmt: skip
    yield Declared("S0.active", "People taking part", "members at level 2 or above in the window", "people", "up", own)
    for role in ("patient", "family", "clinician", "researcher", "improvement_lead", "steward"):
        name = role.replace("_", " ")
        yield Declared(
            f"S0.{role}", f"People last seen as {name}", f"members whose last role is {name}", "people", "none", own
        )
    yield Declared("S0.sites", "Sites", "sites with a member", "sites", "none", own)
    ties = (
        "Ties: reply to a need, own offer of help, thanks, confirmation of a person's help, use or review of a version "
        "somebody wrote, declared connection, joining the team somebody started; in the window, undirected, no repeats."
    )
    weak = "weak component; MEASURES S1"
    yield Declared(
        "S1", "Giant component", "members in the largest component / members", "share", "up", weak,
        f"{ties} No interval: people in a network are not independent; compare with S1.null.",
    )  # fmt: skip
    yield Declared("S1.tied", "Members with a tie", "members with one tie or more / members", "share", "up", weak)
    yield Declared("S1.size", "Size of the giant component", "members in the largest component", "people", "up", weak)
    yield Declared("S1.ties", "Ties", "pairs of people with a tie", "ties", "none", weak)
    yield Declared(
        "S1.null", "Giant component of random networks", "mean of S1 with the same degrees and random partners",
        "share", "none", "configuration model, Newman, Strogatz & Watts 2001, 10.1103/PhysRevE.64.026118",
        "Drawn only when asked (--null R).",
    )  # fmt: skip
    yield Declared(
        "L1", "Rows of the log without oddity", "rows that nothing is odd about / rows", "share", "up",
        "events.inspect", "Odd rows are counted and named, never dropped in silence.",
    )  # fmt: skip


#: Every declared number, by id, in the order in which they are shown.
CATALOGUE: Mapping[str, Declared] = MappingProxyType(
    {one.id: one for block in (_needs, _engagement, _structure, declared_here) for one in block()}
)


def chosen(only: tuple[str, ...]) -> list[Declared]:
    """The declared measures that are named; all when none is.

    A name is an id (N2.F24h: that one alone), or the beginning of ids up to a dot (N2: all of them); S1.* is S1 with
    all that begin with it.
    Raises InvalidInput for a name that is neither.
    """
    named = [_named(name) for name in only]
    unknown = sum(not ids for ids in named)
    if unknown:
        raise InvalidInput(
            given=f"{unknown} unknown measure id",
            expected="an id of the catalogue, or the beginning of some up to a dot",
            next_step="`coproduce measure --list` shows them.",
        )
    wanted = set().union(*named) if only else set(CATALOGUE)
    return [one for one in CATALOGUE.values() if one.id in wanted]


def _named(name: str) -> set[str]:
    if name in CATALOGUE:
        return {name}
    start = name.removesuffix(".*")
    return {one for one in CATALOGUE if one == start or one.startswith(f"{start}.")}


def reference_page() -> str:
    """The page docs/reference/measures.md: every declared number with formula, unit, direction, limits and source."""
    better = {"up": "more is better", "down": "less is better", "zero": "close to 0 is better", "none": "-"}
    lines = [
        "# Measures",
        "",
        "Every number that `coproduce measure` and the Network page show, declared in `coproduce.measures.catalogue`.",
        "All are computed from the event log of the live network and of a simulated one alike, with a 95 % interval.",
        "A measure that the log cannot carry answers without a value and with the reason. Groups under 11 are hidden,",
        "with as many others as it takes to keep them hidden.",
        "",
        "Unless its source says otherwise, the interval of a share is Wilson's, of a count Garwood's, of a mean the",
        "normal one, and of a median or other quantile that from the order of the values (Conover 1999). Ratios,",
        "indices and spreads have theirs from drawing people, or what was rated, again with replacement a thousand",
        "times (200 times beyond 500). Numbers of structure have one where --null R asks for draws. A census (how many",
        "people, sites, ties) has none.",
    ]
    family = ""
    for one in CATALOGUE.values():
        if one.family != family:
            family = one.family
            lines += [
                "",
                f"## {family}",
                "",
                "| id | name | formula | unit | better | needs at least | limits | source |",
            ]
            lines += ["| --- | --- | --- | --- | --- | --- | --- | --- |"]
        finest = f"times to {one.resolution / DAY_US:.3g} d" if one.resolution else "-"
        cells = (f"`{one.id}`", one.name, one.formula, one.unit, better[one.direction], finest, one.limits, one.source)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") or "-" for cell in cells) + " |")
    return "\n".join(lines) + "\n"
