"""The flow over all that the engine's door lets in: bounds that nothing may cross, and equilibrium only where it is.

A hundred points in every run of the tests, three thousand more behind ``-m slow``.
"""

import re

import numpy as np
import pytest
from scipy.optimize import brentq

from engine import Model, Status
from engine.dynamics import integrate_flow
from tests.whole_domain import random_point

N_TIMES = 60


def faults(model, options, *, factor=5.0):
    """What is wrong with the flow of a point, in words; ``factor`` tolerances are allowed between two tolerances."""
    flow = integrate_flow(model, **options)
    return [
        *bounds(model, options, flow),
        *rest(model, options, flow),
        *disagreement(model, options, flow, factor),
    ]


def bounds(model, options, flow):
    """Sizes that cannot be, times beyond the last, energy that rises."""
    tolerance, two = options["tolerance"], flow.two_time(N_TIMES)
    allowed = max(tolerance, 1e-5)
    faces_up = not (options["overlap_0"] < 0 and model.p % 2)  # there mu may start below 0, and R grow
    arrays = (flow.overlap, flow.energy, flow.energy_2, flow.energy_p, flow.lagrange_multiplier)
    if not all(np.isfinite(array).all() for array in arrays):
        yield "not finite"
    if np.max(np.abs(flow.overlap)) > 1 + 1e-6:
        yield f"|m| = 1 + {np.max(np.abs(flow.overlap)) - 1:.1e}"
    if np.max(np.abs(two.correlation)) > 1 + allowed:
        yield f"|C| = 1 + {np.max(np.abs(two.correlation)) - 1:.1e}"
    if faces_up and np.max(two.response) > 1 + allowed:
        yield f"R = 1 + {np.max(two.response) - 1:.1e}"
    if np.min(two.response) < -3 * allowed:
        yield f"R = {np.min(two.response):.1e}"
    rate = max(model.sigma, model.sigma**2 / 3)  # of the fastest time unit that a run may have
    risen = np.max(flow.energy - np.minimum.accumulate(flow.energy))
    if options["temperature"] == 0 and risen > 0.3 * allowed * rate:
        yield "the energy rises"
    named = [
        float(text)
        for text in re.findall(r"\bt = (\d+(?:\.\d+)?(?:e[+-]?\d+)?)", flow.message.split("Beyond")[0])
    ]
    if flow.t_end > options["t_max"] or max(named, default=0.0) > options["t_max"] * 1.0005:
        yield f"a time beyond t_max: {flow.message}"


def rest(model, options, flow):
    """A claim to be at rest without an equilibrium that is stable, by a solution of our own for q."""
    temperature = options["temperature"]
    if flow.status is not Status.REACHED or temperature < 1e-3:
        return
    m, multiplier = abs(float(flow.overlap[-1])), float(flow.lagrange_multiplier[-1])
    signal = model.inverse_delta_p * (-1 if options["overlap_0"] < 0 and model.p % 2 else 1)
    slope = model.inverse_delta_2 * m + signal * m ** (model.p - 1)
    scale = max(model.sigma, model.sigma**2, temperature)

    def second(q):
        return q - m * m - ((1 - q) / temperature) ** 2 * model.q_prime(q)

    def apart(q):
        released = (model.q_prime(1.0) - q * model.q_prime(q)) / temperature
        return abs(temperature + m * slope + released - multiplier) / scale

    grid = 1 - np.geomspace(1.0, 1e-9, 3000)
    values = np.array([second(q) for q in grid])
    roots = [
        brentq(second, a, b)
        for a, b, x, y in zip(grid[:-1], grid[1:], values[:-1], values[1:], strict=True)
        if x * y < 0
    ]
    roots += [0.0] if m * m < 1e-5 else []
    q = min(roots, key=apart)
    if apart(q) > max(options["tolerance"], 1e-5):
        yield f"at rest at mu {apart(q):.1e} from any equilibrium"
    if ((1 - q) / temperature) ** 2 * model.q_second(q) > 1 + 1e-6:
        yield "at rest in an unstable state"
    if "dies out" not in flow.message and abs(m - (1 - q) / temperature * slope) > max(
        options["tolerance"], 1e-5
    ):
        yield "at rest at an overlap that moves"


def disagreement(model, options, flow, factor):
    """Difference from a run five times as tight, where neither was cut; near an escape by its slope in ln t."""
    tighter = integrate_flow(model, **{**options, "tolerance": max(options["tolerance"] / 5, 1e-8)})
    end = min(
        options["t_max"] if run.status is not Status.STOPPED_EARLY else run.t_end for run in (flow, tighter)
    )
    time = np.geomspace(min(1e-3, end / 10), end, 200)
    a, b = flow.at(time), tighter.at(time)
    allowed = factor * options["tolerance"] * (1 + np.abs(np.gradient(b.overlap, np.log(time))))
    scale = max(model.sigma, model.sigma**2, options["temperature"])
    for name, unit in (("overlap", 1.0), ("lagrange_multiplier", scale), ("energy", scale)):
        apart = np.abs(getattr(a, name) - getattr(b, name)) / unit
        if np.any(apart > allowed):
            yield f"{name} differs by {np.max(apart / allowed):.1f} of what is allowed"


def failures(points):
    return [(model, options, found) for model, options in points if (found := faults(model, options))]


@pytest.mark.parametrize("seed", range(10))
def test_ten_points_break_no_law(seed):
    rng = np.random.default_rng([2026, seed])
    assert not failures(random_point(rng) for _ in range(10))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_a_hundred_points_break_no_law(seed):
    rng = np.random.default_rng([11, seed])
    assert not failures(random_point(rng) for _ in range(100))


def flow_of(p, delta_2, delta_p, overlap_0, temperature, t_max, tolerance=1e-4):
    model = Model(p=p, delta_2=delta_2, delta_p=delta_p)
    return model, integrate_flow(
        model, overlap_0=overlap_0, temperature=temperature, t_max=t_max, tolerance=tolerance
    )


@pytest.mark.parametrize(
    "point",
    [
        (4, 0.31336, 0.094054, 1e-10, 1.32, 1e6),  # the overlap still grows
        (4, 0.31336, 0.094054, 1e-10, 1.32, 1e6, 1e-5),
        (6, 2.14107, 1.87437, 0.1, 0.06, 1e6),
        (6, 1.5077, 0.83427, 0.999, 1e-6, 1e6),  # mu = 2 sigma: plain ageing
    ],
)
def test_ageing_is_not_taken_for_equilibrium(point):
    _, flow = flow_of(*point)
    assert flow.status is not Status.REACHED
    assert "in equilibrium" not in flow.message.replace("not yet in equilibrium", "")
    after = flow.at([point[5]])
    assert flow.t_end == point[5] or np.isnan(after.overlap[0])  # nothing is held


@pytest.mark.parametrize("temperature", [0.0, 0.5])
@pytest.mark.parametrize(("p", "delta_2", "delta_p"), [(3, 0.05, 1.0), (3, 4e-4, 1.0), (5, 0.03, 0.0743)])
@pytest.mark.parametrize("tolerance", [1e-2, 1e-3, 1e-4, 1e-5])
def test_no_correlation_exceeds_one_across_a_fast_escape(p, delta_2, delta_p, temperature, tolerance):
    _, flow = flow_of(p, delta_2, delta_p, 1e-10, temperature, 1e4, tolerance)
    assert flow.status is Status.REACHED
    assert np.max(flow.two_time(300).correlation) <= 1 + tolerance
    assert np.max(flow.fluctuation_dissipation(500).correlation) <= 1 + tolerance


@pytest.mark.parametrize(
    ("point", "place"),
    [
        ((3, 0.3333, 4.0, 1e-4, 0.0), "the good minimum"),
        ((3, 1 / 3, 1.0, -1e-4, 0.0), "the mirror minimum"),
        ((3, 0.5, 4.0, 1e-2, 1.0), None),
        ((3, 4.0, 8.0, 0.1, 2.0), None),
    ],
)
def test_a_run_that_ends_on_the_way_does_not_say_that_it_arrived(point, place):
    """At every t_max: reached before it, or on the way; never a time beyond it."""
    model, whole = flow_of(*point, 1e4)
    assert whole.status is Status.REACHED
    statuses = set()
    for t_max in np.linspace(0.97, 1.03, 25) * whole.t_end:
        _, flow = flow_of(*point, float(t_max))
        assert not list(
            bounds(
                model,
                {"tolerance": 1e-4, "temperature": point[4], "overlap_0": point[3], "t_max": t_max},
                flow,
            )
        )
        statuses.add(flow.status)
        assert flow.t_end <= t_max
        assert flow.time[-1] <= t_max
        if flow.status is not Status.REACHED and place and "on its way" in flow.message:
            assert place in flow.message
    assert statuses == {Status.REACHED, Status.AGEING}


def test_a_dying_overlap_does_not_hold_a_run_up():
    """Each took 5 to 28 seconds; the count of rows tells what a clock would."""
    for point in [
        (4, 1e8, 1.6e-4, 1e-10, 1.0, 1e6),
        (4, 1e8, 1.6e-4, 0.1, 1.0, 1e6),
        (7, 7.16, 0.05536, 0.13587, 0.6324, 7e5),
    ]:
        _, flow = flow_of(*point)
        assert flow.time.size < 400
        assert np.isfinite(flow.overlap).all()
