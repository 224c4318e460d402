"""Temperatures at which a mixed p-spin glass changes: what a quench from equilibrium remembers.

Notation as in docs/theory/landscapes.md; [CrisantiSommers1992], [FolenaFranzRicciTersenghi2020].
"""

from __future__ import annotations

from .. import temperatures
from ..landscape import Landscape
from ..temperatures import Critical

__all__ = ["Critical", "mode_coupling_temperature", "state_following_temperature", "static_temperature"]


def mode_coupling_temperature(landscape: Landscape) -> Critical:
    """Return T_MCT, below which equilibrium is divided into states and its dynamics never leaves one.

    Parameters
    ----------
    landscape : Landscape
        The landscape; its signal, if any, is not looked at.

    Returns
    -------
    Critical
        Temperature and overlap of two configurations of one state; 0 where the transition is continuous.

    Notes
    -----
    T² = max over q of Q'(q)(1 - q)/q: equation (19) of docs/theory/landscapes.md.

    Examples
    --------
    For noise of order 3 alone T² = Q'(1)/4:

    >>> round(mode_coupling_temperature(Landscape.of({3: 1.0})).temperature, 12)
    0.5
    """
    return temperatures.mode_coupling(landscape.noise)


def static_temperature(landscape: Landscape) -> Critical:
    """Return T_K, the static (Kauzmann) temperature: equilibrium from it upwards can be planted.

    Parameters
    ----------
    landscape : Landscape
        The landscape; its signal, if any, is not looked at.

    Returns
    -------
    Critical
        Temperature and overlap of two configurations of one state; 0 where the transition is continuous.

    Notes
    -----
    T² = max over q of Q(q)/(-q - ln(1 - q)), the lowest T at which the annealed free energy is the lower one for
    every q: equation (18) of docs/theory/landscapes.md.

    Examples
    --------
    >>> round(static_temperature(Landscape.of({3: 1.5})).temperature, 6)
    0.586054
    """
    return temperatures.kauzmann(landscape.noise)


def state_following_temperature(landscape: Landscape) -> Critical:
    """Return T_SF: states of equilibrium at T₀ < T_SF have a bottom with a gap, which a quench reaches.

    Between it and `mode_coupling_temperature` the quench remembers its state, but ages at its marginal bottom.
    Of wide mixtures it may lie below `static_temperature`: then no state that can be planted has such a bottom.

    Parameters
    ----------
    landscape : Landscape
        The landscape; its signal, if any, is not looked at.

    Returns
    -------
    Critical
        Temperature T₀ and overlap of the bottom with the start; NaN where no order above 2 carries noise.

    Notes
    -----
    The good minimum of the planted landscape is marginal, A = σ: m² = 1 - Q'(1)/Q''(1) and T₀ = Q'(m)/(mσ), equation
    (20) of docs/theory/landscapes.md.

    Examples
    --------
    >>> round(state_following_temperature(Landscape.of({3: 1.5, 4: 2.0})).temperature, 6)
    0.798275
    """
    return temperatures.state_following(landscape.noise)
