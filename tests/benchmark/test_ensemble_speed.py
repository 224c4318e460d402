"""A hundred instances through the app's executor: at most 12 s on two cores."""

from __future__ import annotations

import time

from app.main import create_compute
from app.sample import Sample
from app.services.ensemble import Ensembles, Question, members
from app.services.executor import create_executor
from app.settings import Settings
from app.state import Parameters


def test_a_hundred_instances_of_ten_thousand_dimensions_take_at_most_12_s(benchmark, tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.ensemble.LADDER", ())
    question = Question(Parameters(d2=0.4, dp=4.0), Sample(N=10_000, start="random", until=12.0), 100)
    members(question.parameters.model, 100, (1,), None, 2.0)

    def ensemble():
        with create_executor(None) as executor:
            ensembles = Ensembles(
                create_compute(Settings(cache_folder=tmp_path / str(time.time()))), lambda: executor
            )
            while not ensembles.ask(question, "me").is_complete:
                time.sleep(0.02)

    benchmark.pedantic(ensemble, rounds=2)
    assert benchmark.stats.stats.max < 12
