"""The reduced sampler has the law of the model written out: against full symmetric tensors, many small instances.

Seeds are fixed. Means and variances are compared in units of their own standard error; among the hundred or so strongly
correlated numbers of a test |z| < 4 fails by chance less than once in a hundred choices of seeds.
"""

import math

import numpy as np
import pytest

from engine import Landscape, Model, checks
from engine.simulation import simulate
from engine.simulation.curvature import _blocks, hessian_law
from engine.simulation.spectrum import draw_tridiagonal
from tests.packed_tensor import PackedLandscape, start

OVERLAP_0, N_STEPS, MOMENT, LATER = 0.3, 6, 2, 5

# what, N, samples in the normal tests, samples in the slow ones
CASES = [
    *(
        (Model(p=p, delta_2=0.5, delta_p=0.5), *rest)
        for p, *rest in ((3, 14, 500, 12_000), (4, 12, 400, 8_000))
    ),
    (Model(p=5, delta_2=0.5, delta_p=0.5), 12, 300, 6_000),
    # trust; several channels and a field, signals of orders that have no noise; a quench from equilibrium
    (Landscape.spiked({2: 2.0, 3: 2.0}, {3: 0.4}), 14, 400, 12_000),
    (Landscape.of({1: 0.5, 2: 0.8, 3: 0.6, 4: 0.5}, {1: 0.4, 3: -0.5, 4: 2.0, 6: 1.0}), 12, 300, 6_000),
    (Landscape.of({3: 1.5, 4: 2.0}).at_equilibrium(0.8), 12, 400, 8_000),
]
SHORT = [case[:3] for case in CASES]
LONG = [pytest.param(model, n, samples, marks=pytest.mark.slow) for model, n, _, samples in CASES]


@pytest.fixture(autouse=True)
def small_spaces(monkeypatch):
    smaller = {**checks.RANGES, "n_dim": checks.RANGES["n_dim"]._replace(lower=8)}
    monkeypatch.setattr(checks, "RANGES", smaller)


def overlap_of(model):
    return 1.0 if model.landscape.planted else OVERLAP_0


def step_of(model):
    return 0.3 / model.sigma


def curvature_along(H, x, y, mu):
    """Riemannian curvature at x along y - x, projected onto the tangent space; x, y of unit length."""
    u = y - (x @ y) * x
    return (u @ H @ u) / (u @ u) + mu


def packed_sample(model, n, random):
    """Curves, spectrum at a moment, and the curvature then along the displacement that follows."""
    landscape = PackedLandscape(n, model.landscape, random)
    points = landscape.descend(start(n, overlap_of(model)), step_of(model), N_STEPS)
    curves = []
    for x in points:
        g = landscape.gradient(x)
        curves.append([landscape.overlap(x), -(x @ g) / n, *landscape.energies(x).values()])
    x = points[MOMENT] / math.sqrt(n)
    value, vector = np.linalg.eigh(landscape.riemannian_hessian(points[MOMENT]))
    H = landscape.hessian(points[MOMENT])
    along = curvature_along(H, x, points[LATER] / math.sqrt(n), curves[MOMENT][1])
    return curves, np.concatenate([value, vector[0, [0, 1, -1]] ** 2]), along


def reduced_sample(model, n, seed):
    """The same of a simulation; its curvature given the whole path and given only the past."""
    step = step_of(model)
    choices = {"n_dim": n, "overlap_0": overlap_of(model), "t_max": 1.0, "step": step, "tolerance": 0}
    run = simulate(model, seed=seed, **choices).resume(max(1.0, (N_STEPS + 0.5) * step))
    curves = np.column_stack([run.overlap, run.lagrange_multiplier, run.energies])
    random = np.random.default_rng([seed, 7])
    law = hessian_law(model, run.instance, run.path[MOMENT])
    alpha, beta = draw_tridiagonal(law, random)
    mu = run.lagrange_multiplier[MOMENT]
    value, vector = np.linalg.eigh(np.diag(alpha + mu) + np.diag(beta, 1) + np.diag(beta, -1))
    H = next(_blocks(model, run.instance, run.path[MOMENT][None, :]))[1][0]
    H[0, 0] -= model.landscape.s_second(run.overlap[MOMENT])
    along = curvature_along(H, run.path[MOMENT], run.path[LATER], mu)
    past = H.copy()  # given the past, what leads to later directions is of mean zero
    known = 2 + MOMENT
    past[known:, :] = past[:, known:] = 0
    along_past = curvature_along(past, run.path[MOMENT], run.path[LATER], mu)
    return curves[: N_STEPS + 1], np.concatenate([value, vector[0, [0, 1, -1]] ** 2]), along, along_past


def samples(model, n, size):
    random = np.random.default_rng(11 * model.landscape.noise[-1][0])
    packed = [packed_sample(model, n, random) for _ in range(size)]
    reduced = [reduced_sample(model, n, seed) for seed in range(size)]
    return tuple(
        [np.array([sample[i] for sample in kind]) for i in range(len(kind[0]))] for kind in (packed, reduced)
    )


def scores(one, other):
    """Differences of means and of variances in units of their standard errors."""
    squares = [(x - x.mean(axis=0)) ** 2 for x in (one, other)]
    out = []
    for x, y in ((one, other), squares):
        error = np.sqrt(x.var(axis=0) / len(x) + y.var(axis=0) / len(y))
        with np.errstate(invalid="ignore"):
            out.append((x.mean(axis=0) - y.mean(axis=0)) / np.where(error > 1e-12, error, np.inf))
    return np.array(out)


@pytest.mark.parametrize(("model", "n", "size"), SHORT + LONG)
def test_reduced_sampler_has_the_law_of_full_tensors(model, n, size):
    """In turn: m, μ and the energies by order at every step; the Hessian's ordered eigenvalues and their overlaps with
    the signal; the joint law of a path and a Hessian drawn given the whole of it.
    """  # noqa: D205
    packed, reduced = samples(model, n, size)
    z = scores(packed[0], reduced[0])
    assert np.abs(z).max() < 4, z
    z = scores(packed[1], reduced[1])
    assert np.abs(z).max() < 4, z
    z = scores(packed[2], reduced[2])
    assert np.abs(z).max() < 4, z
    # jointly with what follows: the product of the curvature and the next displacement of the overlap
    products = [kind[2] * (kind[0][:, LATER, 0] - kind[0][:, MOMENT, 0]) for kind in (packed, reduced)]
    assert np.abs(scores(*products)).max() < 4
    # a Hessian drawn given only the past misses that the path runs downhill
    assert scores(packed[2], reduced[3])[0] < -6


def test_known_directions_at_the_moment_are_those_of_the_past():
    """Without tolerance the path visits one new direction a step, so that what is past can be told by counting."""
    run = simulate(CASES[0][0], n_dim=16, seed=0, overlap_0=0.3, t_max=1.0, step=0.1, tolerance=0)
    for i in range(5):
        assert np.all(run.path[i, 2 + i :] == 0)
        assert run.path[i, 1 + i] != 0


def test_restart_keeps_the_noise():
    """Two paths on one instance, at other noise variances and from another start: joint second moments."""
    p, n, size = 3, 12, 400
    first, second = CASES[0][0], Model(p=p, delta_2=0.8, delta_p=0.3)
    step, t_max = 0.1, 1.0
    random = np.random.default_rng(3)

    def joint(rows):
        numbers = np.ravel(rows)
        return np.outer(numbers, numbers)[np.triu_indices(numbers.size)]

    packed, reduced = [], []
    for seed in range(size):
        one, two = (PackedLandscape(n, model.landscape, random) for model in (first, second))
        for q, a in first.landscape.noise:  # the same standardised noise
            two.coefficients[q] = one.coefficients[q] * math.sqrt(dict(second.landscape.noise)[q] / a)
        x = start(n, OVERLAP_0)
        y = np.concatenate([[0.0], random.standard_normal(n - 1)])
        y *= math.sqrt((1 - 0.04) * n) / np.linalg.norm(y)
        y[0] = 0.2 * math.sqrt(n)
        ends = [(one, one.descend(x, step, 4)[-1]), (two, two.descend(x, step, 4)[-1])]
        ends.append((one, one.descend(y, step, 4)[-1]))
        packed.append(joint([[s.overlap(x), *s.energies(x).values()] for s, x in ends]))
        options = {"n_dim": n, "seed": seed, "overlap_0": OVERLAP_0, "step": step, "tolerance": 0}
        run = simulate(first, t_max=t_max, **options)
        other_noise = run.restart(second, step=step)
        other_start = run.restart(start="other", overlap_0=0.2)
        rows = [[r.overlap[4], r.energy_2[4], r.energy_p[4]] for r in (run, other_noise, other_start)]
        reduced.append(joint(rows))
    z = scores(np.array(packed), np.array(reduced))
    assert np.abs(z).max() < 4, z
