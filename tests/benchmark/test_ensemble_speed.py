"""A hundred instances through the app's executor: at most 12 s on two cores."""

from __future__ import annotations

import time

from app.compute.executor import create_executor
from app.compute.jobs import Jobs
from app.main import create_compute
from app.page.sample import Sample
from app.page.state import Parameters, Point
from app.quantities.ensemble import Ensemble, members
from app.settings import Settings


def test_a_hundred_instances_of_ten_thousand_dimensions_take_at_most_12_s(benchmark, tmp_path, monkeypatch):
    monkeypatch.setattr("app.quantities.ensemble.LADDER", ())
    point = Point(Parameters(d2=0.4, dp=4.0), Sample(N=10_000, start="random", until=12.0))
    members(point.parameters.model, 100, (1,), None, 2.0)

    def ensemble():
        with create_executor(None) as executor:
            compute = create_compute(Settings(cache_folder=tmp_path / str(time.time())))
            jobs = Jobs(compute, lambda: executor)
            while not jobs.ask(Ensemble(point, 100), "me").is_complete:
                time.sleep(0.02)

    benchmark.pedantic(ensemble, rounds=2)
    assert benchmark.stats.stats.max < 12
