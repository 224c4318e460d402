"""Every kernel a card needs, called once, so that no visitor waits for a compiler."""

from __future__ import annotations

from app.services.quantities import (
    energy_map,
    equator_map,
    ladder,
    landscape_card,
    langevin_line,
    phase_lines,
    references,
)
from app.state import DEFAULTS
from engine import dynamics, phases, simulation


def warm_up() -> None:
    """Load the kernels from numba's cache on disk, or compile them."""
    model = DEFAULTS.model
    phase_lines(DEFAULTS.p)
    langevin_line(DEFAULTS.p, 1.0)
    phases.classify(model)
    landscape_card(model)
    energy_map(model)
    equator_map(model.p, model.delta_p)
    ladder(model)
    references(model)
    dynamics.escape_gain(model, t_max=1e2)
    for t_max in (1e2, 1e6):  # two precisions of the linear solve: long runs need the second
        dynamics.integrate_flow(model, overlap_0=DEFAULTS.m0, t_max=t_max).at([1.0])
    # either kind of state, and a Hessian of a size that is drawn
    simulation.simulate(model, n_dim=1000, seed=1, t_max=2.0).hessian(1.0)
    simulation.simulate(model, n_dim=10**12, seed=1, overlap_0=0.1, t_max=2.0).hessian(1.0)
