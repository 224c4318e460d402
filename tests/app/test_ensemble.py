"""Ensembles: the instances' own numbers, made by any executor, kept, stopped; their pictures."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from app.callbacks import ensemble as dialog
from app.figures.theme import DARK, LIGHT
from app.main import create_compute
from app.sample import Sample
from app.services.compute import Compute
from app.services.ensemble import (
    CHUNK,
    Ensembles,
    Members,
    Progress,
    Question,
    Stopped,
    fit_line,
    members,
    wilson,
)
from app.services.executor import create_executor
from app.settings import Settings
from app.state import Parameters, to_store
from engine import Model, ParameterError
from engine.simulation import simulate

POINT = Parameters(d2=0.4, dp=4.0, m0=0.05, tmax=1e3)
QUESTION = Question(POINT, Sample(N=400, seed=3, start="random", until=4.0), 20)


class AtOnce(Executor):
    """Does the work where it is asked for: all that an executor has to be."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def compute(tmp_path: Any) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path))


def test_members_are_the_instances_of_their_seeds() -> None:
    model = POINT.model
    found = members(model, 400, (3, 4), None, 6.0)
    for row, seed in enumerate((3, 4)):
        run = simulate(model, n_dim=400, seed=seed, t_max=6.0)
        assert found.final[row] == run.overlap[-1]
        np.testing.assert_allclose(found.overlap[row], np.interp(found.time, run.time, run.overlap))


def test_an_escape_is_timed_at_the_threshold() -> None:
    found = members(POINT.model, 10**6, (1,), 0.05, 20.0)
    run = simulate(POINT.model, n_dim=10**6, seed=1, overlap_0=0.05, t_max=20.0)
    assert found.escape_time[0] == run.time[np.argmax(np.abs(run.overlap) >= 0.3)]
    assert np.isnan(members(POINT.model, 10**6, (1,), 1e-10, 2.0).escape_time[0])


def test_any_executor_will_do_and_every_result_is_kept(compute: Compute) -> None:
    executor = AtOnce()
    progress = Ensembles(compute, executor).ask(QUESTION)
    assert progress.is_complete
    assert progress.total == 20 * len(QUESTION.sizes)
    assert executor.calls == progress.total // CHUNK
    again = Ensembles(compute, executor).ask(QUESTION)
    assert again.is_complete
    assert executor.calls == progress.total // CHUNK
    for n in QUESTION.sizes:
        np.testing.assert_array_equal(again.members[n].final, progress.members[n].final)
    fewer = Question(POINT, Sample(N=10_000, seed=3, start="random", until=4.0), 20)
    Ensembles(compute, executor).ask(fewer)
    assert executor.calls == progress.total // CHUNK  # these sizes were there already


def test_threads_end_with_the_same_numbers(compute: Compute) -> None:
    with ThreadPoolExecutor(2) as pool:
        ensembles = Ensembles(compute, pool)
        for _ in range(1000):
            progress = ensembles.ask(QUESTION)
            if progress.is_complete:
                break
            time.sleep(0.02)
    assert progress.is_complete
    direct = members(POINT.model, 400, tuple(range(3, 8)), None, 4.0)
    assert set(np.round(direct.final, 12)) <= set(np.round(progress.members[400].final, 12))


def test_cancel_stops_a_result_in_the_middle_and_keeps_nothing_of_it() -> None:
    asked = threading.Event()

    def stopped() -> bool:
        seen = asked.is_set()
        asked.set()  # at the second question
        return seen

    with pytest.raises(Stopped):
        members(POINT.model, 400, tuple(range(100)), None, 20.0, stopped)


def test_cancelled_work_leaves_the_executor_empty(compute: Compute) -> None:
    with ThreadPoolExecutor(1) as pool:
        ensembles = Ensembles(compute, pool)
        long = Question(POINT, Sample(N=400, seed=3, start="random", until=300.0), 200)
        assert ensembles.ask(long).done < 200
        ensembles.cancel(long)
        ensembles.cancel(long)  # twice is as good
        assert pool.submit(lambda: "free").result(timeout=20) == "free"
        assert not ensembles._jobs


def test_who_does_not_ask_any_more_gets_nothing_more(
    compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.ensemble.PATIENCE", -1.0)
    executor = AtOnce()
    assert Ensembles(compute, executor).ask(QUESTION).done == 0
    assert executor.calls == 0


def test_a_wrong_ensemble_has_its_sentence(compute: Compute) -> None:
    ensembles = Ensembles(compute, AtOnce())
    with pytest.raises(ParameterError, match="T = 0"):
        ensembles.ask(Question(Parameters(T=1.0), Sample(N=400), 20))
    steep = Question(Parameters(d2=1e-3, dp=1e-3), Sample(N=400, until=1000.0), 20)
    assert "shorter time" in ensembles.ask(steep).error


def test_the_default_executor_steps_back() -> None:
    with create_executor(None) as pool:
        assert pool.submit(pow, 2, 5).result() == 32


def test_wilson_s_interval() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775328), abs=1e-6)
    assert wilson(5, 10) == pytest.approx((0.2365931, 0.7634069), abs=1e-6)
    assert wilson(10, 10) == pytest.approx((0.7224672, 1.0), abs=1e-6)


def test_a_line_is_fitted_with_its_error() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert fit_line(x, 3 + 2 * x) == pytest.approx((2.0, 3.0, 0.0))
    slope, _, error = fit_line(x, np.array([1.0, 2.0, 2.0, 3.0]))
    assert (slope, error) == pytest.approx((0.6, 0.1414214))
    assert np.isnan(fit_line(x[:2], x[:2])[2])


def synthetic(escape: float, sign: float = 1.0) -> Members:
    t = np.geomspace(0.1, 40, 120)
    m = sign * 0.8 / (1 + np.exp(escape - t))
    return Members(t, np.stack([m, -m]), np.array([m[-1], -m[-1]]), np.array([escape, escape]))


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_the_pictures_say_what_is_there(compute: Compute, look: Any) -> None:
    rate = 0.235887  # σ(√θ − 1/√θ)² at 1/Δ₂ = 2.5, Δp = 4
    sizes = {n: synthetic(3 + 0.5 * np.log(n) / rate) for n in (100, 400, 1000)}
    question = Question(POINT, Sample(N=400, until=40.0), 20)
    drawn = dialog.draw(compute, question, Progress(6, 12, sizes), look)
    bands, success, escape = (go.Figure(made.to_plotly_json()) for made, _ in drawn if made is not None)
    words = [
        annotation.text for figure in (bands, success, escape) for annotation in figure.layout.annotations
    ]
    assert {"m ≥ 0: 1 of 2", "m < 0: 1 of 2", "● to m > 0"} <= set(words)
    assert next(word for word in words if word.startswith("slope")).startswith("slope 1 ")
    assert [trace.name for trace in success.data] == ["to m > 0", "to m < 0"]
    assert list(success.data[0].y) == [0.5, 0.5, 0.5]
    assert all(words_under.endswith(".") for _, words_under in drawn)


def test_below_the_line_there_is_no_rate_and_too_short_runs_are_left_out(compute: Compute) -> None:
    stuck = Question(Parameters(d2=1 / 1.5, dp=0.5), Sample(N=400), 20)
    made, words = dialog.draw_escape(stuck, Progress(2, 2, {400: synthetic(3.0)}), LIGHT)
    assert made is None
    assert "Below the gradient-flow line" in words
    never = Members(
        *(getattr(synthetic(3.0), name) for name in ("time", "overlap", "final")), np.array([np.nan] * 2)
    )
    made, words = dialog.draw_escape(QUESTION, Progress(2, 2, {400: never}), LIGHT)
    assert made is None
    assert "N = 400: left out" in words


def test_a_store_names_its_question() -> None:
    held = to_store(POINT, QUESTION.sample)
    assert dialog.question_of({"held": held, "seeds": 20}) == QUESTION
    with pytest.raises(ValueError, match="7"):
        dialog.question_of({"held": held, "seeds": 7})
    assert "random starts" in dialog.where(QUESTION)
    assert isinstance(POINT.model, Model)
