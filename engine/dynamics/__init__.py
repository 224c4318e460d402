"""Gradient flow and Langevin dynamics of the spiked matrix-tensor model in the limit N → ∞.

With Q the covariance of the loss, correlation C(t,t'), response R(t,t') and overlap m(t) obey

    ∂C/∂t = -μC + Q'(m_t) m_t' + ∫₀ᵗ Q''(C_ts) R_ts C_t's ds + ∫₀ᵗ' Q'(C_ts) R_t's ds,      C(t,t) = 1
    ∂R/∂t = -μR + ∫ₜ'ᵗ Q''(C_ts) R_ts R_st' ds,                                              R(t,t) = 1
    dm/dt = -μm + Q'(m) + ∫₀ᵗ Q''(C_ts) R_ts m_s ds
    μ = T + mQ'(m) + ∫₀ᵗ R_ts [Q'(C_ts) + C_ts Q''(C_ts)] ds,    e = -Q(m) - ∫₀ᵗ R_ts Q'(C_ts) ds

(Cugliandolo and Kurchan 1993; with a signal, Sarao Mannelli et al., arXiv:1812.09066, 1902.00139,
1907.08226).

Method: a row C(t,·), R(t,·) lives on a grid in t'/t that is geometric from both ends; rows follow one another
in ln t by backward differentiation, each solved by Newton's method with the exact Jacobian of its own history
integrals; after an escape the run starts again with the escape's memory in fixed columns. The cost grows like
a power of ln t. Derivation, accuracy and limits: docs/theory/dynamics.md.
"""

from .._kernels.dynamics_flow import Stop
from .flow import integrate_flow
from .gain import Gain, escape_gain
from .trajectory import Trajectory
from .two_time import FluctuationDissipation, TwoTime

__all__ = ["FluctuationDissipation", "Gain", "Stop", "Trajectory", "TwoTime", "escape_gain", "integrate_flow"]
