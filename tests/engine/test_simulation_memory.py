"""What a run holds: one set of arrays for all who go on from it, and never more bytes than it says."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest

from engine import Model, Status
from engine.simulation import simulate
from engine.simulation.room import SLACK, bytes_of, capacity_for, largest_capacity, peak_of

compiled = pytest.mark.jit  # minutes of work for plain Python
MODEL = Model(p=3, delta_2=0.4, delta_p=4.0)
OPTIONS = {"n_dim": 1000, "seed": 1, "overlap_0": 0.1}

PEAK = """
import resource, sys
from engine import Model, Status
from engine.simulation import simulate

p, delta_p, n_dim, memory, stages = (float(word) for word in sys.argv[1:])
simulate(Model(p=int(p), delta_2=0.5, delta_p=4.0), n_dim=50, seed=1, overlap_0=0.1, t_max=4.0).outlier


def peak():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


before = peak()
model = Model(p=int(p), delta_2=1.5, delta_p=delta_p)
times = [4.0, 6.0, 8.0, 100.0][-int(stages):]
run = simulate(model, n_dim=int(n_dim), seed=1, overlap_0=0.01, t_max=times[0], memory=int(memory))
for time in times[1:]:
    if run.status.name == "STOPPED_EARLY":
        break
    run = run.resume(time)
run.outlier
print(run.status.name, run.instance.n_directions, peak() - before)
"""


@compiled
@pytest.mark.parametrize(
    ("p", "delta_p", "n_dim", "stages"),
    [(3, 0.5, 1e12, 1), (4, 0.1, 1e4, 4), (6, 1.0, 1e12, 1), (10, 1.0, 1e4, 1)],
)
def test_a_run_takes_no_more_memory_than_it_says(p, delta_p, n_dim, stages):
    memory = 48 * 2**20 if p > 3 else 12 * 2**20
    words = [str(word) for word in (p, delta_p, n_dim, memory, stages)]
    said = subprocess.run([sys.executable, "-c", PEAK, *words], check=True, capture_output=True, text=True)
    status, n_directions, peak = said.stdout.split()
    assert status == "STOPPED_EARLY", said.stdout
    assert int(peak) <= memory + SLACK, said.stdout
    used = bytes_of((2, p), int(n_directions))
    assert used > 0.3 * memory  # and it is not wasted


def test_the_largest_capacity_is_what_fits():
    for p, n_steps in ((3, 100), (4, 20_000), (10, 100)):
        model = Model(p=p, delta_2=0.5, delta_p=1.0)
        capacity = largest_capacity(model, 10**6, n_steps, 2**26)
        assert peak_of((2, p), capacity, n_steps) <= 2**26 < peak_of((2, p), capacity + 1, n_steps)
        assert largest_capacity(model, 20, n_steps, 2**26) <= 20
        for k in range(capacity):  # what is there before it grows to the last is what `peak_of` counts
            room = capacity_for((2, p), k, capacity)
            assert k <= room <= capacity
            assert room == capacity or room <= int(capacity / 1.25)


@compiled
def test_a_run_goes_on_where_its_numbers_lie():
    first = simulate(MODEL, **OPTIONS, t_max=4.0)
    kept = first.instance.noise[1].components.copy(), first.instance.noise[1].used.copy()
    longer = first.resume(6.0)
    assert np.shares_memory(first.instance.noise[1].components, longer.instance.noise[1].components)
    np.testing.assert_array_equal(first.instance.noise[1].components, kept[0])
    np.testing.assert_array_equal(first.instance.noise[1].used, kept[1])


@compiled
def test_whoever_goes_on_from_an_earlier_state_disturbs_nobody():
    first = simulate(MODEL, **OPTIONS, t_max=4.0)
    longer = first.resume(12.0)
    kept = longer.instance.noise[1].components.copy()
    other = first.restart(start="other", t_max=12.0)  # from the same state, another path
    again = first.resume(12.0)
    np.testing.assert_array_equal(longer.instance.noise[1].components, kept)
    np.testing.assert_array_equal(again.instance.noise[1].components, kept)
    np.testing.assert_array_equal(again.path, longer.path)
    assert not np.shares_memory(other.instance.noise[1].components, longer.instance.noise[1].components)
    np.testing.assert_array_equal(longer.resume(14.0).path, simulate(MODEL, **OPTIONS, t_max=14.0).path)


def test_a_run_that_has_been_sent_elsewhere_goes_on_the_same():
    first = simulate(MODEL, **OPTIONS, t_max=4.0)
    sent = pickle.loads(pickle.dumps(first))
    assert sent.instance.room is None
    np.testing.assert_array_equal(sent.resume(8.0).path, first.resume(8.0).path)
    np.testing.assert_array_equal(sent.outlier, first.outlier)


@compiled
def test_work_is_counted_and_a_run_in_pieces_of_it_is_the_run_at_once():
    whole = simulate(MODEL, **OPTIONS, t_max=12.0)
    assert not whole.is_paused
    run = simulate(MODEL, **OPTIONS, t_max=12.0, work=whole.work / 6)
    assert run.status is Status.STOPPED_EARLY
    assert "the work that it may take is done" in run.message
    again = simulate(MODEL, **OPTIONS, t_max=12.0, work=whole.work / 6)
    np.testing.assert_array_equal(again.time, run.time)
    n_pieces = 1
    while run.is_paused:
        n_pieces, before = n_pieces + 1, run
        run = run.resume(12.0, work=whole.work / 6)
        assert run.time.size > before.time.size
        assert run.work - before.work < whole.work / 3
    assert n_pieces > 4
    for name in ("path", "energy", "gradient_norm"):
        np.testing.assert_array_equal(getattr(run, name), getattr(whole, name))
    assert (run.status, run.message) == (whole.status, whole.message)
    assert run.instance.generator == whole.instance.generator
    assert 0.8 < run.work / whole.work < 1.2


def test_a_run_without_work_takes_a_step():
    run = simulate(MODEL, **OPTIONS, t_max=12.0, work=0.0)
    assert run.time.size == 2
    assert run.is_paused
    other = run.restart(start="other", t_max=4.0, work=0.0)
    assert other.time.size == 2
    assert other.work > run.work


def test_the_outlier_can_be_had_at_some_points():
    run = simulate(MODEL, **OPTIONS, t_max=6.0)
    points = [0, 3, run.time.size - 1]
    np.testing.assert_allclose(
        run.outlier_at(points), [run.outlier[points], run.outlier_overlap[points]], rtol=1e-6
    )
    assert all(work > 0 for work in run.work_of_outliers)
