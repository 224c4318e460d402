"""The bytes that the runs of a process may take together."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from app.compute.busy import BusyError
from app.compute.memory import RUNS, Budget
from app.main import create_app
from app.page.sample import Sample
from app.page.state import DEFAULTS
from app.quantities import instance_stages
from app.quantities.instance_stages import BYTES, stage
from app.settings import Settings


def test_who_does_not_fit_waits_until_another_has_ended() -> None:
    budget, is_in, may_end = Budget(100), Event(), Event()

    def hold() -> None:
        with budget.share(60):
            is_in.set()
            assert may_end.wait(30)

    def wait() -> int:
        with budget.share(60):
            return budget.taken

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(hold)
        assert is_in.wait(30)
        second = threads.submit(wait)
        assert not second.done()
        may_end.set()
        first.result(30)
        assert second.result(30) == 60
    assert budget.taken == 0


def test_who_has_waited_long_enough_gets_a_sentence() -> None:
    budget = Budget(100, patience=0.0)
    with budget.share(60):
        with pytest.raises(BusyError, match="busy") as error, budget.share(60):
            pass
        assert error.value.retry_after > 0
        with budget.share(40):  # who fits does not wait
            assert budget.taken == 100
    sent = pickle.loads(pickle.dumps(error.value))
    assert (str(sent), sent.retry_after) == (str(error.value), error.value.retry_after)


def test_what_is_larger_than_all_has_all_of_it_alone() -> None:
    budget = Budget(100, patience=0.0)
    with budget.share(1000):
        assert budget.taken == 100
        with pytest.raises(BusyError), budget.share(1):
            pass


def test_an_error_gives_back_what_was_taken() -> None:
    budget = Budget(100)
    with pytest.raises(ZeroDivisionError), budget.share(60):
        raise ZeroDivisionError
    assert budget.taken == 0


def test_every_run_takes_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance_stages, "RUNS", Budget(BYTES, patience=0.0))
    model, sample = DEFAULTS.model, Sample(N=100, until=2.0, then="o")
    assert stage(model, sample, 0.1, 0).time.size > 1
    with instance_stages.RUNS.share(1), pytest.raises(BusyError):
        stage(model, sample, 0.1, 0)
    assert instance_stages.RUNS.taken == 0


def test_a_card_of_a_busy_server_keeps_its_picture_and_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(instance_stages, "RUNS", Budget(BYTES, patience=0.0))
    client = create_app(Settings(cache_folder=tmp_path, warm_up=False)).server.test_client()
    point = {"p": 3, "d2": 0.4, "dp": 1.0, "N": 100, "until": 2.0}
    message = {
        "number": 1, "cards": ["flow"], "pace": "leisure", "theme": "light", "points": [point],
        "looks": {"moment": 1.0, "story": None},
    }  # fmt: skip
    with instance_stages.RUNS.share(1):
        card = client.post("/cards", json=message).get_json()["cards"]["flow"]
        assert "busy" in card["caption"]
        assert (card["figure"], card["failed"], card["later"]) == (None, False, 5000)
        data = client.get("/data/instance.csv?N=100&until=2")
        assert (data.status_code, data.headers["Retry-After"]) == (503, "5")
        assert "busy" in data.text
    assert client.post("/cards", json=message).get_json()["cards"]["flow"]["figure"]
    assert client.get("/data/instance.csv?N=100&until=2").status_code == 200


def test_the_setting_is_the_budget_of_the_process() -> None:
    before = RUNS.total
    try:
        create_app(Settings(memory=2**30, cache_folder=None, warm_up=False))
        assert RUNS.total == 2**30
    finally:
        RUNS.total = before


def test_long_work_waits_until_nobody_wants_it() -> None:
    budget, asked = Budget(100, patience=0.0), []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > 2

    with budget.share(60), pytest.raises(BusyError), budget.share(60, stop=stop):
        pass
    assert len(asked) == 3
    assert budget.taken == 0
