"""Lines of the phase diagram of gradient flow and maximum-likelihood message passing, as Δ₂ at given Δp.

Every line tends to Δ₂ = 1, the transition of the spiked matrix, for Δp → ∞. Equations: docs/theory/landscape.md.

More than 250 lines, of which three quarters say what short closed forms mean.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from .._kernels import phases as kernels
from ..checks import Floats, Values, as_values, check_noises, check_order, check_ranges
from ..errors import ParameterError


def inverse_noises(p: int, delta_p: ArrayLike) -> tuple[int, Floats, tuple[int, ...]]:
    """Validate (p, Δp); return p, 1/Δp flattened, and the shape of Δp."""
    order, noises = check_order(p), check_noises("delta_p", delta_p)
    return order, np.ascontiguousarray(1 / noises).ravel(), noises.shape


def solved(which: int, p: int, delta_p: ArrayLike) -> Values:
    """Return Δ₂ on one of the lines that a kernel solves for; inf where 1/Δ₂ is 0, NaN where there is none."""
    p, b, shape = inverse_noises(p, delta_p)
    out = np.empty(b.size)
    kernels.line(which, p, b, out)
    return as_values((1 / out).reshape(shape))


def gradient_flow_line(p: int, delta_p: ArrayLike) -> Values:
    """Return Δ₂ of the gradient-flow line; broadcasts over Δp.

    Below it (above it in 1/Δ₂) the threshold states that attract a flow without overlap have one direction of
    negative curvature, towards the signal. It holds for an infinitesimal initial overlap.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.

    Returns
    -------
    float or ndarray
        Δ₂, of the shape of ``delta_p``; 1 for Δp = inf.

    Raises
    ------
    ParameterError
        If p or Δp is out of range.

    Notes
    -----
    θ(0) = 1, that is Δp = (p-1)Δ₂²/(1-Δ₂): equation (14) of docs/theory/landscape.md, [SaraoMannelli2019a].

    Examples
    --------
    >>> gradient_flow_line(3, 1.0)
    0.5
    """
    p, b, shape = inverse_noises(p, delta_p)
    out = np.empty(b.size)
    kernels.flow_lines(p, b, out)
    return as_values((1 / out).reshape(shape))


def amp_line(p: int, delta_p: ArrayLike) -> Values:
    """Return Δ₂ of the line of maximum-likelihood message passing (ML-AMP); broadcasts over Δp.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.

    Returns
    -------
    float or ndarray
        Δ₂, of the shape of ``delta_p``; 1 for Δp = inf.

    Raises
    ------
    ParameterError
        If p or Δp is out of range.

    Notes
    -----
    m = 0 turns unstable at 1/Δ₂² = Q'(1): Δp = Δ₂²/(1-Δ₂) whatever p; equation (15), [SaraoMannelli2019b].

    Examples
    --------
    >>> amp_line(4, 0.5)
    0.5
    """
    _, b, shape = inverse_noises(p, delta_p)
    out = np.empty(b.size)
    kernels.flow_lines(2, b, out)
    return as_values((1 / out).reshape(shape))


def langevin_line(p: int, delta_2: ArrayLike, temperature: ArrayLike = 1.0) -> Values:
    """Return Δp of the Langevin line at given Δ₂ and temperature; broadcasts.

    Threshold states of temperature T lose their stability to the signal there. The line is parametric because it
    may fold: where Δp has a maximum in Δ₂, the branch at small Δ₂ is the line between hard and easy, and the other
    bounds a strip in which the matrix alone gives a weak overlap.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_2 : array_like
        Noise variance of the matrix, 1e-4 to 1e8 or inf. Dimensionless.
    temperature : array_like
        Temperature T from 0 to 2, in units of the Bayes-optimal one; 0 is the gradient-flow line.

    Returns
    -------
    float or ndarray
        Δp; NaN where there is no line (Δ₂ >= 1 or TΔ₂ >= 1).

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Notes
    -----
    Δp = (p-1)(1-TΔ₂)^(p-2) Δ₂²/(1-Δ₂): equation (20), [SaraoMannelli2018].

    Examples
    --------
    >>> langevin_line(3, 0.5, 1.0)
    0.5
    """
    p = check_order(p)
    x = check_noises("delta_2", delta_2)
    T = check_ranges("temperature", temperature)
    x, T = np.broadcast_arrays(x, T)
    there = (x < 1) & (T * x < 1)
    y = np.where(there, x, 0.5 / np.maximum(T, 1.0))
    line = (p - 1) * (1 - T * y) ** (p - 2) * y * y / (1 - y)
    return as_values(np.where(there, line, np.nan))


def typical_line(p: int, delta_p: ArrayLike) -> Values:
    """Return Δ₂ below which every typical stationary point of the equator outside the bulk is a saddle.

    Between it and the gradient-flow line the high minima of the equator have turned into saddles of index one that
    point to the signal, while the deeper ones are still minima. Broadcasts over Δp.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.

    Returns
    -------
    float or ndarray
        Δ₂, of the shape of ``delta_p``; 1 for Δp = inf.

    Raises
    ------
    ParameterError
        If p or Δp is out of range.

    Notes
    -----
    Σ(0, σ(θ+1/θ)) = 0 with θ = θ(0): equation (16) of docs/theory/landscape.md, derived here.
    """
    return solved(kernels.TYPICAL, p, delta_p)


def trivialization_line(
    p: int, delta_p: ArrayLike, *, overlaps: Literal["nonnegative", "equator", "all"] = "nonnegative"
) -> Values:
    """Return Δ₂ below which no exponential number of spurious minima is left; broadcasts over Δp.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.
    overlaps : {"nonnegative", "equator", "all"}
        Which minima: those at m >= 0, where m = 0 is the last to empty; those about the equator, followed by the
        maximum of Σ nearest m = 0, which lies at a slightly negative overlap for p = 3 (at other m < 0 minima may
        be left beyond it); or those at any overlap, the mirror well included.

    Returns
    -------
    float or ndarray
        Δ₂, of the shape of ``delta_p``; 1 for Δp = inf.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Notes
    -----
    No μ >= 2σ with Σ of minima > 0: equations (17) and (18) of docs/theory/landscape.md, [SaraoMannelli2019b]. The
    optimum is at μ = 2σ. For odd p an isolated minimum remains at negative overlap beyond every line.

    Examples
    --------
    >>> trivialization_line(3, float("inf"))
    1.0
    """
    if overlaps not in ("nonnegative", "equator", "all"):
        raise ParameterError("overlaps", 'The overlaps must be "nonnegative", "equator" or "all".')
    if overlaps == "all":
        equator = trivialization_line(p, delta_p, overlaps="equator")
        return as_values(np.asarray(np.fmin(equator, mirror_line(p, delta_p))))
    order, b, shape = inverse_noises(p, delta_p)
    if overlaps == "nonnegative" or order > 3:
        return solved(kernels.TRIVIAL, p, delta_p)
    out = np.empty(b.size)
    kernels.equator_line(b, out)
    return as_values((1 / out).reshape(shape))


def good_well_line(p: int, delta_p: ArrayLike) -> Values:
    """Return Δ₂ below which the good well is a stable minimum; NaN where it always is. Broadcasts over Δp.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.

    Returns
    -------
    float or ndarray
        Δ₂, of the shape of ``delta_p``; NaN where the well is always stable.

    Raises
    ------
    ParameterError
        If p or Δp is out of range.

    Notes
    -----
    A = σ at the good well, σ = 1/Δ₂ + (1-Q'(1)/Q″(1))^((p-2)/2)/Δp: equation (11) of docs/theory/landscape.md.
    """
    return solved(kernels.GOOD_WELL, p, delta_p)


def mirror_line(p: int, delta_p: ArrayLike) -> Values:
    """Return Δ₂ below which an odd order has an isolated minimum at negative overlap; NaN for even p.

    Above it (below it in 1/Δ₂) the mirror well is glassy. Broadcasts over Δp.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.

    Returns
    -------
    float or ndarray
        Δ₂, of the shape of ``delta_p``; NaN for even p.

    Raises
    ------
    ParameterError
        If p or Δp is out of range.

    Notes
    -----
    A = σ at the mirror well, σ = 1/Δ₂ - (1-Q'(1)/Q″(1))^((p-2)/2)/Δp: equation (11) of docs/theory/landscape.md.
    """
    if check_order(p) % 2 == 0:
        return as_values(np.full(check_noises("delta_p", delta_p).shape, np.nan))
    return solved(kernels.MIRROR, p, delta_p)


def decay_line(p: int, delta_p: ArrayLike) -> Values:
    """Return Δ₂ above which an infinitesimal overlap decays under gradient flow; a heuristic.

    Between it and the gradient-flow line the overlap grows as a power of time. The true line lies at slightly
    smaller Δ₂, since the measured response is 2-6 % below the ansatz used. Broadcasts over Δp.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.

    Returns
    -------
    float or ndarray
        Δ₂, of the shape of ``delta_p``; 1 for Δp = inf.

    Raises
    ------
    ParameterError
        If p or Δp is out of range.

    Notes
    -----
    σ/Δ₂ = Q'(1) or Δ₂ = 1, whichever is smaller: the total response σ/Q'(1) is that of the ageing ansatz of
    [CugliandoloKurchan1993]; equation (19) of docs/theory/landscape.md.
    """
    return solved(kernels.DECAY, p, delta_p)
