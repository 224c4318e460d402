"""The server as a user who owns nothing: no home, no folder that he can write, sources and kernels of somebody else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.deployed import command_of_the_image, image_variables, instructions
from tests.packaging.test_hosting import ROOT, environment, read, served

NOBODY = "65534"
FOLDERS = ("app", "engine", "assets", "docs", "saddlesurf")
FLOW = "/data/flow.csv?p=3&d2=0.4&dp=1.7&m0=0.1&tmax=10"
LINES = "/data/lines.csv?p=3"  # needs few kernels: compiling those of a flow takes half a minute


@cache
def as_nobody() -> list[str]:
    """What goes before a command so that it runs as nobody; nothing where this user is unprivileged already.

    Where Python lies in root's home, nobody may read everything, but still write nothing.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    plain = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--bounding-set=-all"]
    reading = [*plain[:-1], "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    for way in (plain, reading):
        if (
            subprocess.run(
                [*way, sys.executable, "-c", "import numba"], capture_output=True, check=False
            ).returncode
            == 0
        ):
            return way
    pytest.fail("Nobody can start this Python here, so that it cannot be tested what he would meet.")


@contextmanager
def reachable() -> Iterator[Path]:
    """A folder that every user can reach; what is made in it is removed again, whoever may write there."""
    folder = Path(tempfile.mkdtemp(prefix="saddlesurf-"))
    yield folder
    set_modes(folder, 0o755)
    shutil.rmtree(folder)


def set_modes(folder: Path, mode: int) -> None:
    """Of a folder and all that are in it."""
    for place in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        place.chmod(mode)


@pytest.fixture
def owned(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A checkout that cannot be written, with or without its kernels."""
    left = ("*.pyc",) if request.param else ("*.pyc", "*.nbi", "*.nbc")
    if request.param:
        subprocess.run([sys.executable, "-m", "app", "--warm-up"], cwd=ROOT, env=environment(), check=True)
    with reachable() as folder:
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*left))
        set_modes(folder, 0o555)
        yield folder


@pytest.mark.parametrize(
    ("owned", "card"), [(True, FLOW), (False, LINES)], indirect=["owned"], ids=["kernels", "no-kernels"]
)
def test_nobody_gets_cards_from_sources_that_he_cannot_write(owned: Path, card: str, tmp_path: Path) -> None:
    """Kernels that their owner has compiled are used as they are; without them one more warning says so."""
    log, has_kernels = tmp_path / "log", card == FLOW
    homeless = {"HOME": "/nonexistent", "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": "", "PYTHONPATH": ""}
    with served(log, [*as_nobody(), sys.executable, "-m", "app"], root=owned, **homeless) as address:
        assert json.loads(read(f"{address}/health"))["status"] == "ok"
        assert read(f"{address}{card}").count(b"\n") > 50
    said = log.read_text()
    assert said.count("kept in memory alone") == 1, said
    assert said.count("Compiled kernels cannot be kept") == (0 if has_kernels else 1), said


@pytest.mark.slow
def test_the_image_s_kernels_serve_whoever_it_is_run_as(tmp_path: Path) -> None:
    """Its own steps in a folder, without an engine that builds it: what is copied, what is run, what is started."""
    log, said = tmp_path / "log", image_variables()
    place = {"PORT": "0", "HOST": "127.0.0.1", "NUMBA_CACHE_DIR": "", "XDG_CACHE_HOME": "", "PYTHONPATH": ""}
    with reachable() as folder:
        for source in [
            source for name, words in instructions() if name == "COPY" for source in words.split()[:-1]
        ]:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
        (warm_up,) = [words for name, words in instructions() if name == "RUN" and "--warm-up" in words]
        compiling = ["sh", "-c", warm_up.replace("python ", f"{sys.executable} ")]
        subprocess.run(compiling, cwd=folder, env=environment(**said | place), check=True, timeout=390)
        set_modes(folder, 0o555)
        served_as = [*as_nobody(), sys.executable, *command_of_the_image()[1:]]
        with served(log, served_as, root=folder, **said | place) as address:
            assert read(f"{address}{FLOW}").count(b"\n") > 50
    assert "Compiled kernels cannot be kept" not in log.read_text()
