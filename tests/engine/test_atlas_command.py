"""``python -m engine.atlas``: what it writes, what it keeps when it is ended, and what it says."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import ConvergenceError, __version__, atlas
from engine.atlas import __main__ as command
from engine.atlas import files, options, workers

ROOT = Path(__file__).resolve().parents[2]
BOUND = 120.0  # seconds after which a test gives up
PLANE = atlas.Plane(overlap_0=0.01, t_max=1.0, delta_p_range=(10.0, 100.0), delta_2_range=(1.0, 3.0))
SAID = ["--overlap-0", "0.01", "--t-max", "1", "--delta-p", "10", "100", "--delta-2", "1", "3"]
Calls = list[atlas.Block]


def invented(plane: atlas.Plane, block: atlas.Block) -> atlas.AtlasTile:
    """What takes the flow's place where the flow is not what is tested; its numbers are those of its points."""
    delta_p, delta_2 = plane.samples(block)
    return atlas.AtlasTile(delta_2 / delta_p, delta_p, np.zeros(delta_p.size, np.uint8))


def invented_atlas(plane: atlas.Plane, resolution: int) -> atlas.Atlas:
    blocks = plane.blocks(resolution)
    return atlas.Atlas.of(plane, resolution, {block: invented(plane, block) for block in blocks})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The blocks that are measured, by invention."""
    found: Calls = []

    def measure(plane: atlas.Plane, block: atlas.Block, stop: Callable[[], bool]) -> atlas.AtlasTile:
        found.append(block)
        return invented(plane, block)

    monkeypatch.setattr(workers, "measure", measure)
    return found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "atlas.npz"


def run(out: Path, resolution: int = 16, *more: str) -> int:
    return command.main([*SAID, "--resolution", str(resolution), "--out", str(out), *more])


def held(out: Path) -> atlas.Atlas:
    return atlas.unpack(out.read_bytes())[0]


def kept(out: Path) -> list[Path]:
    return sorted(out.with_name(out.name + ".tiles").glob("*.npz"))


def same(found: atlas.Atlas, wanted: atlas.Atlas) -> bool:
    names = ("final_overlap", "escape_time", "status_code", "delta_p", "delta_2")
    return found.plane == wanted.plane and all(
        getattr(found, name).tobytes() == getattr(wanted, name).tobytes() for name in names
    )


def failing_after(count: int, error: BaseException) -> Callable[..., None]:
    """Keeps so many tiles, then fails."""
    save, done = files.Kept.save, []

    def failing(self: files.Kept, block: atlas.Block, tile: atlas.AtlasTile) -> None:
        if len(done) >= count:
            raise error
        done.append(block)
        save(self, block, tile)

    return failing


def test_it_writes_the_atlas_and_where_it_comes_from(
    out: Path, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(out, 32, "--workers", "2") == 0
    assert sorted(calls, key=repr) == sorted(PLANE.blocks(32), key=repr)
    assert same(held(out), invented_atlas(PLANE, 32))
    assert held(out).is_complete
    assert [file.name for file in out.parent.iterdir()] == ["atlas.npz"]  # nothing is left beside it
    _, about = atlas.unpack(out.read_bytes())
    assert about["engine_version"] == __version__
    assert about["sources"] == files.sources_digest()
    assert {"numpy", "numba", "scipy", "python", "date", "licence", "citation"} <= set(about)
    assert str(out.parent) not in json.dumps(about)
    assert "32 × 32 flows" in capsys.readouterr().err


@pytest.mark.jit
def test_its_numbers_are_the_engines(out: Path) -> None:
    assert run(out, 8, "--quiet") == 0
    (block,) = PLANE.blocks(8)
    assert same(held(out), atlas.Atlas.of(PLANE, 8, {block: atlas.measure(PLANE, block)}))


def test_the_command_that_it_names_asks_for_the_same(out: Path, calls: Calls) -> None:
    assert run(out, 16, "--temperature", "0.5", "--p", "4", "--overlap-0", "-1e-3") == 0
    _, about = atlas.unpack(out.read_bytes())
    prog = "python -m engine.atlas"
    assert about["command"].startswith(f"{prog} --p 4 ")
    again = options.options(about["command"].removeprefix(prog).split(), prog)
    assert again.plane == held(out).plane
    assert (again.plane.overlap_0, again.resolution, again.out) == (-1e-3, 16, "atlas.npz")


def test_without_options_it_asks_for_the_pages_own_plane() -> None:
    asked = options.options(["--out", "a.npz"], "atlas")
    assert asked.plane == atlas.Plane()
    assert asked.resolution == 128
    assert asked.n_threads >= 1


def test_quiet_says_nothing(out: Path, calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(out, 16, "--quiet") == 0
    assert run(out, 16, "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_progress_counts_flows(out: Path, calls: Calls, capsys: pytest.CaptureFixture[str]) -> None:
    run(out, 16)
    run(out, 32)
    said = capsys.readouterr().err
    assert "256/256" in said
    assert "256/1024" in said  # it begins with those that are there
    assert "1024/1024" in said


def test_after_ctrl_c_it_says_how_to_go_on_and_goes_on(
    out: Path, calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files.Kept, "save", failing_after(5, KeyboardInterrupt()))
        assert run(out, 32, "--workers", "1") == 130
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.endswith("Stopped. 304 of 1024 flows are kept; the same command goes on from there.")
    assert not out.exists()
    assert len(kept(out)) == 5
    calls.clear()
    assert run(out, 32) == 0
    assert len(calls) == 20 - 5
    assert same(held(out), invented_atlas(PLANE, 32))
    assert not kept(out)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on device"),
        (ConvergenceError("It does not converge."), "It does not converge."),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_loses_nothing(
    error: Exception,
    says: str,
    out: Path,
    calls: Calls,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files.Kept, "save", failing_after(2, error))
        assert run(out, 32, "--workers", "1") == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert says in said
    assert said.endswith("128 of 1024 flows are kept; the same command goes on from there.")
    assert len(kept(out)) == 2
    calls.clear()
    assert run(out, 32) == 0
    assert len(calls) == 18


def test_a_disk_that_is_full_at_the_end_keeps_the_tiles(
    out: Path, calls: Calls, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        if not kept(out) or len(kept(out)) < 4:
            return
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        assert run(out) == 1
    assert "256 of 256 flows are kept" in capsys.readouterr().err
    assert not out.exists()
    assert not list(out.with_name("atlas.npz.tiles").glob("*.part"))
    calls.clear()
    assert run(out) == 0
    assert not calls


def damage(content: bytes) -> Iterator[bytes]:
    yield b""
    yield content[: len(content) // 2]
    middle = bytearray(content)
    middle[len(content) // 4] ^= 0xFF
    yield bytes(middle)
    yield b"not a tile"


def test_a_corrupted_tile_is_measured_again(out: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files.Kept, "save", failing_after(6, KeyboardInterrupt()))
        assert run(out, 32, "--workers", "1") == 130
    tiles = kept(out)
    for file, content in zip(tiles, damage(tiles[0].read_bytes()), strict=False):
        file.write_bytes(content)
    calls.clear()
    assert run(out, 32) == 0
    assert len(calls) == 20 - 6 + 4
    assert same(held(out), invented_atlas(PLANE, 32))


@pytest.mark.parametrize(
    "other", [["--p", "4"], ["--t-max", "2"], ["--temperature", "0.1"], ["--delta-2", "1", "2"]]
)
def test_another_questions_tiles_are_not_used(
    other: list[str], out: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files.Kept, "save", failing_after(2, KeyboardInterrupt()))
        assert run(out, 16, "--workers", "1") == 130
    calls.clear()
    assert run(out, 16, *other) == 0
    assert len(calls) == 4
    assert len(kept(out)) == 2  # the other question's, still there for whoever asks it under another name


def test_tiles_of_other_sources_are_not_used(
    out: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files.Kept, "save", failing_after(2, KeyboardInterrupt()))
        patch.setattr(files, "sources_digest", lambda: "older")
        assert run(out, 16, "--workers", "1") == 130
    calls.clear()
    assert run(out) == 0
    assert len(calls) == 4


def test_a_coarser_atlas_in_the_file_is_made_finer(out: Path, calls: Calls) -> None:
    assert run(out, 16) == 0
    calls.clear()
    assert run(out, 64) == 0
    assert {block.resolution for block in calls} == {32, 64}
    assert same(held(out), invented_atlas(PLANE, 64))


@pytest.mark.parametrize("asked", [16, 8, 24, 32])
def test_the_same_or_a_finer_one_is_left_as_it_is(
    asked: int, out: Path, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(out, 32) == 0
    before = out.read_bytes()
    calls.clear()
    capsys.readouterr()
    assert run(out, asked) == 0
    assert "holds this atlas already, at resolution 32." in capsys.readouterr().err
    assert out.read_bytes() == before
    assert not calls


def test_a_part_of_the_atlas_in_the_file_is_completed(out: Path, calls: Calls) -> None:
    tiles = {block: invented(PLANE, block) for block in PLANE.blocks(32)[:7]}
    part = atlas.Atlas.of(PLANE, 32, tiles)
    out.write_bytes(atlas.pack(part, {"sources": files.sources_digest()}))
    assert run(out, 16) == 2  # it would be less than there is
    assert run(out, 32) == 0
    assert len(calls) == 20 - 7
    assert same(held(out), invented_atlas(PLANE, 32))


def test_tiles_of_a_finer_atlas_outlive_a_coarser_one(
    out: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(files.Kept, "save", failing_after(7, KeyboardInterrupt()))
        assert run(out, 32, "--workers", "1") == 130
    assert run(out, 16) == 0
    calls.clear()
    assert run(out, 32) == 0
    assert len(calls) == 20 - 7
    assert not kept(out)


def foreign(what: str, out: Path) -> None:
    """Put something else where the file would be."""
    if what == "folder":
        out.mkdir()
    elif what == "plane":
        out.write_bytes(atlas.pack(invented_atlas(atlas.Plane(p=4), 16), {"sources": files.sources_digest()}))
    elif what == "sources":
        out.write_bytes(atlas.pack(invented_atlas(PLANE, 16), {"sources": "older"}))
    elif what == "points":
        out.write_bytes(atlas.pack(invented_atlas(PLANE, 24), {"sources": files.sources_digest()}))
    elif what == "table":
        stream = io.BytesIO()
        np.savez(stream, time=np.arange(3.0))
        out.write_bytes(stream.getvalue())
    else:
        out.write_text(what, encoding="utf-8")


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("my thesis", "is no atlas"),
        ("", "is no atlas"),
        ("table", "is no atlas"),
        ("folder", "is not a file"),
        ("plane", "another plane"),
        ("sources", "another version"),
        ("points", "at resolution 24, which has other points"),
    ],
)
def test_what_is_something_else_is_never_overwritten(
    what: str, says: str, out: Path, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    foreign(what, out)
    before = out.read_bytes() if out.is_file() else None
    assert run(out, 32) == 2
    assert says in one_sentence(capsys)
    assert (out.read_bytes() if out.is_file() else None) == before
    assert not calls
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(("what", "status", "n_kept"), [("plane", 1, 4), ("same", 0, 4)])
def test_what_another_run_has_put_there_meanwhile_is_not_overwritten(
    what: str, status: int, n_kept: int, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(plane: atlas.Plane, block: atlas.Block, stop: Callable[[], bool]) -> atlas.AtlasTile:
        if not out.exists() and what == "same":
            out.write_bytes(atlas.pack(invented_atlas(PLANE, 32), {"sources": files.sources_digest()}))
        elif not out.exists():
            foreign(what, out)
        return invented(plane, block)

    monkeypatch.setattr(workers, "measure", measure)
    assert run(out, 16, "--workers", "1") == status
    assert held(out).resolution == (32 if what == "same" else 16)
    assert held(out).plane.p == (3 if what == "same" else 4)
    assert len(kept(out)) == n_kept


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("python -m engine.atlas: ")
    assert line.endswith(".")
    return line


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--p", "2"], "p must be an integer from 3 to 10"),
        (["--p", "three"], "p must be an integer"),
        (["--resolution", "100"], "multiple of 8"),
        (["--resolution", "2048"], "multiple of 8"),
        (["--resolution", "fine"], "multiple of 8"),
        (["--overlap-0", "0"], "initial overlap"),
        (["--overlap-0", "nan"], "initial overlap"),
        (["--t-max", "inf"], "final time"),
        (["--t-max", "1" + 400 * "0"], "final time"),
        (["--overlap-0", "1" + 400 * "0"], "initial overlap"),
        (["--out", "/"], "is not a file"),
        (["--temperature", "-1"], "temperature"),
        (["--delta-p", "3", "1"], "smaller one first"),
        (["--delta-p", "3"], "expected 2 arguments"),
        (["--delta-2", "0", "1"], "Δ₂ must be"),
        (["--delta-2", "a", "b"], "smaller one first"),
        (["--workers", "0"], "--workers must be a whole number from 1 to 256"),
        (["--workers", "1.5"], "--workers must be"),
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "not both"),
        (["--fast"], "--fast"),
        (["--res", "16"], "--res"),
        (["--out"], "expected one argument"),
        (["--overlap-0"], "expected one argument"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    wrong: list[str], says: str, tmp_path: Path, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--out", str(tmp_path / "atlas.npz"), *wrong]) == 2
    assert says in one_sentence(capsys)
    assert not calls
    assert not list(tmp_path.iterdir())


def test_it_must_be_told_where_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 2
    assert "--out" in one_sentence(capsys)


@pytest.mark.parametrize("name", ["no/such/folder/atlas.npz", f"{'a' * 300}.npz"])
def test_a_place_that_cannot_be_is_said(
    name: str, tmp_path: Path, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / name) == 2
    one_sentence(capsys)
    assert not calls


def test_a_folder_that_cannot_be_written_is_said(
    out: Path, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    out.with_name("atlas.npz.tiles").write_text("in the way", encoding="utf-8")
    assert run(out) == 2
    assert "cannot be written" in one_sentence(capsys)
    assert not calls


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for name in (
        "p",
        "resolution",
        "overlap-0",
        "t-max",
        "temperature",
        "delta-p",
        "delta-2",
        "out",
        "workers",
    ):
        assert f"--{name} " in said
    assert "--scheduler" in said


class Process:
    """The real command in a process of its own, which heeds Ctrl-C whoever has started the tests."""

    SCRIPT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from engine.atlas.__main__ import main
raise SystemExit(main())
"""

    def __init__(self, out: Path, resolution: int) -> None:
        self.out = out
        self.running = subprocess.Popen(
            [sys.executable, "-c", self.SCRIPT, *SAID, "--resolution", str(resolution), "--out", str(out)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, with_signal: int, after: int) -> tuple[int, str]:
        """Send a signal when so many tiles are kept; how it ended and the last line it said."""
        deadline = time.monotonic() + BOUND
        while len(kept(self.out)) < after:
            assert self.running.poll() is None, "it has ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        self.running.send_signal(with_signal)
        _, said = self.running.communicate(timeout=BOUND)
        return self.running.returncode, said.splitlines()[-1]


def goes_on(out: Path, resolution: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command measures what is not kept, and that alone."""
    measured: Calls = []

    def counted(plane: atlas.Plane, block: atlas.Block, stop: Any = None) -> atlas.AtlasTile:
        measured.append(block)
        return atlas.measure(plane, block, stop)

    there = kept(out)
    monkeypatch.setattr(workers, "measure", counted)
    assert run(out, resolution, "--quiet") == 0
    blocks = PLANE.blocks(resolution)
    assert len(measured) == len(set(measured)) == len(blocks) - len(there)
    tiles = held(out).tiles()
    for block in sorted(set(blocks) - set(measured), key=repr)[:1]:
        direct = atlas.measure(PLANE, block)
        assert tiles[block].final_overlap.tobytes() == direct.final_overlap.tobytes()
    assert [file.name for file in out.parent.iterdir()] == [out.name]


@pytest.mark.jit
def test_a_killed_run_goes_on_where_it_was(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _ = Process(out, 24).end(signal.SIGTERM if os.name == "nt" else signal.SIGKILL, after=2)
    assert code != 0
    assert not out.exists()
    goes_on(out, 24, monkeypatch)


@pytest.mark.jit
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is no signal that can be sent there")
def test_ctrl_c_ends_it_with_a_sentence(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = Process(out, 24).end(signal.SIGINT, after=2)
    assert code == 130
    assert said.startswith("python -m engine.atlas: Stopped.")
    assert said.endswith("of 576 flows are kept; the same command goes on from there.")
    goes_on(out, 24, monkeypatch)
