"""Budgets of the closed forms: run with ``pytest tests/benchmark --benchmark-only``."""

from __future__ import annotations

import numpy as np

from engine import Model, phases
from engine.complexity import complexity_of_energy, equator_band, good_minimum, landscape_curves
from engine.hessian import spectrum

MODEL = Model(p=3, delta_2=1 / 2.3, delta_p=1.0)


def median(benchmark):
    return benchmark.stats.stats.median


def test_closed_forms_of_one_move_take_less_than_30_ms(benchmark):
    def move():
        phases.classify(MODEL)
        good_minimum(MODEL)
        landscape_curves(MODEL)
        return spectrum(MODEL, 0.0, 2 * MODEL.sigma).density(np.linspace(-2, 8, 400))

    benchmark(move)
    assert median(benchmark) < 0.030


def test_the_two_landscape_curves_take_less_than_5_ms(benchmark):
    benchmark(landscape_curves, MODEL)
    assert median(benchmark) < 0.005


def test_all_lines_of_one_order_at_400_noises_take_at_most_50_ms(benchmark):
    delta_p = np.logspace(-1.5, 2, 400)

    def lines():
        for line in (
            phases.gradient_flow_line,
            phases.amp_line,
            phases.typical_line,
            phases.trivialization_line,
            phases.good_well_line,
            phases.mirror_line,
            phases.decay_line,
            phases.bayes_lines,
        ):
            line(3, delta_p)
        phases.trivialization_line(3, delta_p, overlaps="all")

    benchmark(lines)
    assert median(benchmark) < 0.050


def test_map_of_overlap_and_energy_takes_at_most_60_ms(benchmark):
    m, e = np.linspace(-0.99, 0.99, 200)[:, None], np.linspace(-2.2, -1, 200)
    benchmark(complexity_of_energy, MODEL, m, e, index=0)
    assert median(benchmark) < 0.060


def test_map_of_the_equator_takes_at_most_60_ms(benchmark):
    benchmark(equator_band, 3, 1.0, 1 / np.linspace(0.5, 4, 400), index=0)
    assert median(benchmark) < 0.060
