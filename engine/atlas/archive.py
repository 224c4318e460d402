"""An atlas as the bytes of a file, and back: NPZ, compressed, numbers and names alone, never code.

The arrays are those of `Atlas`, the status by its name; `metadata` is JSON in UTF-8, as bytes: what was asked, and
what whoever made it says of that. Overlaps and times are kept in float64, though the solver's accuracy is 1e-4: a file
made again, or a finer one begun from a coarser one, then agrees with it to the last bit, for 100 kB more.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..checks import read_only
from ..errors import ParameterError
from .blocks import MISSING, Plane
from .flows import CODES, AtlasTile
from .sheet import Atlas

Array = NDArray[Any]

METADATA: Final = "metadata"
NAMES: Final = (*(status.name for status in CODES), "MISSING")
_NO_ATLAS: Final = "These bytes hold no atlas."
_NO_TILE: Final = "These bytes hold no tile of that size."


def pack(atlas: Atlas, about: Mapping[str, Any]) -> bytes:
    """Return an atlas as the bytes of an NPZ file.

    Parameters
    ----------
    atlas : Atlas
        Complete or not; the status of a missing sample is ``MISSING``.
    about : mapping
        Where it comes from, as JSON can say it; put into ``metadata`` beside ``plane`` and ``resolution``.

    Returns
    -------
    bytes
        The same for the same atlas: there is no time in it but what ``about`` says.
    """
    code = np.where(atlas.is_there, atlas.status_code, len(CODES))
    said = {"plane": asdict(atlas.plane), "resolution": atlas.resolution, **about}
    text = json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
    return _packed(
        {
            "delta_p": atlas.delta_p,
            "delta_2": atlas.delta_2,
            "final_overlap": atlas.final_overlap,
            "escape_time": atlas.escape_time,
            "status": np.array(NAMES)[code],
            METADATA: np.frombuffer(text, np.uint8),
        }
    )


def unpack(content: bytes) -> tuple[Atlas, dict[str, Any]]:
    """Return the atlas that a file holds, and all that its ``metadata`` says.

    Parameters
    ----------
    content : bytes
        Of an NPZ file, as `pack` makes it.

    Returns
    -------
    tuple of (Atlas, dict)

    Raises
    ------
    ParameterError
        If they hold no atlas; its name is ``content``.
    """
    try:
        found = _unpacked(content)
        about = json.loads(found[METADATA].tobytes())
        atlas = _built(about, found)
    except Exception:  # whatever is wrong with foreign bytes, the answer is the same
        raise ParameterError("content", _NO_ATLAS) from None
    return atlas, about


def pack_tile(tile: AtlasTile) -> bytes:
    """Return a tile as the bytes of an NPZ file."""
    return _packed({name: getattr(tile, name) for name in AtlasTile.__dataclass_fields__})


def unpack_tile(content: bytes, size: int) -> AtlasTile:
    """Return the tile that a file holds; `ParameterError` unless it is one of so many samples."""
    try:
        found = _unpacked(content)
        tile = AtlasTile(**found)
        kinds = [(part.dtype.str, part.shape) for part in found.values()]
        if kinds != [("<f8", (size,)), ("<f8", (size,)), ("|u1", (size,))] or (
            tile.status_code.max() >= len(CODES)
        ):
            raise ValueError(kinds)
    except Exception:
        raise ParameterError("content", _NO_TILE) from None
    for part in found.values():
        part.setflags(write=False)
    return tile


def _built(about: Mapping[str, Any], found: Mapping[str, Array]) -> Atlas:
    said: dict[str, Any] = about["plane"]
    plane, n = Plane(**said), about["resolution"]
    for name, axis in zip(("delta_p", "delta_2"), plane.axes(n), strict=True):
        np.testing.assert_allclose(found[name], axis, rtol=1e-12)
    code = np.array([*range(len(CODES)), MISSING], np.uint8)[
        np.vectorize(NAMES.index, otypes=[np.intp])(found["status"])
    ]
    parts = {name: found[name].astype(np.float64) for name in ("final_overlap", "escape_time")}
    if code.shape != (n, n) or any(part.shape != (n, n) for part in parts.values()):
        raise ValueError(n)
    code.setflags(write=False)
    return Atlas(
        plane=plane,
        delta_p=read_only(found["delta_p"]),
        delta_2=read_only(found["delta_2"]),
        final_overlap=read_only(parts["final_overlap"]),
        escape_time=read_only(parts["escape_time"]),
        status_code=code,
    )


def _packed(arrays: Mapping[str, Array]) -> bytes:
    """Little-endian arrays in rows, their sizes before them, no 64-bit forms of zip: narrow readers know no others."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            entry = io.BytesIO()
            plain = np.ascontiguousarray(array)
            np.lib.format.write_array(
                entry, plain.astype(plain.dtype.newbyteorder("<")), (1, 0), allow_pickle=False
            )
            info = zipfile.ZipInfo(f"{name}.npy")
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.getvalue())
    return stream.getvalue()


def _unpacked(content: bytes) -> dict[str, Array]:
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}
