"""Bayes-optimal phases: what any method can do (T = 1), whatever gradient flow does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from .._kernels import bayes as kernels
from ..checks import Values, as_values
from ..model import Model
from .lines import inverse_noises


class BayesPhase(StrEnum):
    """What Bayes-optimal inference can do; a statement about the posterior, not about the likelihood."""

    IMPOSSIBLE = "impossible"
    HARD = "hard"
    WEAK = "weak"
    EASY = "easy"

    @property
    def heading(self) -> str:
        """A few words for the phase diagram."""
        return BAYES_TITLES[self]

    @property
    def sentence(self) -> str:
        """What may be said of it."""
        return BAYES_SENTENCES[self]


BAYES_TITLES = {
    BayesPhase.IMPOSSIBLE: "impossible for anyone",
    BayesPhase.HARD: "possible but hard",
    BayesPhase.WEAK: "a weak overlap is easy, the full one hard",
    BayesPhase.EASY: "easy for Bayes-optimal AMP",
}
BAYES_SENTENCES = {
    BayesPhase.IMPOSSIBLE: "No method at all can find an overlap with the signal.",
    BayesPhase.HARD: "The signal can be found in principle, but Bayes-optimal message passing does not find it.",
    BayesPhase.WEAK: "Bayes-optimal message passing reaches a weak overlap easily; the full one is hard.",
    BayesPhase.EASY: "Bayes-optimal message passing finds the signal.",
}


@dataclass(frozen=True, slots=True)
class BayesLines:
    """Lines of Bayes-optimal inference, each a Δ₂ of the shape of Δp (a float for a scalar).

    Attributes
    ----------
    dynamic : float or ndarray
        Where the informed fixed point appears; NaN if the transition is continuous.
    information : float or ndarray
        Where it becomes the optimal one; NaN if the transition is continuous.
    algorithmic : float or ndarray
        Where message passing reaches it from scratch; 1 if the transition is continuous.

    All are inf where the tensor alone suffices, that is where 1/Δ₂ would be negative.
    """

    dynamic: Values
    information: Values
    algorithmic: Values


def bayes_lines(p: int, delta_p: ArrayLike) -> BayesLines:
    """Return the dynamic, information and algorithmic lines of Bayes-optimal inference; broadcasts over Δp.

    Parameters
    ----------
    p : int
        Order of the tensor, 3 to 10.
    delta_p : array_like
        Noise variance of the tensor, 1e-4 to 1e8 or inf. Dimensionless.

    Returns
    -------
    BayesLines
        Three Δ₂, each of the shape of ``delta_p``.

    Raises
    ------
    ParameterError
        If p or Δp is out of range.

    Notes
    -----
    Spinodals and equal free entropy of the branch 1/Δ₂ = 1/(1-q) - q^(p-2)/Δp: equations (24)-(26) of
    docs/theory/landscape.md, [Lesieur2017], [SaraoMannelli2018]. For p >= 4 and 1/Δ₂ > 1 the informed branch is
    compared with the weak one rather than with q = 0.

    Examples
    --------
    For p = 3 the dynamic line is 1/Δ₂ = (2√Δp - 1)/Δp:

    >>> round(bayes_lines(3, 0.64).dynamic, 12) == round(0.64 / 0.6, 12)
    True
    """
    p, b, shape = inverse_noises(p, delta_p)
    out = np.empty((b.size, 3))
    kernels.transitions(p, b, out)
    with np.errstate(divide="ignore"):
        lines = np.where(out <= 0, np.inf, 1 / out)
    dynamic, information, algorithmic = (as_values(lines[:, k].reshape(shape).copy()) for k in range(3))
    for values in (dynamic, information, algorithmic):
        if isinstance(values, np.ndarray):
            values.setflags(write=False)
    return BayesLines(dynamic, information, algorithmic)


def bayes_phase(model: Model) -> tuple[BayesPhase, str]:
    """Return the Bayes-optimal phase of a model and the sentence that goes with it."""
    a, out = model.inverse_delta_2, np.empty((1, 3))
    kernels.transitions(model.p, np.array([model.inverse_delta_p]), out)
    _, information, algorithmic = (float(x) for x in out[0])
    first_order = information == information
    if a <= 1:
        phase = BayesPhase.HARD if first_order and a > information else BayesPhase.IMPOSSIBLE
    else:
        phase = BayesPhase.WEAK if first_order and a <= algorithmic else BayesPhase.EASY
    if phase is BayesPhase.WEAK and a <= information:
        return (
            phase,
            "Bayes-optimal message passing reaches a weak overlap, the best that anyone can do here.",
        )
    return phase, phase.sentence
