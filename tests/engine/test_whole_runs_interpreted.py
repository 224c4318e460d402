"""Whole runs so small that they end in a second as plain Python too: `make interpreted` runs them without the compiler.

The numbers are those of the compiled kernels; both ways must give them.
"""

from __future__ import annotations

import numpy as np
import pytest

from engine import Model, dynamics, simulation

MODEL = Model(p=3, delta_2=0.5, delta_p=1.0)


def test_a_short_flow_is_the_same_compiled_and_interpreted() -> None:
    flow = dynamics.integrate_flow(MODEL, overlap_0=0.3, t_max=1.0, tolerance=1e-2)
    assert flow.overlap[-1] == pytest.approx(0.6979545957, abs=1e-8)
    warm = dynamics.integrate_flow(MODEL, overlap_0=0.3, t_max=1.0, tolerance=1e-2, temperature=0.5)
    assert warm.overlap[-1] == pytest.approx(0.5918975156, abs=1e-8)
    two = flow.two_time(5)
    np.testing.assert_allclose(np.diag(two.correlation), 1.0, atol=1e-6)


def test_the_growth_of_an_overlap_is_the_same() -> None:
    gain = dynamics.escape_gain(MODEL, t_max=1.0)
    assert gain.log_gain[-1] == pytest.approx(0.9226094345, abs=1e-8)


def test_a_small_instance_and_its_hessian_are_the_same() -> None:
    run = simulation.simulate(MODEL, n_dim=20, seed=1, t_max=1.0)
    assert run.overlap[-1] == pytest.approx(0.22268245448592142, abs=1e-10)
    np.testing.assert_allclose(run.hessian(0.5).lowest, [-1.72459797, -1.08634857, -0.56963892], atol=1e-7)
    again = run.restart(start="flipped", t_max=1.0)
    assert again.overlap[0] == pytest.approx(-run.overlap[-1])
