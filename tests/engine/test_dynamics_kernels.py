"""The kernels of the flow: against plain Python, and the Jacobian against differences of the residual."""

import math

import numpy as np
import pytest

from engine import Landscape, Model
from engine._kernels import dynamics_flow as kernels
from engine.dynamics.march import March
from engine.dynamics.scratch import history, scratch
from engine.dynamics.settings import Settings
from engine.dynamics.units import Units
from engine.equilibrium import stable_states

compiled = pytest.mark.jit  # minutes of work for plain Python


def plain(kernel):
    return getattr(kernel, "py_func", kernel)


def march(
    t_max,
    *,
    p=3,
    inverse_delta_2=3.0,
    delta_p=4.0,
    overlap_0=1e-4,
    temperature=0.0,
    rests=False,
    stages=True,
    landscape=None,
):
    model = landscape or Model(p=p, delta_2=1 / inverse_delta_2, delta_p=delta_p).landscape
    units = Units.of(model, temperature, overlap_0)
    run = March(
        couplings=units.couplings(model, temperature=temperature, live=1.0),
        settings=Settings.from_tolerance(1e-4),
        y_0=math.log(overlap_0),
        t_max=t_max,
        targets=stable_states(model, temperature, mirror=False) / (1.0, units.rate, units.rate)
        if rests
        else np.empty((0, 3)),
        planted=model.planted,
    )
    if stages:
        run.run(lambda _: True)
    return run


def scratch_of(run):
    return scratch(run.grid.size, run.past.W.size)


def linearised(run, n):
    """Residual and Jacobian of row n as it stands."""
    work, rows = scratch_of(run), run.rows
    kernels.backward_weights(rows.V, n, work.bdf)
    kernels.backward_weights(rows.V, n, work.bdf_y)
    kernels.inverse_denominators(rows.V, n, 0, rows.den)
    kernels.set_weights(run.past, run.tables, math.exp(rows.V[n]), work.W)
    kernels.linearise(n, run.couplings, run.tables, run.past, rows, work)
    return work.res.copy(), work.M.copy()


def start():
    """Six rows of the series, and a seventh by extrapolation, on the smallest grid."""
    run = march(0.5, stages=False)
    n = kernels.ROWS
    run.rows.V[n] = run.rows.V[n - 1] + 0.15
    kernels.predict(n, run.rows, np.empty(kernels.ORDER + 1))
    kernels.inverse_denominators(run.rows.V, n, 0, run.rows.den)
    return run, n


@compiled
@pytest.mark.parametrize(
    ("t_max", "options"),
    [
        (8.0, {}),
        (8.0, {"p": 5, "temperature": 0.7, "overlap_0": 0.3}),
        (8.0, {"landscape": Landscape.of({1: 0.2, 3: 1.0, 5: 0.3}, {1: 0.4, 3: 1.2}), "overlap_0": 0.2}),
        (8.0, {"landscape": Landscape.of({3: 1.5, 4: 2.0}).at_equilibrium(0.85), "overlap_0": 1.0}),
        (60.0, {}),  # after the restart: fixed columns and moving ones
    ],
)
def test_jacobian_is_the_derivative_of_the_residual(t_max, options):
    run = march(t_max, **options)
    assert (run.past.W.size > 0) == (t_max > 50)
    n = run.n - 1
    rows, half = run.rows, rows_half(run)
    row, y = rows.H[n].copy(), rows.Y[n]
    _, jacobian = linearised(run, n)
    for seed in range(3):
        z = np.random.default_rng(seed).normal(size=2 * half + 1)
        sides = []
        step = 1e-6
        for sign in (1, -1):
            rows.H[n, 0, :half] = row[0, :half] + sign * step * z[:half]
            rows.H[n, 1, :half] = row[1, :half] + sign * step * z[half:-1]
            rows.Y[n] = y + sign * step * z[-1]
            sides.append(linearised(run, n)[0])
        rows.H[n], rows.Y[n] = row, y
        difference = (sides[0] - sides[1]) / (2 * step)
        predicted = jacobian @ z
        # rounding of the residual (1e-15 times entries of order 1/dv) over the step
        assert np.max(np.abs(difference - predicted)) < 1e-6 * np.max(np.abs(predicted))


def rows_half(run):
    return run.rows.H.shape[2] - 1


def test_history_integrals_against_direct_quadrature():
    """At small t, C = 1 - t'²-like polynomials: the four integrals are known to the series' order."""
    run, n = start()
    t = math.exp(run.rows.V[n])
    size = run.grid.size
    matrices, ones = history(size, size), np.ones(size)
    kernels.history_matrices(kernels.Row(n, t, 0), run.rows, run.tables, ones, ones, matrices)
    # with Σ = D = 1 and C, R ≈ 1: A -> t' + (t - t') = t, B -> t', G -> t - t'
    a, b, g = (matrix[:-1].sum(axis=1) for matrix in matrices[:3])
    waiting = t * run.grid.theta[:-1]
    np.testing.assert_allclose(a, t, rtol=2 * t)
    np.testing.assert_allclose(b, waiting, rtol=2 * t, atol=1e-12)
    np.testing.assert_allclose(g, t - waiting, rtol=2 * t, atol=1e-12)


@pytest.mark.parametrize("v", [-9.0, -6.9, -6.5, -6.2, -5.0])
def test_row_weights_are_those_of_plain_python(v):
    run, n = start()
    ours, theirs = np.empty(kernels.ROWS), np.empty(kernels.ROWS)
    first = kernels.row_weights(run.rows.V, n, v, ours)
    assert first == plain(kernels.row_weights)(run.rows.V, n, v, theirs)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert ours.sum() == pytest.approx(1, abs=1e-9)


def test_backward_differences_differentiate_quartics():
    v = np.cumsum([0.1, 0.15, 0.12, 0.2, 0.15, 0.1])
    w = np.empty(kernels.ORDER + 1)
    for kernel in (kernels.backward_weights, plain(kernels.backward_weights)):
        kernel(v, 5, w)
        for degree in range(5):
            assert w @ v[5:0:-1] ** degree == pytest.approx(degree * v[5] ** max(degree - 1, 0), abs=1e-9)


def test_history_matrices_are_those_of_plain_python():
    run, n = start()
    size = run.grid.size
    sigma, q1 = np.random.default_rng(0).normal(size=(2, size))
    t = math.exp(run.rows.V[n])
    both = []
    for pick in (lambda kernel: kernel, plain):
        out = history(size, size)
        for matrix in out[:6]:
            matrix[:] = 0.0
        row = kernels.Row(n, t, 0)
        for k in (1, size // 2, size - 2):
            newest = pick(kernels.contour_1)(k, row, run.rows, run.tables, out.w, out.blend, out.A, out.B)
            pick(kernels.newest_1)(k, newest, row, run.tables, sigma, q1, out.JC, out.JR)
            pick(kernels.contour_2)(k, row, run.rows, run.tables, sigma, out.A, out.G, out.J)
        both.append(out[:6])
    for ours, theirs in zip(*both, strict=True):
        assert np.any(theirs)
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-14)


@compiled
def test_assembly_is_that_of_plain_python():
    run = march(60.0)
    n = run.n - 1
    linear, off = scratch_of(run), run.past.W.size
    t = math.exp(run.rows.V[n])
    c, r = run.rows.H[n]
    linear_inputs = np.random.default_rng(1)
    for array in (*linear.history, *linear[1:]):
        array[...] = linear_inputs.normal(size=array.shape)
    results = []
    for pick in (lambda kernel: kernel, plain):
        matrices = kernels.History._make(array.copy() for array in linear.history)
        work = kernels.Scratch(matrices, *(array.copy() for array in linear[1:]))
        kernels.set_weights(run.past, run.tables, t, work.W)
        pick(kernels.kernel_functions)(run.couplings, c, r, work)
        pick(kernels.jacobian_past)(off, run.grid.size, run.past, c, r, work)
        pick(kernels.memory_terms)(run.past, off, 1 / t, c, r, run.tables, work)
        energies = np.empty(2)
        mu = pick(kernels.observables)(run.couplings, run.rows.Y[n], c, r, work.W, energies)
        terms = np.array(pick(kernels.signal_terms)(run.couplings, run.rows.Y[n]))
        results.append((work.sigma, work.mu_c, work.M, work.FC, work.FR, energies, np.array(mu), terms))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_one_step_of_the_driver_is_that_of_plain_python():
    results = []
    for advance in (kernels.advance, plain(kernels.advance)):
        run = march(0.5, stages=False)
        # a stage that ends with the first row laid
        end = math.exp(run.rows.V[kernels.ROWS - 1] + 0.1)
        n, stop, state = advance(
            run.n, end, run.couplings, run.tables, run.past, run.rows, scratch_of(run), run._control(), run.state
        )  # fmt: skip
        assert (n, stop) == (kernels.ROWS + 1, kernels.Stop.RUNNING)
        assert isinstance(state, kernels.State)
        results.append((run.rows.H[n - 1], run.rows.Y[n - 1], run.rows.MU[n - 1], np.array(state)))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_a_row_that_is_not_finite_is_rejected_not_raised():
    run = march(0.5, stages=False)
    run.rows.H[kernels.ROWS - 1, 0, 3] = np.nan
    n, stop, state = kernels.advance(
        run.n, 1.0, run.couplings, run.tables, run.past, run.rows, scratch_of(run), run._control(), run.state
    )
    assert (n, stop) == (kernels.ROWS, kernels.Stop.STALLED)
    assert state.n_rejected == run.settings.steps.n_bad + 1


@compiled
@pytest.mark.parametrize(
    ("t_max", "options", "stop"),
    [
        (8.0, {}, "FINAL_TIME"),
        (100.0, {"rests": True}, "STATIONARY"),
        (1e3, {"inverse_delta_2": 0.5, "temperature": 1.5, "overlap_0": 1e-2, "rests": True}, "DYING_OUT"),
        (1e3, {"inverse_delta_2": 3.0, "delta_p": 0.5, "temperature": 1.0, "rests": True}, "STATIONARY"),
    ],
)
def test_a_run_says_how_it_ended(t_max, options, stop):
    assert march(t_max, **options).stop is kernels.Stop[stop]


@compiled
def test_a_run_that_the_caller_ends_says_so():
    run = march(100.0, stages=False)
    run.run(lambda _: False)
    assert run.stop is kernels.Stop.CANCELLED


def test_every_stop_goes_on_rests_fails_or_was_wanted():
    for stop in kernels.Stop:
        wanted = stop in (kernels.Stop.FINAL_TIME, kernels.Stop.CANCELLED)
        goes_on = stop in (kernels.Stop.RUNNING, kernels.Stop.ESCAPED)
        assert goes_on + stop.is_rest + stop.is_failure + wanted == 1


def test_units_lead_in_and_back():
    model = Model(p=3, delta_2=0.5, delta_p=0.5)
    landscape = model.landscape
    units = Units.of(landscape, 0.0, 1e-4)
    assert units.rate == model.sigma
    assert units.bare_time(units.natural_time(7.0)) == pytest.approx(7.0, rel=1e-15)
    np.testing.assert_array_equal(units.bare_rate(np.array([1.0, 2.0])), [model.sigma, 2 * model.sigma])
    assert Units.of(landscape, 50.0, 1e-4).rate == 50.0
    couplings = units.couplings(landscape.mirrored(), temperature=0.0, live=1.0)
    np.testing.assert_array_equal(couplings.a, np.array([2.0, 2.0]) / units.rate**2)
    np.testing.assert_array_equal(couplings.b, np.array([2.0, -2.0]) / units.rate)
    np.testing.assert_array_equal(couplings.noise, np.array([0.0, 2.0, 2.0]) / units.rate**2)


def test_only_a_flow_that_meets_a_strong_signal_is_measured_in_its_units():
    matrix, tensor = Model(p=3, delta_2=1e-4, delta_p=1.0), Model(p=3, delta_2=100.0, delta_p=1e-4)
    assert Units.of(matrix.landscape, 0.0, 1e-100).rate == pytest.approx((1e4 + 2) / 3)
    assert Units.of(tensor.landscape, 0.0, 1e-4).rate == tensor.sigma
    assert Units.of(tensor.landscape, 0.0, -0.5).rate == pytest.approx(tensor.sigma**2 / 3)


def test_forces_of_order_1_set_the_unit_too():
    assert Units.of(Landscape.of({3: 0.5}, {1: 30.0}), 0.0, 1e-4).rate == pytest.approx(10.0)
    assert Units.of(Landscape.of({1: 49.0, 3: 0.5}), 0.0, 1e-4).rate == pytest.approx(7.0)
