"""Flows to t = 1e4 in random landscapes of every family: none is cut."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Landscape, Status, phases
from engine.dynamics import integrate_flow

KINDS = ("spiked", "detuned", "pk", "quench", "field")


def coupling(rng):
    return float(np.exp(rng.uniform(-1.2, 1.2)))


def mixture(rng, orders):
    return {int(k): coupling(rng) for k in rng.choice(orders, 2, replace=False)}


def case(kind, rng):
    """A landscape and the options of a flow in it."""
    temperature = 0.0 if rng.random() < 0.7 else float(rng.uniform(0.1, 1.0))
    options = {"overlap_0": float(10 ** rng.uniform(-12, -0.5)), "temperature": temperature}
    if kind == "spiked":
        return Landscape.spiked({2: 2 * coupling(rng), **mixture(rng, range(3, 8))}), options
    if kind == "detuned":
        k = int(rng.integers(3, 6))
        ratios = {2: 2 * coupling(rng), k: coupling(rng)}
        return Landscape.spiked(ratios, {k: float(rng.uniform(0.2, 1.5))}), options
    if kind == "pk":
        p, k = int(rng.integers(3, 7)), int(rng.integers(2, 5))
        return Landscape.of({p: 1.0}, {k: 2 * coupling(rng)}), options
    if kind == "field":
        noise = mixture(rng, range(2, 7))
        options["overlap_0"] = max(options["overlap_0"], 1e-8)
        return Landscape.of(noise, {1: coupling(rng), 2: coupling(rng)}), options
    glass = Landscape.of(mixture(rng, range(3, 8)))
    dynamic, static = phases.mode_coupling_temperature(glass), phases.static_temperature(glass)
    T = max(dynamic.temperature * float(rng.uniform(0.97, 1.6)), static.temperature)
    return glass.at_equilibrium(T), {"temperature": temperature * T}


def check(kind, seed):
    landscape, options = case(kind, np.random.default_rng([seed, KINDS.index(kind)]))
    flow = integrate_flow(landscape, t_max=1e4, **options)
    assert flow.status is not Status.STOPPED_EARLY, (landscape, options, flow.message)
    assert flow.at([1e4]).energy[0] < 0
    order = np.array(flow.orders)
    np.testing.assert_allclose(flow.hessian_centre, -(flow.energies @ order), atol=1e-10 * landscape.sigma)
    assert np.all(np.abs(flow.overlap) <= 1 + 1e-5)
    if options["temperature"] == 0:
        assert np.max(np.diff(np.minimum.accumulate(flow.energy) - flow.energy)) < 1e-4 * landscape.sigma
        if flow.status is Status.REACHED:
            assert flow.lagrange_multiplier[-1] > 2 * landscape.sigma


@pytest.mark.jit
@pytest.mark.parametrize("kind", KINDS)
def test_a_flow_in_a_random_landscape_is_not_cut(kind):
    check(kind, 0)


@pytest.mark.slow
@pytest.mark.jit
@pytest.mark.parametrize("seed", range(1, 21))
@pytest.mark.parametrize("kind", KINDS)
def test_no_flow_in_a_hundred_random_landscapes_is_cut(kind, seed):
    check(kind, seed)
