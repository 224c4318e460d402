"""The key of a question: canonical, refusing what it cannot say, and never older than the code that answers it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compute.question import canonical, question
from app.compute.sources import APP_DIGEST, ENGINE_DIGEST, digest_of
from app.page.sample import Sample
from app.quantities.lines import phase_lines
from engine import Model, Status, dynamics, phases

ROOT = Path(__file__).resolve().parents[2]
MODEL = Model(p=3, delta_2=0.4, delta_p=1.7)


def test_the_key_is_the_whole_question() -> None:
    key = question(phases.classify, MODEL, temperature=1.0).key
    assert key == question(phases.classify, Model(p=3, delta_2=0.4, delta_p=1.7), temperature=1.0).key
    assert key != question(phases.classify, MODEL, temperature=0.5).key
    other = Model(p=3, delta_2=0.4, delta_p=1.7000000000000002)
    assert key != question(phases.classify, other, temperature=1.0).key
    assert key != question(phases.classify, MODEL, 1.0).key
    assert "engine.phases.classification.classify" in key
    one, two = question(phase_lines, a=1, b=2), question(phase_lines, b=2, a=1)
    assert one.key == two.key


@pytest.mark.parametrize("value", [1.0, np.float64(1.0), np.int64(1), np.float32(1.0), 1])
def test_equal_numbers_are_one_key_whoever_made_them(value: Any) -> None:
    assert canonical(value) == "1"


@given(st.floats(), st.floats())
def test_numbers_are_told_apart_to_the_last_bit(x: float, y: float) -> None:
    assert (canonical(x) == canonical(y)) == (x == y or (x != x and y != y))


def test_what_differs_in_kind_differs_in_key() -> None:
    values = (
        1,
        True,
        "1",
        None,
        "None",
        (1,),
        ((1,),),
        (),
        ("1",),
        Sample(N=100),
        Status.REACHED,
        str(Status.REACHED),
    )
    assert len({canonical(value) for value in values}) == len(values)


@pytest.mark.parametrize(
    "value",
    [np.arange(2000.0), [1], {1: 2}, {1}, object(), MODEL.q, partial(int), b"x", (1, [2]), np.zeros(())],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_say_itself_in_full_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be part of a question"):
        _ = question(phases.classify, value).key


def test_a_function_that_another_may_be_taken_for_is_refused() -> None:
    def local(x: float) -> float:
        return x

    for function in (local, lambda x: x, partial(phase_lines), MODEL.q):
        with pytest.raises(TypeError, match="not a function of a module"):
            _ = question(function, 3).key


def test_the_digest_is_of_the_sources_that_compute() -> None:
    assert digest_of(dynamics.integrate_flow) == ENGINE_DIGEST
    assert digest_of(phase_lines) == APP_DIGEST != ENGINE_DIGEST


ASK = """
import sys
from pathlib import Path
from app.compute.question import question
from app.main import create_compute
from app.quantities.flow import flow
from app.quantities.lines import phase_lines
from app.page.state import Parameters
from app.settings import Settings
compute = create_compute(Settings(cache_folder=Path(sys.argv[1])))
found = flow(compute, Parameters(d2=0.37, tmax=1.0))
lines = compute.answer(question(phase_lines, 3))
print(float(found.value.energy[-1]), found.cached, lines.value.delta_p.size, lines.cached)
"""


def test_numbers_do_not_outlive_the_code_that_made_them(tmp_path: Path) -> None:
    """A doubled energy in the engine, a changed constant of the app: asked again on the same folder, both are new."""
    for folder in ("app", "engine"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))

    def ask() -> list[str]:
        env = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-W", "ignore", "-c", ASK, str(tmp_path / "cache")]
        answer = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.split()

    def change(file: str, old: str, new: str) -> None:
        source = tmp_path / file
        text = source.read_text(encoding="utf-8")
        assert len(re.findall(re.escape(old), text)) == 1, (file, old)
        source.write_text(text.replace(old, new), encoding="utf-8")

    energy, cached, size, lines_cached = ask()
    assert (cached, lines_cached) == ("False", "False")
    assert ask() == [energy, "True", size, "True"]
    change("app/quantities/lines.py", "LINE_POINTS: Final = 400", "LINE_POINTS: Final = 200")
    assert ask() == [energy, "True", "200", "False"]
    change(
        "engine/dynamics/trajectory.py",
        "energy=_frozen(energy_2 + energy_p)",
        "energy=_frozen(2 * (energy_2 + energy_p))",
    )
    assert ask() == [str(2 * float(energy)), "False", "200", "False"]
