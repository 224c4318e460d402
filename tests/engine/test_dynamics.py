"""The public door of the flow: validation, dense output, two-time functions, reports, the extremes."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from itertools import pairwise

import numpy as np
import pytest

from engine import ConvergenceError, Model, ParameterError, Status
from engine.dynamics import escape_gain, integrate_flow

compiled = pytest.mark.jit  # minutes of work for plain Python

EASY = Model(p=3, delta_2=1 / 3, delta_p=4.0)
TRAPPED = Model(p=3, delta_2=0.5, delta_p=0.5)


@pytest.fixture(scope="module")
def easy():
    return integrate_flow(EASY, overlap_0=1e-4, t_max=100.0)


@pytest.fixture(scope="module")
def trapped():
    return integrate_flow(TRAPPED, overlap_0=1e-10, t_max=1e3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("overlap_0", 0.0),
        ("overlap_0", 1.0),
        ("overlap_0", -1.0),
        ("overlap_0", 1e-101),
        ("overlap_0", float("nan")),
        ("overlap_0", "much"),
        ("t_max", 0.5),
        ("t_max", 2e6),
        ("t_max", float("inf")),
        ("temperature", -0.1),
        ("temperature", 2.1),
        ("tolerance", 1e-9),
        ("tolerance", 0.1),
    ],
)
def test_a_wrong_question_raises_with_its_name(name, value):
    options = {"overlap_0": 0.1, "t_max": 10.0, name: value}
    with pytest.raises(ParameterError) as caught:
        integrate_flow(EASY, **options)
    assert caught.value.name == name


@pytest.mark.parametrize(("name", "value"), [("t_max", 0.0), ("temperature", 3.0)])
def test_the_gain_validates_too(name, value):
    with pytest.raises(ParameterError) as caught:
        escape_gain(EASY, **{"t_max": 10.0, name: value})
    assert caught.value.name == name


@compiled
def test_a_trajectory_that_is_not_cut_ends_at_t_max(trapped):
    assert trapped.time[0] == 0
    assert trapped.time[-1] == 1e3
    assert trapped.t_end == 1e3
    assert np.all(np.diff(trapped.time) > 0)
    assert trapped.status is Status.AGEING
    assert "t_max = 1000" in trapped.message
    trapped.raise_for_status()


@compiled
def test_it_starts_from_what_was_asked(easy):
    assert easy.overlap[0] == pytest.approx(1e-4, rel=1e-14)
    assert easy.energy[0] == pytest.approx(-EASY.q(1e-4), rel=1e-12)
    assert easy.lagrange_multiplier[0] == pytest.approx(1e-4 * EASY.q_prime(1e-4), rel=1e-12)


@compiled
def test_a_flow_at_rest_says_so_and_is_held(easy):
    assert easy.status is Status.REACHED
    assert "good minimum" in easy.message
    assert easy.t_end < 50
    held = easy.at([easy.t_end, 60.0, 100.0])
    assert np.ptp(held.overlap) == 0
    assert np.ptp(held.energy) == 0


@compiled
def test_the_energies_add_up_and_obey_eulers_identity(easy):
    np.testing.assert_array_equal(easy.energy, easy.energy_2 + easy.energy_p)
    # μ = -(2ε₂ + pεp) at T = 0 is an identity of the discretisation, so it holds to rounding
    np.testing.assert_allclose(easy.lagrange_multiplier, -2 * easy.energy_2 - 3 * easy.energy_p, atol=1e-12)


@compiled
def test_the_energy_never_rises(easy, trapped):
    for flow in (easy, trapped):
        assert np.max(np.diff(flow.energy)) < 1e-6


@compiled
def test_at_zero_is_the_start_and_at_a_knot_is_the_knot(easy):
    there = easy.at(easy.time)
    for name in ("overlap", "energy", "energy_2", "energy_p", "lagrange_multiplier"):
        np.testing.assert_allclose(getattr(there, name), getattr(easy, name), rtol=1e-10, atol=1e-14)
    assert easy.at(0.0).overlap[0] == pytest.approx(1e-4, rel=1e-12)


@compiled
def test_at_agrees_with_a_tighter_run_between_the_knots(easy):
    tight = integrate_flow(EASY, overlap_0=1e-4, t_max=100.0, tolerance=1e-7)
    time = np.concatenate([np.linspace(0, 0.01, 50), np.geomspace(0.01, 100, 500)])
    ours, theirs = easy.at(time), tight.at(time)
    for name in ("overlap", "energy", "lagrange_multiplier"):
        assert np.max(np.abs(getattr(ours, name) - getattr(theirs, name))) < 2e-4


@compiled
def test_at_keeps_the_callers_times_and_can_be_asked_again(easy):
    first = easy.at([1.0, 2.0])
    np.testing.assert_array_equal(first.time, [1.0, 2.0])
    np.testing.assert_array_equal(first.at([7.0]).overlap, easy.at([7.0]).overlap)
    assert first.status is easy.status


@compiled
@pytest.mark.parametrize("time", [-1.0, 100.1, float("nan"), [[1.0]]])
def test_at_refuses_times_outside(easy, time):
    with pytest.raises(ParameterError) as caught:
        easy.at(time)
    assert caught.value.name == "time"


@compiled
def test_two_time_functions(easy):
    two = easy.two_time(40)
    assert two.time.shape == (40,)
    assert two.time[-1] == easy.t_end
    np.testing.assert_array_equal(np.diag(two.correlation), 1)
    np.testing.assert_array_equal(two.correlation, two.correlation.T)
    assert np.all(np.abs(two.correlation) <= 1 + 1e-5)
    assert not np.any(np.triu(two.response, 1))
    # at rest C(t, t') is the overlap with the final point: it grows with t'
    assert np.all(np.diff(two.correlation[-1]) > -1e-5)


@compiled
def test_two_time_before_and_after_the_restart_join(easy):
    assert easy.memory.late is not None
    early, late = easy.memory.early, easy.memory.late
    t = early.time[-1]
    waiting = np.linspace(0.0, t, 200)
    # the two sets of rows describe one function; single precision and one interpolation lie between
    np.testing.assert_allclose(early.at(t, waiting), late.at(t, waiting), atol=2e-4)


@compiled
def test_two_time_reproduces_the_multiplier(trapped):
    """μ = mQ' + ∫R(Q' + CQ'') from the stored rows alone, by a quadrature of our own."""
    t = 300.0
    x = np.concatenate([[0], np.geomspace(1e-6, 1, 4001)])
    s = np.unique(np.concatenate([t * x / 2, t - t * x / 2]))
    c, r = trapped.memory.early.at(t, s)
    integrand = r * (TRAPPED.q_prime(c) + c * TRAPPED.q_second(c))
    mu = np.trapezoid(integrand, s)
    assert mu == pytest.approx(trapped.at(t).lagrange_multiplier[0], abs=2e-4)


@compiled
@pytest.mark.parametrize("n", [1, 2001])
def test_two_time_refuses_absurd_sizes(easy, n):
    with pytest.raises(ParameterError):
        easy.two_time(n)


@compiled
def test_even_p_has_a_mirror_image():
    model = Model(p=4, delta_2=1 / 3, delta_p=4.0)
    right, left = (integrate_flow(model, overlap_0=sign * 1e-3, t_max=100.0) for sign in (1, -1))
    np.testing.assert_array_equal(left.overlap, -right.overlap)
    np.testing.assert_array_equal(left.energy, right.energy)
    assert "good minimum" in left.message


@compiled
def test_odd_p_does_not():
    left = integrate_flow(EASY, overlap_0=-1e-3, t_max=100.0)
    right = integrate_flow(EASY, overlap_0=1e-3, t_max=100.0)
    assert left.overlap[-1] < 0
    assert left.energy[-1] > right.energy[-1]
    assert left.energy[0] == pytest.approx(-EASY.q(-1e-3), rel=1e-12)


@compiled
def test_report_sees_the_run_grow_and_can_stop_it():
    seen = []

    def report(partial):
        seen.append(partial)
        return len(seen) < 3

    flow = integrate_flow(TRAPPED, overlap_0=1e-10, t_max=1e5, report=report)
    assert len(seen) == 3
    assert all(b.time[-1] > a.time[-1] for a, b in pairwise(seen))
    assert flow.status is Status.STOPPED_EARLY
    assert "caller" in flow.message
    assert flow.time[-1] < 1e3
    with pytest.raises(ConvergenceError):
        flow.raise_for_status()
    assert np.isnan(flow.at(1e4).overlap[0])
    assert np.isfinite(flow.at(flow.t_end).overlap[0])


@compiled
def test_report_may_return_nothing():
    flow = integrate_flow(TRAPPED, overlap_0=1e-10, t_max=30.0, report=lambda _: None)
    assert flow.status is Status.AGEING


def arrays(result):
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if dataclasses.is_dataclass(value):
            yield from arrays(value)
        elif isinstance(value, np.ndarray):
            yield value
        else:
            for part in value if isinstance(value, tuple) else (value,):
                assert part is None or isinstance(part, (float, int, str, StrEnum))


@compiled
def test_results_are_plain_and_cannot_be_written(easy, trapped):
    gain = escape_gain(EASY, t_max=10.0)
    for result in (easy, trapped, easy.at([1.0]), easy.two_time(5), gain):
        for array in arrays(result):
            assert not array.flags.writeable


@compiled
def test_results_can_be_rebuilt_from_their_fields(easy):
    def rebuilt(result):
        values = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
        return type(result)(
            **{k: rebuilt(v) if dataclasses.is_dataclass(v) else v for k, v in values.items()}
        )

    np.testing.assert_array_equal(rebuilt(easy).at([5.0]).overlap, easy.at([5.0]).overlap)


@compiled
def test_two_flows_in_two_threads_are_the_same_as_one(easy):
    with ThreadPoolExecutor(2) as pool:
        flows = list(pool.map(lambda _: integrate_flow(EASY, overlap_0=1e-4, t_max=100.0), range(4)))
    for flow in flows:
        np.testing.assert_array_equal(flow.overlap, easy.overlap)


@compiled
@pytest.mark.parametrize("overlap_0", [1e-100, -1e-100, 0.999, -0.999])
@pytest.mark.parametrize(
    "model",
    [
        Model(p=3, delta_2=float("inf"), delta_p=1.0),
        Model(p=10, delta_2=0.3, delta_p=float("inf")),
        Model(p=3, delta_2=1e-4, delta_p=1e-4),
        Model(p=10, delta_2=1e8, delta_p=1e8),
        Model(p=10, delta_2=1e-4, delta_p=1e8),
        Model(p=7, delta_2=1e8, delta_p=1e-4),
    ],
)
@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_extremes_answer(model, overlap_0, temperature):
    flow = integrate_flow(model, overlap_0=overlap_0, t_max=100.0, temperature=temperature)
    for name in ("overlap", "energy", "energy_2", "energy_p", "lagrange_multiplier"):
        assert np.all(np.isfinite(getattr(flow, name)))
    assert np.all(np.abs(flow.overlap) <= 1 + 1e-9)
    scale = max(model.sigma**2, temperature)
    if temperature == 0:
        assert np.max(np.diff(flow.energy)) < 1e-5 * scale
    assert flow.time[-1] > 0


@compiled
def test_a_strong_signal_is_found_at_once():
    model = Model(p=3, delta_2=1e-4, delta_p=1e-4)
    flow = integrate_flow(model, overlap_0=1e-100, t_max=1.0)
    assert flow.status is Status.REACHED
    # m/√(1-m²) = Q'(m)/√Q'(1)
    overlap = flow.overlap[-1]
    assert overlap / np.sqrt(1 - overlap**2) == pytest.approx(model.q_prime(overlap) / np.sqrt(2e4), rel=1e-3)


@compiled
def test_what_cannot_be_trusted_is_cut():
    """Pure p = 5 far beyond σt = 6e5, where the computed energy starts to rise."""
    model = Model(p=5, delta_2=float("inf"), delta_p=0.5)
    flow = integrate_flow(model, overlap_0=1e-10, t_max=1e6)
    assert flow.status is Status.STOPPED_EARLY
    assert "energy rises" in flow.message or "steps" in flow.message
    assert 1e5 < model.sigma * flow.t_end < 3e6
    assert np.isnan(flow.at(1e6).energy[0])
    # 2/3 law towards the exact threshold energy: within its distance at the cut
    threshold = -2 * np.sqrt(4.0) / 5 * np.sqrt(2.0)
    assert 0 < flow.energy[-1] - threshold < 3e-4


@compiled
def test_escape_time_inverts_the_gain():
    gain = escape_gain(EASY, t_max=200.0)
    starts = np.array([1e-3, 1e-10, 1e-20])
    times = gain.escape_time(starts)
    assert np.all(np.diff(times) > 0)
    log_gain = gain.curve.at(times)[0]
    np.testing.assert_allclose(log_gain, np.log(0.3 / starts), rtol=1e-9)
    assert np.isnan(gain.escape_time(1e-100)) == (gain.log_gain[-1] < np.log(0.3e100))
    assert gain.escape_time(0.4) == 0.0
    with pytest.raises(ParameterError) as caught:
        gain.escape_time(0.0)
    assert caught.value.name == "overlap_0"


@compiled
def test_a_gain_that_never_comes_is_nan():
    model = Model(p=3, delta_2=1.25, delta_p=1.0)
    assert np.isnan(escape_gain(model, t_max=100.0).escape_time(1e-10))


@pytest.mark.jit
@pytest.mark.parametrize(
    ("model", "overlap_0"),
    [
        (Model(p=3, delta_2=0.4348, delta_p=1.0), 1e-10),
        (Model(p=3, delta_2=1 / 3, delta_p=1.0), 1e-10),
        (Model(p=3, delta_2=0.8, delta_p=0.5), 1e-4),
        (Model(p=4, delta_2=1 / 2.2, delta_p=1.5), 1e-10),
    ],
)
def test_a_look_in_passing_is_coarse_but_not_another_picture(model: Model, overlap_0: float) -> None:
    """At 4e-3 grid and Newton steps are coarser too: off the escape m is good to 2e-3, the escape's time to 1 %."""
    coarse, fine = (
        integrate_flow(model, overlap_0=overlap_0, t_max=1e4, tolerance=tolerance)
        for tolerance in (4e-3, 1e-4)
    )
    time = np.geomspace(0.1, 1e4, 400)
    one, other = coarse.at(time).overlap, fine.at(time).overlap
    still = np.abs(np.gradient(other, np.log(time))) < 0.02
    assert still.sum() > 300
    assert np.abs(one - other)[still].max() < 2e-3
    if other[-1] > 0.3:
        escape = [time[np.argmax(np.abs(m) > 0.3)] for m in (one, other)]
        assert abs(np.log(escape[0] / escape[1])) <= np.log(time[1] / time[0]) * 1.01
    assert coarse.time.size < fine.time.size
