"""What the command line keeps on disk: finished tiles beside the file that they will make, and that file.

Whatever is written gets its name only when it is complete. Only `engine.atlas.__main__` and the workers that it sends
work to read or write files; the engine's other modules never do.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from ..errors import ParameterError
from .archive import pack_tile, unpack, unpack_tile
from .blocks import Block, Plane
from .flows import AtlasTile
from .sheet import Atlas

LITTER: Final = 3600.0  # seconds after which what a killed run has half written is removed
ENGINE: Final = Path(__file__).resolve().parents[1]


class FileError(ValueError):
    """The file that is asked for cannot be made, or must not be; the text says why."""


@cache
def sources_digest() -> str:
    """A short digest of the engine's sources, the same as the dashboard's (app/compute/sources.py)."""
    made = hashlib.sha256()
    for file in sorted(ENGINE.rglob("*.py")):
        made.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return made.hexdigest()[:16]


def found_in(out: Path) -> tuple[Atlas, Mapping[str, Any]] | None:
    """The atlas that a file holds already, and where it comes from; None if there is no file.

    Raises
    ------
    FileError
        If there is something else, which is left alone, or nothing can be made there.
    """
    try:
        if not out.parent.is_dir():
            raise FileError(f"There is no folder {out.parent} to put {out.name} into.")
        if not out.exists():
            return None
        if not out.is_file():
            raise FileError(f"{out} is not a file; choose another --out.")
        return unpack(out.read_bytes())
    except OSError as error:
        raise FileError(f"{out} cannot be read: {said(error)}.") from None
    except ParameterError:
        raise FileError(f"{out} is there and is no atlas; it is left alone. Choose another --out.") from None


class Kept:
    """The tiles that are finished, in a folder beside the file: one file each, named by the question and the block.

    Parameters
    ----------
    out : Path
        The file that they will make.
    plane : Plane
        Their question; with the digest of the sources it makes a key, so that no other question's tiles are used.
    """

    def __init__(self, out: Path, plane: Plane) -> None:
        self.out, self.folder = out, out.parent / f"{out.name}.tiles"
        question = json.dumps([asdict(plane), sources_digest()], sort_keys=True)
        self._plane, self._key = plane, hashlib.sha256(question.encode()).hexdigest()[:16]

    def prepare(self) -> None:
        """Make the folder; `FileError` if that is impossible."""
        try:
            self._write(self.folder / f"{self._key}.try", b"")
        except OSError as error:
            raise FileError(f"The folder {self.folder} cannot be written: {said(error)}.") from None

    def load(self, blocks: Iterable[Block]) -> dict[Block, AtlasTile]:
        """Those of some blocks that are there; a damaged one is as good as none."""
        found = {}
        for block in blocks:
            size = self._plane.samples(block)[0].size
            with suppress(OSError, ParameterError):
                found[block] = unpack_tile(self._file(block).read_bytes(), size)
        return found

    def save(self, block: Block, tile: AtlasTile) -> None:
        """Keep a tile; `OSError` if the disk is full."""
        self._write(self._file(block), pack_tile(tile))

    def finish(self, content: bytes, blocks: Iterable[Block]) -> None:
        """Write the file, then remove the tiles that are in it; `OSError` if the disk is full."""
        self._write(self.out, content)
        left = [*map(self._file, blocks), self.folder / f"{self._key}.try"]
        left += [part for part in self.folder.glob(f"{self._key}.*.part") if _is_old(part)]
        for file in left:
            file.unlink(missing_ok=True)
        with suppress(OSError):  # tiles of another question, or of a finer atlas, stay
            self.folder.rmdir()

    def _file(self, block: Block) -> Path:
        return self.folder / f"{self._key}-{block.resolution}-{block.row}-{block.column}.npz"

    def _write(self, file: Path, content: bytes) -> None:
        """Write a file of this disk, and name it only when it is complete."""
        self.folder.mkdir(exist_ok=True)  # another process that has finished the same removes it
        part = self.folder / f"{self._key}.{uuid4().hex}.part"
        try:
            with part.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())  # some disks say only here that they are full
            part.replace(file)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


def _is_old(part: Path) -> bool:
    """Whether a file half written is nobody's work any more."""
    try:
        return time.time() - part.stat().st_mtime > LITTER
    except OSError:
        return False


def said(error: OSError) -> str:
    """What the system says, as part of a sentence."""
    return (error.strerror or str(error)).lower()
