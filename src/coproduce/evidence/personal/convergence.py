"""Whether a sampler's chains say the same: potential scale reduction (R-hat) and effective sample size."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from coproduce.evidence.arrays import Floats


def split(draws: Floats) -> Floats:
    """Each chain cut in two halves: (chains, n) to (2 chains, n // 2)."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def r_hat(draws: Floats) -> float:
    """The rank-normalised split R-hat of draws (chains, n): near 1 when chains agree; infinite for constant draws.

    Source: Vehtari et al. 2021, 10.1214/20-BA1221.
    """
    parts = split(draws)
    ranks = rankdata(parts).reshape(parts.shape)
    z = ndtri((ranks - 0.375) / (parts.size + 0.25))
    within, between = z.var(axis=1, ddof=1).mean(), z.mean(axis=1).var(ddof=1)
    return float(np.sqrt(1.0 + between / within)) if within > 0 else float("inf")


def effective_draws(draws: Floats) -> float:
    """How many independent draws these (chains, n) are worth for their mean.

    Autocorrelations of all chains together, summed in pairs as long as the pairs are positive and falling (Geyer 1992,
    10.1214/ss/1177011137; Vehtari et al. 2021, 10.1214/20-BA1221).
    """
    parts = split(draws)
    m, n = parts.shape
    centred = parts - parts.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * n, axis=1)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :n] / n
    within = covariance[:, 0].mean() * n / (n - 1)
    variance = within * (n - 1) / n + parts.mean(axis=1).var(ddof=1)
    if variance <= 0:
        return 0.0
    rho = 1.0 - (within - covariance.mean(axis=0) * n / (n - 1)) / variance
    pairs = rho[: 2 * (n // 2)].reshape(-1, 2).sum(axis=1)
    falling = np.minimum.accumulate(pairs)
    stop = int(np.argmax(falling <= 0)) if (falling <= 0).any() else falling.size
    time = max(2.0 * falling[:stop].sum() - 1.0, 1.0 / np.log10(m * n))
    return float(m * n / time)
