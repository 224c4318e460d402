"""`saddlesurf` in a checkout: another name of the engine beside it, never a second copy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import engine
import saddlesurf
from app.page.sample import Sample
from app.page.snippet import python_lines
from app.page.state import Parameters, Point

ROOT = Path(__file__).resolve().parents[2]


def python(*arguments: str) -> str:
    """What a fresh Python in the project's folder prints; it must end well."""
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_it_offers_the_engines_own_objects() -> None:
    assert saddlesurf.Model is engine.Model
    for name in saddlesurf.__all__:
        assert getattr(saddlesurf, name) is getattr(engine, name)
    assert set(engine.__all__) <= set(saddlesurf.__all__)
    assert set(saddlesurf.__all__) <= set(dir(saddlesurf))
    with pytest.raises(AttributeError, match="no attribute 'utils'"):
        _ = saddlesurf.utils  # type: ignore[attr-defined]


def test_importing_it_loads_nothing_until_it_is_asked() -> None:
    said = python("-c", "import sys, saddlesurf; print('numpy' in sys.modules, 'engine' in sys.modules)")
    assert said.split() == ["False", "False"]


def test_no_module_is_loaded_twice() -> None:
    script = """
import sys, saddlesurf, app.main
for name in saddlesurf.__all__: getattr(saddlesurf, name)
files = [(m.__file__, m.__name__) for m in list(sys.modules.values()) if getattr(m, "__file__", None)]
print(*(name for file, name in files if file.startswith(sys.argv[1])))
"""
    names = [
        python("-c", script, f"{ROOT / place}{os.sep}").split() for place in ("saddlesurf", "engine", "app")
    ]
    assert names[0] == ["saddlesurf"]
    assert all(name.split(".")[0] == "engine" for name in names[1])
    assert all(name.split(".")[0] == "app" for name in names[2])
    assert min(len(names[1]), len(names[2])) > 20


@pytest.mark.parametrize("module", ["app", "saddlesurf"])
def test_the_command_says_its_version(module: str) -> None:
    assert python("-m", module, "--version") == f"saddlesurf {engine.__version__}\n"


def test_it_measures_atlases_too() -> None:
    asked = [sys.executable, "-m", "saddlesurf", "atlas"]
    ended = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("saddlesurf atlas: The following arguments are required: --out;")
    assert "saddlesurf atlas" in python("-m", "saddlesurf", "--help")


def test_the_lines_of_copy_python_run() -> None:
    sample = Sample(N=1000, seed=3, then="f", until=2.0)
    lines = python_lines(Point(Parameters(tmax=10.0, m0=0.1), sample))
    assert lines.startswith("from saddlesurf import Model,")
    said = python("-c", lines)
    assert "Spectrum(" in said
    assert len(said.splitlines()) >= 4


def test_the_readmes_lines_run() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        assert "from saddlesurf import" in block
        python("-c", block)
