"""Evidence on treatments: rows of outcomes by unit and treatment, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduce.simulator.streams import FloatArray, IntArray

#: What is believed of a treatment of which nothing is known, at the weight of one row.
PRIOR_MEAN, PRIOR_ROWS = 0.5, 1.0


@dataclass
class Evidence:
    """Number and sum of outcomes by unit and treatment, float (units, treatments); rows may count in part."""

    count: FloatArray
    total: FloatArray

    @classmethod
    def none(cls, n: int, n_treatments: int) -> Evidence:
        """No evidence yet, for n units."""
        return cls(np.zeros((n, n_treatments)), np.zeros((n, n_treatments)))

    def capped(self, units: IntArray, cap: float) -> tuple[FloatArray, FloatArray]:
        """The weight of this evidence, at most `cap` a treatment, and weight times mean; (len(units), treatments)."""
        count = self.count[units]
        weight = np.minimum(count, cap)
        return weight, weight * self.total[units] / np.where(count > 0.0, count, 1.0)

    def lend(self, rows: FloatArray, total: FloatArray, units: IntArray, trust: FloatArray, *, cap: float) -> None:
        """Adds this evidence of these units to rows and their sum, both float (units, treatments), in place.

        It counts as at most `cap` rows a treatment, times how far each unit trusts it.
        """
        weight, sums = self.capped(units, cap)
        rows += trust[:, None] * weight
        total += trust[:, None] * sums

    def add(
        self, units: IntArray, treatments: IntArray, outcomes: FloatArray, weight: FloatArray | None = None
    ) -> None:
        """Adds outcomes, each as one row or as this part of a row; a unit may come several times."""
        rows: FloatArray | float = 1.0 if weight is None else weight
        flat = units * self.count.shape[1] + treatments
        np.add.at(self.count.reshape(-1), flat, rows)
        np.add.at(self.total.reshape(-1), flat, rows * outcomes)

    def keep(self, share: float) -> None:
        """Keeps this share of every row."""
        self.count *= share
        self.total *= share

    def forget(self, units: IntArray) -> None:
        """Nothing is known any more by these units."""
        self.count[units] = 0.0
        self.total[units] = 0.0

    def __add__(self, other: Evidence) -> Evidence:
        return type(self)(self.count + other.count, self.total + other.total)

    def pooled(self, strength: float) -> Evidence:
        """The same rows, shrunk: each unit also has `strength` rows at the mean over all units that have any.

        A simple form of partial pooling (Gelman and Hill 2007, ch. 12, 10.1017/CBO9780511790942).
        """
        rows, total = self.count.sum(axis=0), self.total.sum(axis=0)
        extra = strength * rows / (rows + strength) if strength > 0 else np.zeros_like(rows)
        mean = total / np.where(rows > 0.0, rows, 1.0)
        return type(self)(self.count + extra, self.total + extra * mean)


@dataclass
class CareEvidence:
    """What is known of treatments: by each patient, each clinician, and in the commons by phenotype.

    In the commons, `rows` are what was shared (information), `wrong` the rows that are false, and `codified` what
    researchers made of them (knowledge): a number of rows that it stands for, and a mean that no new row moves.
    """

    own: Evidence
    clinician: Evidence
    rows: Evidence
    wrong: Evidence
    codified: Evidence

    @classmethod
    def none(cls, n_patients: int, n_clinicians: int, n_phenotypes: int, n_treatments: int) -> CareEvidence:
        """Nothing known."""
        sizes = (n_patients, n_clinicians, n_phenotypes, n_phenotypes, n_phenotypes)
        return cls(*(Evidence.none(n, n_treatments) for n in sizes))
