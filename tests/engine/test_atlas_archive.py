"""An atlas as bytes: all of it comes back, and nothing else is taken for one."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest

from engine import ParameterError, Status, atlas
from engine.atlas.archive import CODES, pack_tile, unpack_tile
from engine.atlas.nesting import new_samples

PLANE = atlas.Plane(p=4, overlap_0=-1e-3, t_max=50.0, temperature=0.1, delta_p_range=(0.1, 7.0))
ABOUT = {"engine_version": "0.0", "citation": "Zdeborová"}


def invented(plane: atlas.Plane, block: atlas.Block) -> atlas.AtlasTile:
    """A tile of every status, its numbers those of its place."""
    delta_p, delta_2 = plane.samples(block)
    code = (np.arange(delta_p.size) % len(CODES)).astype(np.uint8)
    cut = code == CODES.index(Status.STOPPED_EARLY)
    return atlas.AtlasTile(
        np.where(cut, np.nan, np.tanh(delta_p)), np.where(code == 1, np.nan, 10 * delta_2), code
    )


def some_atlas(resolution: int = 32, *, complete: bool = True) -> atlas.Atlas:
    blocks = PLANE.blocks(resolution)[: None if complete else 3]
    return atlas.Atlas.of(PLANE, resolution, {block: invented(PLANE, block) for block in blocks})


def rewritten(content: bytes, **changes: Any) -> bytes:
    """The same file with some of its arrays changed, or left out (None)."""
    with np.load(io.BytesIO(content)) as found:
        arrays = dict(found) | changes
    stream = io.BytesIO()
    np.savez(stream, **{name: array for name, array in arrays.items() if array is not None})
    return stream.getvalue()


@pytest.mark.parametrize("complete", [True, False])
def test_an_atlas_comes_back_to_the_last_bit(complete: bool) -> None:
    made = some_atlas(complete=complete)
    content = atlas.pack(made, ABOUT)
    assert content == atlas.pack(made, ABOUT)  # no time in it
    back, about = atlas.unpack(content)
    assert back.plane == PLANE
    assert about | ABOUT == about
    assert about["resolution"] == 32
    for name in ("delta_p", "delta_2", "final_overlap", "escape_time", "status_code"):
        assert getattr(back, name).tobytes() == getattr(made, name).tobytes()
        assert not getattr(back, name).flags.writeable
    assert back.is_complete is complete
    assert back.tiles().keys() == made.tiles().keys()


def test_a_stranger_reads_it_with_numpy_alone() -> None:
    made = some_atlas(complete=False)
    with np.load(io.BytesIO(atlas.pack(made, ABOUT)), allow_pickle=False) as found:
        assert set(found) == {"delta_p", "delta_2", "final_overlap", "escape_time", "status", "metadata"}
        assert found["final_overlap"].shape == (32, 32)
        assert found["status"].dtype == np.dtype("<U13")
        names = {*(status.name for status in Status), "MISSING"}
        assert set(np.unique(found["status"])) == names
        missing = found["status"] == "MISSING"
        assert (missing == ~made.is_there).all()
        about = json.loads(found["metadata"].tobytes().decode("utf-8"))
    assert about["plane"]["delta_p_range"] == [0.1, 7.0]
    assert about["citation"] == "Zdeborová"


def test_it_is_written_as_narrow_readers_want_it() -> None:
    with zipfile.ZipFile(io.BytesIO(atlas.pack(some_atlas(), ABOUT))) as archive:
        for entry in archive.infolist():
            assert entry.flag_bits == 0  # sizes before the entry, plain names
            assert entry.extra == b""  # no 64-bit forms


@pytest.mark.parametrize(
    "changes",
    [
        {"metadata": None},
        {"status": None},
        {"metadata": np.frombuffer(b"{}", np.uint8)},
        {"metadata": np.frombuffer(b"\xff", np.uint8)},
        {"delta_p": np.arange(32.0)},
        {"delta_2": np.ones(3)},
        {"final_overlap": np.zeros((32, 31))},
        {"escape_time": np.full((32, 32), "soon")},
        {"status": np.full((32, 32), "FINE")},
        {"status": np.full(32, "REACHED")},
    ],
)
def test_what_is_no_atlas_is_refused(changes: dict[str, Any]) -> None:
    content = rewritten(atlas.pack(some_atlas(), ABOUT), **changes)
    with pytest.raises(ParameterError, match="no atlas") as caught:
        atlas.unpack(content)
    assert caught.value.name == "content"


def test_half_a_file_is_refused() -> None:
    content = atlas.pack(some_atlas(), ABOUT)
    for damaged in (b"", b"PK", content[: len(content) // 2]):
        with pytest.raises(ParameterError):
            atlas.unpack(damaged)


def test_a_flipped_bit_is_refused_or_of_no_consequence() -> None:
    made = invented(PLANE, atlas.Block(16, 1, 0))
    content = pack_tile(made)
    refused = 0
    for place in range(0, len(content), 3):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        try:
            back = unpack_tile(bytes(flipped), 64)
        except ParameterError:
            refused += 1
        else:
            assert back.final_overlap.tobytes() == made.final_overlap.tobytes()
            assert back.escape_time.tobytes() == made.escape_time.tobytes()
            assert back.status_code.tobytes() == made.status_code.tobytes()
    assert refused > len(content) / 3 / 2


@pytest.mark.parametrize("block", [atlas.Block(16, 1, 0), atlas.Block(32, 2, 3)])
def test_a_tile_comes_back_and_no_other_size_is_taken(block: atlas.Block) -> None:
    made = invented(PLANE, block)
    size = int(new_samples(block.resolution)[block.cells].sum())
    content = pack_tile(made)
    back = unpack_tile(content, size)
    for name in ("final_overlap", "escape_time", "status_code"):
        assert getattr(back, name).tobytes() == getattr(made, name).tobytes()
        assert not getattr(back, name).flags.writeable
    for damaged in (
        b"",
        content[:-30],
        rewritten(content, status_code=np.full(size, 3, np.uint8)),
        rewritten(content, status_code=np.zeros(size)),
        rewritten(content, escape_time=None),
        rewritten(content, more=np.zeros(2)),
    ):
        with pytest.raises(ParameterError):
            unpack_tile(damaged, size)
    with pytest.raises(ParameterError):
        unpack_tile(content, size + 1)
