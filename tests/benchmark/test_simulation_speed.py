"""What a simulation costs: ``OPENBLAS_NUM_THREADS=1 pytest tests/benchmark/test_simulation_speed.py --benchmark-only``.

The bounds are for one core of a 2020s server; they are asserted on the fastest round.
"""

import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Model
from engine.simulation import simulate

THREE, FOUR = Model(p=3, delta_2=0.4, delta_p=4.0), Model(p=4, delta_2=0.4, delta_p=1.0)


def fastest(benchmark):
    return benchmark.stats.stats.min


@pytest.mark.parametrize(
    ("model", "n_dim", "bound"),
    [(THREE, 10**4, 0.15), (THREE, 10**12, 0.15), (FOUR, 10**4, 0.5), (FOUR, 10**12, 0.5)],
)
def test_a_path(benchmark, model, n_dim, bound):
    benchmark(simulate, model, n_dim=n_dim, seed=1, overlap_0=0.05, t_max=12.0, tolerance=1e-3)
    assert fastest(benchmark) < bound


@pytest.mark.parametrize(("n_dim", "bound"), [(10**4, 0.15), (10**5, 1.5)])
def test_a_hessian_with_histogram_and_lowest_three(benchmark, n_dim, bound):
    run = simulate(THREE, n_dim=n_dim, seed=1, overlap_0=0.05, t_max=12.0)
    benchmark.pedantic(run.hessian, (6.0,), rounds=3, warmup_rounds=1)
    assert fastest(benchmark) < bound


def test_memory_of_a_path(benchmark):
    def peak():
        tracemalloc.start()
        simulate(THREE, n_dim=10**12, seed=1, overlap_0=0.05, t_max=12.0)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert benchmark.pedantic(peak, rounds=1, warmup_rounds=1) < 20e6


def test_a_hundred_seeds_on_two_threads(benchmark):
    def run(seed):
        return simulate(THREE, n_dim=10**4, seed=seed, overlap_0=0.05, t_max=12.0, n_hessians=1)

    def all_seeds():
        begin = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, range(100)))
        return time.perf_counter() - begin

    assert benchmark.pedantic(all_seeds, rounds=1, warmup_rounds=0) < 12
