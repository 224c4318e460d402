"""Times of an event some of which are only known to lie beyond: the product limit, its median, and what is certain.

Source: Kaplan and Meier, J. Am. Stat. Assoc. 53, 457 (1958); the variance is Greenwood's (1926), the band that of
ln(-ln S), the median's interval Brookmeyer and Crowley, Biometrics 38, 29 (1982).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Z: Final = 1.959963984540054  # standard normal within ±Z in 95 % of cases


@dataclass(frozen=True, slots=True)
class Survival:
    """Probability S(t) that the event has not happened by t; each array has shape (n,), one entry an event's time.

    Attributes
    ----------
    time : array
        Ascending; S(t) is that of the last of them not after t, and 1 before the first.
    survival : array
        S just after each.
    low, high : array
        Its pointwise 95 % band.
    """

    time: Floats
    survival: Floats
    low: Floats
    high: Floats

    @property
    def median(self) -> float:
        """First time with S at most 1/2; infinite if there is none."""
        return _first(self.time, self.survival)

    @property
    def median_interval(self) -> tuple[float, float]:
        """95 % interval of the median; infinite where the data do not bound it."""
        return _first(self.time, self.low), _first(self.time, self.high)


def kaplan_meier(time: Floats, happened: NDArray[np.bool_]) -> Survival:
    """Estimate S(t) from right-censored times.

    It assumes that what ends an observation early says nothing of what would have followed; `median_bounds` does not.

    Parameters
    ----------
    time : array, shape (k,)
        When the event happened, or up to when it is known not to have happened.
    happened : array of bool, shape (k,)
        Which of the two.
    """
    at = np.unique(time[happened])
    events = np.array([np.sum((time == t) & happened) for t in at], dtype=np.float64)
    at_risk = np.array([np.sum(time >= t) for t in at], dtype=np.float64)
    survival = np.cumprod(1 - events / at_risk, dtype=np.float64)
    low, high = np.zeros(at.size), np.ones(at.size)
    some = survival > 0  # Greenwood's variance ends where nobody is left
    variance = np.cumsum(events[some] / (at_risk[some] * (at_risk[some] - events[some])))
    log = np.log(survival[some])
    spread = Z * np.sqrt(variance) / np.abs(log)
    low[some], high[some] = np.exp(log * np.exp(spread)), np.exp(log * np.exp(-spread))
    high[~some] = high[some][-1] if some.any() else 1.0
    return Survival(at, survival, low, high)


def median_bounds(
    time: Floats, happened: NDArray[np.bool_], was_cut: NDArray[np.bool_]
) -> tuple[float, float]:
    """Between which times the sample's median lies whatever the cut ones would have done.

    Parameters
    ----------
    time, happened : array, shape (k,)
        As in `kaplan_meier`.
    was_cut : array of bool, shape (k,)
        Those that are not known beyond their time; the others did not happen by the end.
    """
    earliest = np.where(happened | was_cut, time, np.inf)
    latest = np.where(happened, time, np.inf)
    half = (time.size + 1) // 2  # of so many the first time with at most half left
    return float(np.sort(earliest)[half - 1]), float(np.sort(latest)[half - 1])


def _first(time: Floats, survival: Floats) -> float:
    reached = np.flatnonzero(survival <= 0.5 * (1 + 1e-12))
    return float(time[reached[0]]) if reached.size else float("inf")
