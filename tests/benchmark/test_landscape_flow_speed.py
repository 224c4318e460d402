"""What flows in general landscapes cost. Run with ``OPENBLAS_NUM_THREADS=1 pytest tests/benchmark -k landscape_flow``.

CPU seconds of one core of a 2020s server.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from engine import Landscape, Status
from engine.dynamics import integrate_flow
from tests.physics.test_flow_random_landscapes import KINDS, case

GLASS = Landscape.of({3: 1.5, 4: 2.0})
CPU = pytest.mark.benchmark(timer=time.process_time, min_rounds=10)


@CPU
@pytest.mark.parametrize(
    ("t_max", "tolerance", "bound"), [(100.0, 1e-4, 0.04), (100.0, 1e-3, 0.03), (1e5, 1e-4, 0.25)]
)
def test_a_quench_from_equilibrium(benchmark, t_max, tolerance, bound):
    benchmark(integrate_flow, GLASS.at_equilibrium(0.85), t_max=t_max, tolerance=tolerance)
    assert benchmark.stats.stats.min < bound


def test_a_hundred_random_landscapes_to_1e4():
    """The numbers of docs/theory/landscapes.md: median 0.05 s, worst 0.4 s."""
    spent = []
    for seed in range(21):  # the first of each kind compiles and lays grids
        for number, kind in enumerate(KINDS):
            landscape, options = case(kind, np.random.default_rng([seed, number]))
            began = time.process_time()
            flow = integrate_flow(landscape, t_max=1e4, **options)
            spent.append(time.process_time() - began)
            assert flow.status is not Status.STOPPED_EARLY
    assert np.median(spent[len(KINDS) :]) < 0.06
    assert max(spent[len(KINDS) :]) < 1.0
