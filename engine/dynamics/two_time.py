"""Functions of two times, as a trajectory gives them."""

from __future__ import annotations

from dataclasses import dataclass

from ..checks import Floats


@dataclass(frozen=True, kw_only=True)
class TwoTime:
    """Correlation and response at all pairs of ``n`` times.

    Attributes
    ----------
    time : ndarray, shape (n,)
        Log-spaced, in units of the bare flow.
    correlation, response : ndarray, shape (n, n)
        ``[i, j]`` belongs to (t_i, t_j), the later time first. The correlation is symmetric; the response
        vanishes above the diagonal.
    """

    time: Floats
    correlation: Floats
    response: Floats


@dataclass(frozen=True, kw_only=True)
class FluctuationDissipation:
    """Integrated response against correlation, both seen from one late time.

    Attributes
    ----------
    time : float
        The late time t.
    waiting_time : ndarray, shape (n,)
        Increasing, dense at both ends of (0, t).
    correlation : ndarray, shape (n,)
        C(t, t').
    integrated_response : ndarray, shape (n,)
        χ(t, t') = ∫ R(t, s) ds from t' to t, in units of time.
    """

    time: float
    waiting_time: Floats
    correlation: Floats
    integrated_response: Floats
