"""The shelf of files: bounded in bytes, shared by processes, at peace with whatever else is in its folder."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.compute import file_shelf
from app.compute.cache import ResultCache
from app.compute.file_shelf import FRESH, LARGEST, SUBFOLDER, FileShelf
from app.compute.serializer import NpzSerializer

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 2**20
VALUE = np.arange(1000.0)  # two blocks of a disk: 12 kB with what is around it
LONG = 120  # seconds after which a process is given up


def shelf(folder: Path | None, limit: int = LIMIT) -> FileShelf:
    return FileShelf(folder, NpzSerializer(), limit=limit)


def entries(folder: Path) -> list[Path]:
    return sorted((folder / SUBFOLDER).glob("*.result"))


def all_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def taken(folder: Path) -> int:
    """Bytes on the disk, in whole blocks."""
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in all_files(folder))


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_is_kept_is_found_again_also_by_another_process(tmp_path: Path) -> None:
    assert shelf(tmp_path).set("key", VALUE) is True
    np.testing.assert_array_equal(shelf(tmp_path).get("key"), VALUE)
    assert shelf(tmp_path).get("another") is None


def test_it_lives_in_a_folder_of_its_own_and_an_entry_is_one_file(tmp_path: Path) -> None:
    found = shelf(tmp_path)
    for number in range(5):
        found.set(f"key {number}", VALUE)
        found.set("key 0", VALUE)
    assert [path.name for path in tmp_path.iterdir()] == [SUBFOLDER]
    assert len(entries(tmp_path)) == 5


def test_it_is_bounded_in_bytes_whatever_is_written(tmp_path: Path) -> None:
    found, random = shelf(tmp_path), np.random.default_rng(1)
    for number in range(600):
        found.set(f"key {number}", np.zeros(int(random.integers(1, 4000))))
        if number % 20 == 0:
            assert taken(tmp_path) <= LIMIT
    assert LIMIT / 2 < taken(tmp_path) <= LIMIT
    assert found.get("key 599") is not None
    assert found.get("key 0") is None


def test_what_was_read_lately_stays(tmp_path: Path) -> None:
    found = shelf(tmp_path)
    found.set("wanted", VALUE)
    for number in range(400):
        found.set(f"key {number}", VALUE)
        for path in entries(tmp_path):  # a disk that tells the time by the minute
            os.utime(path, ns=(0, path.stat().st_mtime_ns - 60 * 10**9))
        assert found.get("wanted") is not None


def test_what_is_too_large_for_the_shelf_is_not_kept(tmp_path: Path) -> None:
    found = shelf(tmp_path)
    found.set("key", VALUE)
    assert found.set("large", np.zeros(LIMIT // LARGEST // 8 + 1)) is False
    assert [len(entries(tmp_path)), found.get("large")] == [1, None]


def test_at_its_bound_a_write_looks_at_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, looks, opened = shelf(tmp_path), [], []
    for number in range(200):
        found.set(f"key {number}", VALUE)
    scan, really_open = os.scandir, os.open

    def counted(path: Any) -> Any:
        looks.append(path)
        return scan(path)

    def counted_open(path: Any, *rest: Any) -> int:
        opened.append(Path(path).name)
        return really_open(path, *rest)

    monkeypatch.setattr(file_shelf.os, "scandir", counted)
    monkeypatch.setattr(file_shelf.os, "open", counted_open)
    for number in range(200, 300):
        found.set(f"key {number}", VALUE)
    assert 1 <= len(looks) <= 50  # once for each 32nd of the limit, or when it is reached
    assert len(opened) == 100


def test_a_file_of_somebody_else_is_never_touched(tmp_path: Path) -> None:
    own = tmp_path / SUBFOLDER
    (own / "deep").mkdir(parents=True)
    name = "0" * 64
    foreign = [
        tmp_path / "thesis.tex",
        tmp_path / f"{name}.result",
        own / "notes.result",
        own / name,
        own / f"{name}.result.bak",
        own / "deep" / f"{name}.result",
        own / "old.part",
    ]
    for path in foreign:
        path.write_bytes(b"x" * 5000)
        os.utime(path, (1, 1))
    (own / f"{'1' * 64}.result").mkdir()
    (own / f"{'2' * 64}.result").symlink_to(foreign[0])
    found = shelf(tmp_path)
    for number in range(300):
        found.set(f"key {number}", VALUE)
    for path in foreign:
        assert path.read_bytes() == b"x" * 5000
    assert (own / f"{'1' * 64}.result").is_dir()
    assert (own / f"{'2' * 64}.result").is_symlink()


@pytest.mark.parametrize("what", ["directory", "fifo", "link", "empty", "cut", "flipped", "junk", "locked"])
def test_an_entry_that_cannot_be_read_is_missing_at_once(tmp_path: Path, what: str) -> None:
    found = shelf(tmp_path)
    found.set("key", VALUE)
    (path,) = entries(tmp_path)
    data = path.read_bytes()
    path.unlink()
    if what == "directory":
        path.mkdir()
    elif what == "fifo":
        os.mkfifo(path)
    elif what == "link":
        path.symlink_to("/dev/zero")
    elif what == "locked":
        path.write_bytes(data)
        path.chmod(0)
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :]
        path.write_bytes({"empty": b"", "cut": data[:-1000], "flipped": flipped, "junk": b"\0" * 900}[what])
    if what == "locked" and os.geteuid() == 0:
        assert found.get("key") is not None  # nothing is locked for root
    else:
        assert found.get("key") is None
    assert found.get("key 2") is None
    if what not in ("directory", "locked"):
        assert found.set("key", VALUE)
        np.testing.assert_array_equal(found.get("key"), VALUE)


def test_entries_hold_no_code_and_are_no_larger_than_they_look(tmp_path: Path) -> None:
    found = shelf(tmp_path)
    found.set("key", VALUE)
    (path,) = entries(tmp_path)
    with path.open("wb") as file:
        np.savez_compressed(file, tree=np.array('{"array": "a"}'), a=np.zeros(10**6))
    assert path.stat().st_size < LIMIT // LARGEST
    assert found.get("key") is None
    with path.open("wb") as file:
        np.savez(file, tree=np.array('{"array": "a"}'), a=np.array([print], dtype=object))
    assert found.get("key") is None


def test_what_a_killed_process_has_left_half_written_is_removed(tmp_path: Path) -> None:
    found = shelf(tmp_path)
    found.set("key", VALUE)
    now = time.time()
    left = [tmp_path / SUBFOLDER / f"{'a' * 64}.{number:016x}.part" for number in range(3)]
    for path, age in zip(left, (1, 2 * FRESH, 86_400), strict=True):
        path.write_bytes(b"half")
        os.utime(path, (now - age, now - age))
    shelf(tmp_path).set("another", VALUE)
    assert [path.exists() for path in left] == [True, False, False]  # the first may be at work


def no_space(*_: Any) -> int:
    raise OSError(28, "No space left on device")


def test_a_write_that_fails_leaves_nothing_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cache = ResultCache(shelf(tmp_path), memory=2**20)
    cache.set("before", VALUE)
    before = all_files(tmp_path)
    monkeypatch.setattr(file_shelf, "_write", no_space)
    for number in range(3):
        assert cache.set(f"key {number}", VALUE) is False
        assert cache.get(f"key {number}") is not None
    assert all_files(tmp_path) == before
    (said,) = warnings_of(caplog)
    assert "No space left on device" in said
    monkeypatch.undo()
    assert cache.set("after", VALUE) is True


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Any:
    """A disk of 256 kB, where this user may mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here; the test above pretends one")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_costs_a_repeat_and_no_file(tiny_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = ResultCache(shelf(tiny_disk, limit=2**30), memory=2**24)
    kept = [cache.set(f"key {number}", VALUE) for number in range(60)]
    assert kept[0]
    assert not kept[-1]
    assert len(entries(tiny_disk)) == sum(kept)
    assert not list(tiny_disk.rglob("*.part"))
    assert len(warnings_of(caplog)) == 1
    assert cache.get("key 59") is not None
    for path in entries(tiny_disk):
        path.unlink()
    assert cache.set("key 60", VALUE) is True


@pytest.mark.parametrize("gone", ["subfolder", "folder"])
def test_a_folder_that_is_removed_is_made_anew(
    tmp_path: Path, gone: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "cache"
    found = shelf(folder)
    found.set("key", VALUE)
    for path in all_files(folder):
        path.unlink()
    (folder / SUBFOLDER).rmdir()
    if gone == "folder":
        folder.rmdir()
    assert found.get("key") is None
    assert found.set("key", VALUE) is True
    assert found.get("key") is not None
    assert warnings_of(caplog) == []


@pytest.mark.parametrize("place", [None, "file", "file/cache"])
def test_without_a_folder_one_warning_says_so(
    tmp_path: Path, place: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("mine")
    cache = ResultCache(shelf(place and tmp_path / place), memory=2**20)
    for number in range(3):
        assert cache.set(f"key {number}", VALUE) is False
        assert cache.get(f"key {number}") is not None
    (said,) = warnings_of(caplog)
    assert "memory alone" in said
    assert "SADDLESURF_CACHE_FOLDER" in said
    assert (tmp_path / "file").read_text() == "mine"


AS_SOMEBODY_ELSE = """
import logging, os, sys
from pathlib import Path
import numpy as np
from app.compute.cache import ResultCache
from app.compute.file_shelf import FileShelf
from app.compute.serializer import NpzSerializer
logging.basicConfig(format="%(message)s")
NpzSerializer().loads(NpzSerializer().dumps(1))  # loads what Python itself may not be allowed to read later
os.setgid(65534)
os.setuid(65534)
cache = ResultCache(FileShelf(Path(sys.argv[1]), NpzSerializer(), limit=2**20), memory=2**24)
kept = [cache.set(f"key {k}", np.zeros(1000)) for k in range(300)]
print(cache.get("key") is not None, *kept, cache.get("key 5") is not None)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("mode", [0o555, 0o755, 0o700])
def test_a_folder_of_somebody_else_is_read_where_that_is_allowed(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "cache"
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_mode & 0o777 == 0o700:  # pytest's
            parent.chmod(0o755)
    shelf(folder).set("key", VALUE)
    for place in (folder, folder / SUBFOLDER):
        place.chmod(mode)
    command = [sys.executable, "-c", AS_SOMEBODY_ELSE, str(folder)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=LONG)
    found, *kept, last = said.stdout.split()
    assert found == str(mode != 0o700)
    assert set(kept) == {"False"}
    assert last == "True"  # from memory
    assert said.stderr.count("\n") == 1, said.stderr
    assert len(entries(folder)) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_entries_that_cannot_be_removed_do_not_make_every_write_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, looks = shelf(tmp_path), []
    for number in range(150):
        found.set(f"key {number}", VALUE)
    scan = os.scandir
    monkeypatch.setattr(file_shelf.os, "scandir", lambda path: looks.append(path) or scan(path))
    monkeypatch.setattr(file_shelf, "_remove", lambda _: False)
    cache = ResultCache(found, memory=2**24)
    kept = [cache.set(f"other {number}", VALUE) for number in range(100)]
    assert not kept[-1]
    assert len(looks) < 20
    assert taken(tmp_path) <= LIMIT


WRITER = """
import sys
from pathlib import Path
import numpy as np
from app.compute.file_shelf import FileShelf
from app.compute.serializer import NpzSerializer
shelf, wrong = FileShelf(Path(sys.argv[1]), NpzSerializer(), limit=2**20), 0
for k in range(500):
    shelf.set(f"key {k % 200}", np.full(1000, float(k % 200)))
    found = shelf.get(f"key {(7 * k) % 200}")
    wrong += found is not None and not (found == (7 * k) % 200).all()
print(wrong)
"""


def test_processes_share_a_folder_and_its_bound(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    running = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in "abc"
    ]
    largest = 0
    while any(process.poll() is None for process in running):
        try:
            largest = max(largest, taken(tmp_path))
        except FileNotFoundError:
            continue
    for process in running:
        said, complaint = process.communicate(timeout=LONG)
        assert (said, complaint) == ("0\n", "")
    assert 0 < largest <= LIMIT
    assert not list(tmp_path.rglob("*.part"))


KILLED = WRITER.replace("range(500)", "iter(int, 1)").replace("k % 200", "0")


def test_a_process_that_is_killed_while_it_writes_leaves_whole_entries(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT)
    while not entries(tmp_path):
        assert process.poll() is None
    process.kill()
    process.wait(LONG)
    assert shelf(tmp_path).get("key 0") is not None


def test_threads_share_a_shelf(tmp_path: Path) -> None:
    found = shelf(tmp_path)

    def work(number: int) -> bool:
        found.set(f"key {number % 50}", np.full(1000, float(number % 50)))
        back = found.get(f"key {number % 50}")
        return back is None or bool((back == number % 50).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(1000)))
    assert taken(tmp_path) <= LIMIT


def test_any_text_is_a_key(tmp_path: Path) -> None:
    found = shelf(tmp_path)
    for key in ("", "../../x", "\0", "\ud800", "é" * 10_000):
        assert found.set(key, VALUE)
        assert found.get(key) is not None
    assert all(re.fullmatch(r"[0-9a-f]{64}\.result", path.name) for path in entries(tmp_path))
