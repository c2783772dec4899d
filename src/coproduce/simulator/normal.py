"""The inverse of the normal distribution function, without SciPy: a model must start within a second.

Source: Wichura 1988, algorithm AS 241 (PPND16), 10.2307/2347330; relative accuracy about 1e-16.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Coefficients of numerator and denominator, highest power first: centre, flank, tail.
CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
FLANK = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip

#: The same as arrays: power, side, one place for the numbers.
_CENTRE, _FLANK, _TAIL = (np.array(pair).T[:, :, np.newaxis] for pair in (CENTRE, FLANK, TAIL))


def quantile(u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The standard normal z with P(Z <= z) = u, for u strictly between 0 and 1; one-dimensional, float64."""
    if not u.size:
        return np.empty_like(u)
    q = u - 0.5
    return tails(u, q * _ratio(_CENTRE, 0.180625 - q * q))


def tails(u: npt.NDArray[np.float64], z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The quantiles z with those outside the centre put right, in place."""
    q = u - 0.5
    outside = np.flatnonzero(np.abs(q) > 0.425)
    if outside.size:
        least = np.minimum(u[outside], 1.0 - u[outside])
        r = np.sqrt(-np.log(least))
        size = _ratio(_FLANK, r - 1.6)
        far = np.flatnonzero(r > 5.0)
        if far.size:
            size[far] = _ratio(_TAIL, r[far] - 5.0)
        z[outside] = np.copysign(size, q[outside])
    return z


def _ratio(pair: npt.NDArray[np.float64], x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """One polynomial over another at x, one-dimensional, both by Horner's rule at once."""
    sides = np.repeat(pair[0], x.size, axis=1)
    for powers in pair[1:]:
        sides *= x
        sides += powers
    ratio: npt.NDArray[np.float64] = sides[0] / sides[1]
    return ratio
