"""Tables beside the log: what an event cannot say. Each is declared by its columns and checked when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import polars as pl

from coproduce.errors import BadFile, InvalidInput
from coproduce.events import Role


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type, what it holds, and the least and most that it may hold, where it is a number.

    One with a `default` may be absent, or empty in a row; one with `words` holds one of them.
    """

    dtype: type[pl.Int64 | pl.Float64 | pl.String | pl.Date]
    says: str
    least: float | None = None
    most: float | None = None
    default: str | None = None
    words: tuple[str, ...] = ()


_ACTOR = Column(pl.Int64, "the person's number in the log", 0)
_ROLES = tuple(role.name.lower() for role in Role if role not in {Role.UNKNOWN, Role.COMPUTER})
_VERSION = Column(pl.Int64, "the resource version's number in the log", 0)

#: Every table by its name: the file is <name>.csv.
SCHEMAS: Mapping[str, Mapping[str, Column]] = MappingProxyType(
    {
        "organisations": {"actor": _ACTOR, "organisation": Column(pl.String, "the organisation somebody acts for")},
        "shown": {
            "need": Column(pl.Int64, "the need's number in the log", 0),
            "version": _VERSION,
            "rank": Column(pl.Int64, "the place it was shown at, 1 first", 1),
            "propensity": Column(pl.Float64, "the chance with which it was shown there", 1e-6, 1),
        },
        "ratings": {
            "rater": _ACTOR,
            "item": _VERSION,
            "value": Column(pl.Float64, "0 no, 0.5 partly, 1 yes", 0, 1),
        },
        "scores": {
            "rater": _ACTOR,
            "round": Column(pl.Int64, "which round of rating, 1 first", 1),
            "domain": Column(pl.String, "the domain of the grid"),
            "component": Column(pl.String, "the component rated"),
            "value": Column(pl.Float64, "the stage on the grid's scale", 0, 10),
        },
        "resources": {
            "version": _VERSION,
            "licence": Column(pl.String, "SPDX id, empty when unknown"),
            "language": Column(pl.String, "BCP 47 tag, empty when unknown"),
            "source": Column(pl.String, "where it comes from, empty when unknown"),
            "json_ld": Column(pl.Int64, "1 when its JSON-LD is valid, else 0", 0, 1),
        },
        "outcomes": {
            "topic": Column(pl.Int64, "the declared measure's number in the log", 0),
            "low": Column(pl.Float64, "the least value that meets the goal"),
            "high": Column(pl.Float64, "the most value that meets the goal"),
            "form": Column(
                pl.String,
                "share, bundle (all of its topics or none) or rate (values that are the event, by 1,000 days)",
                default="share",
                words=("share", "bundle", "rate"),
            ),
            "role": Column(pl.String, "whose outcome it is: a role, or any", default="any", words=("any", *_ROLES)),
            "days": Column(
                pl.Float64, "how long before the end of the window a value still counts", 0, 1e5, default="1e5"
            ),
            "missing": Column(
                pl.String,
                "people without a value: left out, or not met",
                default="left out",
                words=("left out", "not met"),
            ),
        },
        "pemat": {
            "version": _VERSION,
            "rater": _ACTOR,
            "scale": Column(pl.String, "understandability or actionability"),
            "share": Column(pl.Float64, "the share of the scale's points that the rater gave", 0, 1),
        },
        "principles": {
            "rater": _ACTOR,
            "principle": Column(pl.Int64, "which of Ostrom's eight", 1, 8),
            "value": Column(pl.Float64, "0 absent to 3 strong", 0, 3),
        },
        "names": {
            "actor": _ACTOR,
            "shown": Column(pl.Int64, "1 when others see their name, 0 when it is hidden", 0, 1),
        },
        "posts": {
            "post": Column(pl.Int64, "the number in the log of what somebody owns", 0),
            "deputy": Column(pl.Int64, "the number of the owner's deputy, -1 for none", -1),
        },
        "money": {
            "day": Column(pl.Date, "the day it was spent, as 2026-01-31"),
            "site": Column(pl.Int64, "the site's number in the log, -1 for the whole network", -1),
            "spent": Column(pl.Float64, "how much, in one currency", 0),
        },
        "eligible": {
            "stratum": Column(pl.String, "a stratum of the strata's table"),
            "people": Column(pl.Float64, "how many people of it the network is for, members or not", 0),
        },
        "severity": {
            "topic": Column(pl.Int64, "the topic's number in the log", 0),
            "weight": Column(pl.Float64, "how much an unmet need of this topic weighs, 1 as usual", 0),
        },
        "survey_items": {
            "item": Column(pl.Int64, "the item's number in the log", 0),
            "scale": Column(
                pl.String,
                "belonging, agency, trust, connection, burden, partnership (as PEIRS-22) or network (trust in it)",
            ),
            "most": Column(pl.Float64, "the highest score of the item", 0),
        },
    }
)


@dataclass(frozen=True)
class Tables:
    """The tables that were given, by name."""

    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def get(self, name: str) -> pl.DataFrame | None:
        """The table, or None when it was not given."""
        return self.frames.get(name)

    def latest(self, name: str, *keys: str) -> pl.DataFrame | None:
        """The table with one row for each value of the key columns: the last one, since a later line corrects."""
        table = self.get(name)
        return None if table is None else table.unique(keys, keep="last", maintain_order=True)

    @classmethod
    def of(cls, given: Mapping[str, pl.DataFrame]) -> Tables:
        """Checked tables.

        Raises InvalidInput for a table or column that is not declared or not there, and for a cell that cannot be
        read or lies outside its bounds; the row is named by its number, never by its content.
        """
        unknown = sorted(set(given) - set(SCHEMAS))
        if unknown:
            raise InvalidInput(given=f"{len(unknown)} tables that are not declared", expected=", ".join(SCHEMAS))
        return cls({name: _checked(name, table) for name, table in given.items()})

    @classmethod
    def read(cls, folder: Path) -> Tables:
        """The declared tables of a folder, each from <name>.csv where there is one. Raises BadFile, InvalidInput."""
        if not folder.is_dir():
            raise BadFile(given="a folder of tables that is not there", expected=f"{', '.join(SCHEMAS)} as .csv")
        found = {}
        for name in SCHEMAS:
            path = folder / f"{name}.csv"
            if path.is_file():
                try:
                    found[name] = pl.read_csv(path, infer_schema_length=0)
                except pl.exceptions.PolarsError as problem:
                    raise BadFile(given=f"{name}.csv, which is no table", expected="a CSV file") from problem
        return cls.of(found)


#: No table was given.
NO_TABLES = Tables()


def _checked(name: str, table: pl.DataFrame) -> pl.DataFrame:
    columns = SCHEMAS[name]
    lacking = [name for name, one in columns.items() if name not in table.columns and one.default is None]
    if lacking:
        raise InvalidInput(given=f"{name} without {', '.join(lacking)}", expected=", ".join(columns))
    typed = table.select([_typed(key, one, key in table.columns) for key, one in columns.items()])
    for key, one in columns.items():
        series = typed[key]
        if one.dtype is pl.String:
            typed = typed.with_columns(pl.col(key).fill_null(""))
            bad = ~typed[key].is_in(one.words) if one.words else pl.Series([False] * typed.height)
        elif one.dtype is pl.Date:
            bad = series.is_null()
        else:
            number = series.cast(pl.Float64)
            bad = number.is_null() | ~number.is_finite()
            bad |= (number < one.least).fill_null(True) if one.least is not None else False
            bad |= (number > one.most).fill_null(True) if one.most is not None else False
        if bad.any():
            row = int(bad.arg_true()[0]) + 1
            if one.words:
                raise InvalidInput(
                    given=f"row {row} of {name} with a {key} that is not known", expected=", ".join(one.words)
                )
            bounds = f"{'any' if one.least is None else one.least:} to {'any' if one.most is None else one.most}"
            expected = "a date such as 2026-01-31" if one.dtype is pl.Date else f"a number, {bounds}"
            raise InvalidInput(given=f"row {row} of {name} with a {key} that cannot be", expected=expected)
    return typed


def _typed(key: str, one: Column, is_there: bool) -> pl.Expr:
    said = pl.col(key).cast(pl.String).str.strip_chars() if is_there else pl.lit(None, pl.String).alias(key)
    if one.default is not None:
        said = pl.when(said.is_null() | (said == "")).then(pl.lit(one.default)).otherwise(said).alias(key)
    return said.str.to_date("%Y-%m-%d", strict=False) if one.dtype is pl.Date else said.cast(one.dtype, strict=False)
