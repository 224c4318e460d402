"""What can happen to the folder of results while the server runs: nothing shown is lost, nothing is restarted.

These tests run as root, and may then mount a disk. The server has root's name but not its right to pass over whose a
folder is: for it another user's folder is another's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from tests.server_process import Server, served
from tests.waiting import until

NOBODY = 65534
RIGHTS = "-dac_override,-dac_read_search,-fowner,-chown"  # which the server has not
SIZE = 2 * 2**20  # bytes of the disk
_new = count(1)

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="only root can mount a disk and give folders away",
)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk."""
    place = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def server(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all that happens: it is never restarted."""
    variables = {"SADDLESURF_CACHE_FOLDER": str(disk / "cache")}
    command = ["setpriv", f"--bounding-set={RIGHTS}", "--inh-caps=-all", sys.executable, "-m", "app"]
    with served(tmp_path_factory.mktemp("server"), command=command, **variables) as running:
        yield running


def entries(disk: Path) -> list[Path]:
    return list((disk / "cache" / "results").glob("*.result"))


def flow() -> str:
    """The address of a flow that nobody has asked for yet."""
    return f"/data/flow.csv?dp=1.3&tmax=100&d2={0.3 + 1e-4 * next(_new):.5f}"


@contextmanager
def removed(disk: Path) -> Iterator[None]:
    shutil.rmtree(disk / "cache")
    yield


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@contextmanager
def another_users(disk: Path) -> Iterator[None]:
    folders = (disk / "cache" / "results", disk / "cache")
    for folder in folders:
        os.chown(folder, NOBODY, NOBODY)
        folder.chmod(0o700)
    yield
    for folder in folders:
        os.chown(folder, 0, 0)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        for _ in range(2 * SIZE // 4096):
            file.write(bytes(4096))
    assert ballast.stat().st_size < SIZE
    assert shutil.disk_usage(disk).free == 0
    yield
    ballast.unlink()


@contextmanager
def replaced_by_a_file(disk: Path) -> Iterator[None]:
    shutil.rmtree(disk / "cache")
    (disk / "cache").write_text("mine")
    yield
    assert (disk / "cache").read_text() == "mine"
    (disk / "cache").unlink()


@contextmanager
def results_replaced_by_a_file(disk: Path) -> Iterator[None]:
    shutil.rmtree(disk / "cache" / "results")
    (disk / "cache" / "results").write_text("mine")
    yield
    assert (disk / "cache" / "results").read_text() == "mine"
    (disk / "cache" / "results").unlink()


@contextmanager
def taken_away(disk: Path) -> Iterator[None]:
    """The disk itself: another, empty one lies over it."""
    cover = ["mount", "-t", "tmpfs", "-o", "ro,size=4096", "tmpfs", str(disk)]
    subprocess.run(cover, check=True)
    yield
    subprocess.run(["umount", str(disk)], check=True)


FAULTS: list[Callable[[Path], AbstractContextManager[None]]] = [
    removed, read_only, another_users, full, replaced_by_a_file, results_replaced_by_a_file, taken_away,
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_it_costs_a_repeat_and_never_an_answer(
    server: Server, disk: Path, fault: Callable[[Path], AbstractContextManager[None]]
) -> None:
    old, new, after = flow(), flow(), flow()
    shown = server.ask("GET", old, timeout=120.0)
    assert shown.status == 200
    assert entries(disk)
    with fault(disk):
        there = set(entries(disk))
        assert server.ask("GET", old, timeout=60.0).content == shown.content
        first = server.ask("GET", new, timeout=60.0)
        assert first.status == 200
        assert server.ask("GET", new, timeout=60.0).content == first.content
        assert server.ask("GET", "/health").status == 200
        assert bool(set(entries(disk)) - there) is (fault is removed)  # the others let nothing be kept
    for address, content in ((old, shown.content), (new, first.content)):
        assert server.ask("GET", address, timeout=60.0).content == content
    before = set(entries(disk))
    assert server.ask("GET", after, timeout=60.0).status == 200
    until(lambda: bool(set(entries(disk)) - before), "it is used again", 60.0)
    said = server.said()
    assert "Traceback" not in "\n".join(said)
    complaints = [line for line in said if line.startswith(("WARNING", "ERROR"))]
    assert len(complaints) <= 1, complaints  # of all that has happened to this server until now
    assert not list(disk.rglob("*.part"))
