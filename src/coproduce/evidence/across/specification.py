"""What a comparison is: the target trial that it stands for, its table and its columns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from coproduce.errors import BadFile, InvalidInput
from coproduce.evidence.across.estimators import People
from coproduce.evidence.across.terms import columns
from coproduce.evidence.arrays import Floats
from coproduce.evidence.reading import whole

METHODS = ("crude", "ipw", "standardisation", "aipw", "overlap")
#: The seven parts of a target trial. Source: Hernan and Robins 2016, 10.1093/aje/kwv254.
TARGET_TRIAL = ("eligibility", "strategies", "assignment", "time_zero", "follow_up", "outcome", "contrast")
#: Names under which the data file may stand.
_DATA = ("data", "data_file", "file")
_KEYS = frozenset({*_DATA, "treatment", "outcome", "confounders", "method", "folds", "seed", "modifiers", "override",
                   "negative_control", "target_trial"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Specification:
    """How to compare: method, folds of cross-fitting (1: none), seed; `control` (n,) is an outcome that must not move.

    `override` is the reason for which a refusal is overridden; `target_trial` says, part by part, which trial this
    stands for, and `unstated` names the parts that it leaves open.
    """

    method: str
    folds: int
    seed: int
    override: str | None
    control: Floats | None
    target_trial: dict[str, str]

    @property
    def unstated(self) -> list[str]:
        """The parts of the target trial that nobody has stated."""
        return [part for part in TARGET_TRIAL if not self.target_trial.get(part, "").strip()]


def read_specification(path: Path) -> tuple[Specification, People, tuple[str, ...]]:
    """The specification of a TOML file, the people of the table that it names, and the names of their columns.

    The table is CSV or Parquet, its path relative to the file, or to where the command runs. Raises BadFile or
    InvalidInput, naming the field.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadFile(given=f"{path.name}, which cannot be read as TOML", expected="a specification") from problem
    named = next((document[key] for key in _DATA if key in document), None)
    return specification(document, _table(path, named))


def specification(document: Mapping[str, Any], table: pl.DataFrame) -> tuple[Specification, People, tuple[str, ...]]:
    """The same from a document and a table that are in memory."""
    _refuse_unknown(document)
    method = document.get("method", "aipw")
    if method not in METHODS:
        raise InvalidInput(given="an unknown method", expected="one of " + ", ".join(METHODS), field="method")
    t, y = _treatment(table, document.get("treatment")), _numbers(table, document.get("outcome"), "outcome")
    found = columns(table, document.get("confounders", []))
    if method != "crude" and not found.names:
        raise InvalidInput(
            given=f"no confounders for {method}", expected="at least one",
            next_step='For the difference as it stands, use method = "crude".', field="confounders",
        )  # fmt: skip
    control = document.get("negative_control")
    spec = Specification(
        method=method, folds=whole(document.get("folds", 1), "folds", low=1, high=table.height // 2),
        seed=whole(document.get("seed", 1), "seed"),
        override=_override(document.get("override")),
        control=None if control is None else _numbers(table, control, "negative_control"),
        target_trial={str(k): str(v) for k, v in document.get("target_trial", {}).items()},
    )  # fmt: skip
    return spec, People(t, y, found.values, _modifiers(document, found.names)), found.names


def _refuse_unknown(document: Mapping[str, Any]) -> None:
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise InvalidInput(
            given="a key that a comparison does not have", expected="only " + ", ".join(sorted(_KEYS)), field=unknown[0]
        )


def _table(path: Path, name: object) -> pl.DataFrame:
    if not isinstance(name, str) or not name:
        raise InvalidInput(given="no data file", expected='data = "table.csv", relative to the file', field="data")
    file = path.parent / name
    file = file if file.exists() else Path(name)
    try:
        return pl.read_parquet(file) if file.suffix == ".parquet" else pl.read_csv(file, infer_schema_length=None)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise BadFile(
            given=f"{file.name}, which cannot be read", expected="a CSV or Parquet table", field="data"
        ) from problem


def _treatment(table: pl.DataFrame, name: object) -> Floats:
    t = _numbers(table, name, "treatment")
    if not np.isin(t, (0.0, 1.0)).all():
        raise InvalidInput(given="a treatment with other values than 0 and 1", expected="0 or 1", field="treatment")
    if not 0 < t.sum() < t.size:
        nobody = "nobody" if t.sum() == 0 else "everybody"
        raise InvalidInput(
            given=f"a treatment that {nobody} had", expected="some with and some without", field="treatment"
        )
    return t


def _numbers(table: pl.DataFrame, name: object, field: str) -> Floats:
    if not isinstance(name, str) or name not in table.columns:
        raise InvalidInput(given=f"no such column for the {field}", expected="a column of the table", field=field)
    values: Floats = table[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().astype(np.float64)
    if not np.isfinite(values).all():
        raise InvalidInput(
            given=f"{int((~np.isfinite(values)).sum())} rows in which the {field} is not a number",
            expected="a finite number in every row", next_step="Leave those people out and say how many they are.",
            field=field,
        )  # fmt: skip
    return values


def _override(found: object) -> str | None:
    if found is None:
        return None
    if not isinstance(found, str) or not found.strip():
        raise InvalidInput(given="an override without a reason", expected="the reason, in words", field="override")
    return found


def _modifiers(document: Mapping[str, Any], names: tuple[str, ...]) -> np.ndarray:
    """Columns that the effect may depend on, in the outcome model: every column of each name that is listed."""
    listed = document.get("modifiers", [])
    found = [i for i, name in enumerate(names) if name.split("=")[0] in listed]
    if len(set(listed)) > len({names[i].split("=")[0] for i in found}):
        raise InvalidInput(
            given="a modifier that is no confounder", expected="names among the confounders", field="modifiers"
        )
    return np.array(found, dtype=np.int64)
