"""What an answer while dragging costs Python: all but the compiled integration, which runs without Python's lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import mean

from tests.chromium import ROOT
from tests.load.crowd import ALWAYS, BY_TURNS, place

BEFORE = os.environ.get("LOAD_BEFORE")
CHECKOUTS = {"before": Path(BEFORE).resolve(), "here": ROOT} if BEFORE else {"here": ROOT}
#: Runs in the folder of a checkout; prints milliseconds of processor of each answer, and of the integration in it: the
#: least of some rounds, each with an empty cache, since other work on the machine makes every one of them longer.
MEASURE = """
import json, sys, tempfile, time
from pathlib import Path
from app.cards import DECK
from app.main import create_app
from app.settings import Settings
from engine._kernels import dynamics_flow as kernels

inside = [0.0]
advance = kernels.advance

def timed(*arguments):
    began = time.thread_time()
    try:
        return advance(*arguments)
    finally:
        inside[0] += time.thread_time() - began

kernels.advance = timed
bodies = json.load(sys.stdin)
least = [(1e9, 1e9)] * len(bodies)
for _ in range(6):
    settings = Settings(cache_folder=Path(tempfile.mkdtemp()), warm_up=False)
    client = create_app(settings, DECK).server.test_client()
    for k, body in enumerate(bodies):
        inside[0], began = 0.0, time.thread_time()
        said = {"data": body, "content_type": "application/json", "headers": {"Accept-Encoding": "zstd"}}
        answer = client.post("/cards", **said)
        whole = 1e3 * (time.thread_time() - began)
        assert answer.status_code == 200
        least[k] = min(least[k][0], whole - 1e3 * inside[0]), min(least[k][1], whole)
print(json.dumps(least[3:]))
"""


def messages(n: int = 33) -> list[str]:
    """The messages of a drag."""
    same = {"pace": "moving", "theme": "light", "looks": {}}
    steps = range(1, n + 1)
    return [
        json.dumps(
            same | {"number": k, "cards": [*ALWAYS, BY_TURNS[k % len(BY_TURNS)]], "points": [place(0, k)]}
        )
        for k in steps
    ]


def test_an_answer_while_dragging_takes_little_of_python() -> None:
    python = {}
    for name, root in CHECKOUTS.items():
        done = subprocess.run(
            [sys.executable, "-c", MEASURE],
            cwd=root,
            input=json.dumps(messages()),
            capture_output=True,
            text=True,
            check=True,
        )
        python[name], whole = map(mean, zip(*json.loads(done.stdout), strict=True))
        print(
            f"a drag's answer, {name}: {python[name]:.1f} ms of Python, {whole:.1f} ms with the integration"
        )
    assert python["here"] <= 20
