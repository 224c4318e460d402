"""Rest in a minimum is claimed only where an instance's own Hessian is positive and going on changes nothing."""

import dataclasses
import math

import numpy as np
import pytest

from engine import Model, Status
from engine.simulation import simulate
from engine.simulation.rest import End, Rest, n_draws, rest_of

compiled = pytest.mark.jit  # minutes of work for plain Python


@compiled
def test_a_slow_descent_at_a_saddle_is_not_at_rest():
    """Its gradient is .017 σ and the limit N → ∞ of its lowest eigenvalue .036 σ, its own -.091 σ."""
    model = Model(p=6, delta_2=0.520956, delta_p=0.297468)
    run = simulate(model, n_dim=200, seed=180173, t_max=20.0, memory=2**29)
    assert run.hessian(run.time[-1]).lowest[0] < -0.05 * model.sigma
    assert run.status is Status.AGEING
    assert "at a saddle" in run.message
    assert "go down" in run.message or "goes down" in run.message


def random_runs(seed, n_runs, orders):
    random = np.random.default_rng(seed)
    for _ in range(n_runs):
        model = Model(
            p=int(random.choice(orders)),
            delta_2=random.uniform(0.25, 0.7),
            delta_p=10 ** random.uniform(-0.7, 0.7),
        )
        yield simulate(
            model, n_dim=int(random.choice([50, 200, 1000])), seed=int(random.integers(10**6)), t_max=20.0
        )


@compiled
def test_what_is_at_rest_has_a_positive_hessian_and_stays():
    """Resumed to three times the time, the path moves by less than twice what was said to be left."""
    n_rest, n_slow = 0, 0
    for run in random_runs(12, 28, [3, 4, 5, 5]):
        down = int(np.sum(run.hessian(run.time[-1]).lowest < 0))
        if run.status is Status.REACHED:
            n_rest += 1
            assert down == 0
            later = run.resume(60.0)
            before = np.pad(run.path[-1], (0, later.path.shape[1] - run.path.shape[1]))
            assert np.linalg.norm(later.path[-1] - before) < 0.1
            assert later.status is Status.REACHED
        elif "saddle" in run.message:
            n_slow += 1
            assert down > 0
        elif "slow" in run.message:
            n_slow += 1
            assert down == 0
    assert n_rest > 3
    assert n_slow > 2


@compiled
def test_the_directions_that_go_down_are_those_of_the_drawn_spectrum():
    model = Model(p=5, delta_2=0.55, delta_p=1.0)
    run = simulate(model, n_dim=1000, seed=1, t_max=20.0)
    sample = run.hessian(run.time[-1])
    below = float(np.sum((sample.density * np.diff(sample.edges))[sample.edges[1:] < 0])) * 999
    assert run.status is Status.AGEING
    said = int(run.message.split("saddle: ")[1].split()[0])
    inside = float(np.max(sample.density * np.diff(sample.edges))) * 999  # of the bin that 0 is in
    assert below <= said <= below + inside
    assert said > 2


END = End(
    n_dim=10**12,
    n_directions=30,
    sigma=1.0,
    lagrange_multiplier=2.1,
    gradient_norm=1e-3,
    speed=1e-4,
    lowest=0.1,
)


def test_how_an_end_stands():
    assert rest_of(END, []) == Rest(is_slow=True, is_minimum=True, is_near=True)
    assert not END.needs_draw
    # the minimum is speed/λ away, or in a small space what is off the visited directions divided by λ√N
    assert not rest_of(dataclasses.replace(END, speed=0.006), []).is_near
    assert not rest_of(dataclasses.replace(END, n_dim=31, gradient_norm=0.006), []).is_near
    assert rest_of(dataclasses.replace(END, n_dim=30, gradient_norm=0.006), []).is_near
    # at N → ∞ nothing below the limit's resolution is a minimum
    assert not rest_of(dataclasses.replace(END, lowest=1e-3, speed=0.0), []).is_near
    assert rest_of(dataclasses.replace(END, lowest=-0.1), []) == Rest(is_slow=True)


def test_the_own_hessian_has_the_last_word():
    small = dataclasses.replace(END, n_dim=200)
    assert small.needs_draw
    assert rest_of(small, [(-0.09, 3)]) == Rest(is_slow=True, n_down=3)
    assert rest_of(small, [(0.08, 0)]).is_near
    assert not rest_of(small, [(1e-3, 0)]).is_near
    # the path leaves it open: another draw goes down
    assert rest_of(small, [(0.08, 0), (-0.01, 1)]) == Rest(is_slow=True, is_minimum=True)
    assert [n_draws(n, 30) for n in (16, 10_000, 100_000)] == [16, 2, 1]
    assert [n_draws(n, 150) for n in (16, 2_000, 10_000)] == [16, 2, 0]  # no more than a quarter of a second
    assert dataclasses.replace(END, n_dim=5000, lowest=-0.9).needs_draw  # to be counted
    assert not dataclasses.replace(END, n_dim=100_000, lowest=-0.9).needs_draw
    assert dataclasses.replace(END, n_dim=100_000, lowest=-10 / math.sqrt(100_000)).needs_draw
