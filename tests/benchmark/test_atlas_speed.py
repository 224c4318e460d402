"""The measured phase diagram: 32 × 32 flows from cold in three minutes, and two hands make it 1.6 times as fast."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from engine import atlas
from engine.atlas.workers import Cluster, Threads, measured

ROOT = Path(__file__).resolve().parents[2]
PLANE = atlas.Plane()
QUICK = atlas.Plane(t_max=1.0, overlap_0=0.1)


def test_32_by_32_from_cold_takes_at_most_three_minutes(benchmark, tmp_path):
    """In a new process without compiled kernels, on as many threads as there are cores."""
    command = [
        sys.executable,
        "-m",
        "engine.atlas",
        "--resolution",
        "32",
        "--out",
        str(tmp_path / "a.npz"),
        "--quiet",
    ]
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    benchmark.pedantic(subprocess.run, ([*command],), {"cwd": ROOT, "env": env, "check": True}, rounds=1)
    assert benchmark.stats.stats.max <= 180


def seconds(workers) -> float:
    """How long these workers take for 32 × 32 flows."""
    begun = time.perf_counter()
    assert len(list(measured(workers, PLANE, PLANE.blocks(32)))) == 20
    return time.perf_counter() - begun


def with_threads(count: int) -> float:
    workers = Threads(count)
    try:
        return seconds(workers)
    finally:
        workers.close()


@pytest.fixture(scope="module")
def one_thread() -> float:
    atlas.measure(QUICK, atlas.Block(16, 0, 0))
    return median(with_threads(1) for _ in range(3))


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one core")
def test_two_threads_are_at_least_1_6_times_as_fast_as_one(benchmark, one_thread):
    benchmark.pedantic(with_threads, (2,), rounds=3)
    ratio = one_thread / benchmark.stats.stats.median
    benchmark.extra_info["ratio"] = ratio
    print(f"\ntwo threads: {ratio:.2f} times as fast as one ({one_thread:.1f} s)")
    assert ratio >= 1.6


@contextmanager
def processes(count: int) -> Iterator[Cluster]:
    """So many workers of a cluster, each a process that has loaded its kernels."""
    from distributed import LocalCluster

    options = {"n_workers": count, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(protocol="tcp://", **options) as cluster:
        workers = Cluster(cluster.scheduler_address, print)
        list(measured(workers, QUICK, QUICK.blocks(32)))
        yield workers
        workers.close()


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one core")
@pytest.mark.filterwarnings("ignore")
def test_two_worker_processes_are_at_least_1_6_times_as_fast_as_one(benchmark):
    with processes(1) as workers:
        one = median(seconds(workers) for _ in range(3))
    with processes(2) as workers:
        benchmark.pedantic(seconds, (workers,), rounds=3)
    ratio = one / benchmark.stats.stats.median
    benchmark.extra_info["ratio"] = ratio
    print(f"\ntwo workers: {ratio:.2f} times as fast as one ({one:.1f} s)")
    assert ratio >= 1.6
