"""Trials to test with: a made-up person who tries a diet."""

import numpy as np

PAIN = {"name": "pain", "scale": [0, 10], "better": "lower", "family": "normal"}


def autocorrelated(draws, n, phi, sd=1.0):
    """n values of a stationary AR(1) series with mean 0."""
    e = draws.normal(size=n)
    y = np.empty(n)
    y[0] = e[0]
    for t in range(1, n):
        y[t] = phi * y[t - 1] + np.sqrt(1 - phi**2) * e[t]
    return sd * y


def trial(*, n=56, block=7, effect=-1.5, phi=0.3, missing=0.0, seed=1, **more):
    """A trial document: blocks of usual and diet in turn; whole numbers are not forced."""
    draws = np.random.default_rng(seed)
    arm = np.arange(n) // block % 2
    y = np.clip(5 + effect * arm + autocorrelated(draws, n, phi), 0, 10)
    gone = draws.random(n) < missing
    days = [
        {"day": i, "arm": ["usual", "diet"][a], "value": None if g else float(v)}
        for i, (a, v, g) in enumerate(zip(arm, y, gone, strict=True))
    ]
    return {"outcome": PAIN, "arms": ["usual", "diet"], "mcid": 1.0, "days": days} | more
