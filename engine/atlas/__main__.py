"""``python -m engine.atlas`` and ``saddlesurf atlas`` measure a phase diagram and write it to a file.

Ctrl-C, a full disk or a power cut loses the blocks under way: finished ones are kept beside the file, and the same
command goes on from there. What goes wrong is one sentence on the error stream. Returned to the system: 0 the file is
there, 1 it could not be finished, 2 it must not be begun, 130 Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from .. import __version__
from ..errors import EngineError, ParameterError
from .archive import pack
from .blocks import Block, Plane
from .files import FileError, Kept, found_in, said, sources_digest
from .flows import AtlasTile
from .options import OptionError, Options, options
from .sheet import Atlas
from .workers import Cluster, Threads, Workers, WorkersError, measured

LICENCE: Final = "MIT"
CITATION: Final = (
    "S. Sarao Mannelli, G. Biroli, C. Cammarota, F. Krzakala, L. Zdeborová, Who is Afraid of Big Bad Minima? "
    "Analysis of Gradient-Flow in Spiked Matrix-Tensor Models, NeurIPS 2019, arXiv:1907.08226"
)


def main(arguments: Sequence[str] | None = None, *, prog: str = "python -m engine.atlas") -> int:
    """Do what the command line says; what is returned is for the system.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of this process.
    prog : str, optional
        The command's name.

    Returns
    -------
    int
    """
    try:
        asked = options(sys.argv[1:] if arguments is None else arguments, prog)
        return _Command(asked, prog).run()
    except (OptionError, ParameterError, FileError) as error:
        return _say(prog, str(error), 2)
    except KeyboardInterrupt:  # before anything was begun, or a second time
        return _say(prog, "Stopped.", 130)


class _Command:
    """One run: its question, its file, and what is kept."""

    def __init__(self, asked: Options, prog: str) -> None:
        self._asked, self._prog = asked, prog
        self.plane, self.resolution = asked.plane, asked.resolution
        self.out = Path(os.path.realpath(asked.out))
        self._kept = Kept(self.out, self.plane)
        self._tiles: dict[Block, AtlasTile] = {}

    def run(self) -> int:
        """Measure what is not there, and write the file."""
        held = self._held()
        if held is not None and held.is_complete and held.resolution >= self.resolution:
            self._tell(f"{self._asked.out} holds this atlas already, at resolution {held.resolution}.")
            return 0
        self._kept.prepare()
        blocks = self.plane.blocks(self.resolution)
        coarser = {} if held is None else held.tiles()
        self._tiles = {block: coarser[block] for block in blocks if block in coarser}
        self._tiles |= self._kept.load(block for block in blocks if block not in self._tiles)
        try:
            self._measure([block for block in blocks if block not in self._tiles])
            held = self._held()  # hours later: another run may have written there
            if held is not None and held.is_complete and held.resolution >= self.resolution:
                self._tell(f"{self._asked.out} holds this atlas meanwhile, at resolution {held.resolution}.")
                return 0
            atlas = Atlas.of(self.plane, self.resolution, self._tiles)
            self._kept.finish(pack(atlas, self._about()), blocks)
        except KeyboardInterrupt:
            return self._stopped("Stopped.", 130)
        except (FileError, WorkersError, EngineError) as error:
            return self._stopped(str(error), 1)
        except OSError as error:
            return self._stopped(f"{self._kept.folder} cannot be written: {said(error)}.", 1)
        self._tell(f"{self._asked.out} is there: {self.resolution} × {self.resolution} flows.")
        return 0

    def _held(self) -> Atlas | None:
        """What the file holds already of this very atlas, or more than that; `FileError` if it is anything else."""
        found = found_in(self.out)
        if found is None:
            return None
        (atlas, about), name = found, self._asked.out
        if atlas.plane != self.plane:
            raise FileError(
                f"{name} holds an atlas of another plane; it is left alone. Choose another --out."
            )
        if about.get("sources") != sources_digest():
            raise FileError(
                f"{name} holds this atlas as another version of the engine measured it; it is left alone. Choose "
                "another --out."
            )
        if atlas.resolution >= self.resolution and atlas.is_complete:
            return atlas
        if not _is_part(atlas, self.plane, self.resolution):
            raise FileError(
                f"{name} holds {'this' if atlas.is_complete else 'a part of this'} atlas at resolution "
                f"{atlas.resolution}, which has other points; it is left alone. Choose another --out."
            )
        return atlas

    def _measure(self, blocks: Sequence[Block]) -> None:
        done, total = self._n_done(), self.resolution**2
        if not blocks:
            return
        workers = self._workers()
        try:
            with tqdm(
                total=total,
                initial=done,
                unit="flow",
                disable=self._asked.quiet,
                mininterval=0.5 if sys.stderr.isatty() else 20.0,  # lines of a log
            ) as bar:
                for block, tile in measured(workers, self.plane, blocks):
                    self._kept.save(block, tile)
                    self._tiles[block] = tile
                    bar.update(tile.status_code.size)
        finally:
            workers.close()

    def _workers(self) -> Workers:
        if self._asked.scheduler is None:
            return Threads(self._asked.n_threads)
        return Cluster(self._asked.scheduler, self._tell)

    def _n_done(self) -> int:
        return sum(tile.status_code.size for tile in self._tiles.values())

    def _stopped(self, why: str, status: int) -> int:
        count = f"{self._n_done()} of {self.resolution**2} flows are kept"
        return _say(self._prog, f"{why} {count}; the same command goes on from there.", status)

    def _tell(self, sentence: str) -> None:
        if not self._asked.quiet:
            tqdm.write(f"{self._prog}: {sentence}", file=sys.stderr)  # above the bar

    def _about(self) -> Mapping[str, Any]:
        """Where the atlas comes from."""
        return {
            "engine_version": __version__,
            "sources": sources_digest(),
            **{name: version(name) for name in ("numpy", "numba", "scipy")},
            "python": ".".join(map(str, sys.version_info[:3])),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": self._asked.command(self._prog, self.out.name),
            "licence": LICENCE,
            "citation": CITATION,
        }


def _is_part(atlas: Atlas, plane: Plane, resolution: int) -> bool:
    """Whether all points of an atlas are among those of a finer one."""
    finer = plane.axes(resolution)
    return all(set(a) <= set(b) for a, b in zip((atlas.delta_p, atlas.delta_2), finer, strict=True))


def _say(prog: str, sentence: str, status: int) -> int:
    print(f"{prog}: {sentence}", file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
