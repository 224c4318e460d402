"""The server as a user who owns nothing: no home, no folder that he can write, sources and kernels of somebody else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

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


@pytest.fixture
def owned(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A checkout that cannot be written, in a place that every user can reach, with or without its kernels."""
    kept = ("*.pyc",) if request.param else ("*.pyc", "*.nbi", "*.nbc")
    if request.param:
        subprocess.run([sys.executable, "-m", "app", "--warm-up"], cwd=ROOT, env=environment(), check=True)
    folder = Path(tempfile.mkdtemp(prefix="saddlesurf-"))
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*kept))
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    yield folder
    for place in places:
        place.chmod(0o755)
    shutil.rmtree(folder)


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
