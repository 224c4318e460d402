"""A class at the same ten points: each of them is computed once, whoever comes first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pytest

from app.compute.question import Question
from app.main import create_app
from app.settings import Settings
from engine import dynamics

CARDS = ["phase", "flow", "spectrum", "landscape", "sentence"]
POINTS = [{"d2": 0.3 + 0.03 * k, "m0": 1e-4, "tmax": 100.0} for k in range(10)]


def test_thirty_at_ten_points_are_ten_flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = create_app(Settings(cache_folder=tmp_path, warm_up=False)).server
    done: Counter[str] = Counter()
    lock = Lock()
    call = Question.__call__

    def counted(self: Question[Any]) -> Any:
        with lock:
            done[self.key] += 1
        return call(self)

    monkeypatch.setattr(Question, "__call__", counted)

    def visit(k: int) -> None:
        client = server.test_client()
        for i in np.random.default_rng(k).permutation(len(POINTS)):
            message = {"number": 1, "cards": CARDS, "pace": "first", "theme": "light", "looks": {}}
            answer = client.post("/cards", json=message | {"points": [POINTS[i]]})
            assert answer.status_code == 200
            assert not any(card["failed"] for card in answer.json["cards"].values())

    with ThreadPoolExecutor(30) as visitors:
        list(visitors.map(visit, range(30)))
    flows = [key for key in done if dynamics.integrate_flow.__name__ in key]
    assert len(flows) == len(POINTS)
    assert set(done.values()) == {1}
