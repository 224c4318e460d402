"""The atlases that come with the software, made by its own command; each says by which version."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ..physics import EngineError, atlas

log = logging.getLogger(__name__)
FOLDER: Final = Path(__file__).resolve().parents[1] / "data"


@dataclass(frozen=True)
class Shipped:
    """An atlas of the package.

    Parameters
    ----------
    sheet : Atlas
        All of it.
    about : mapping
        Where it comes from: the metadata of its file.
    """

    sheet: atlas.Atlas
    about: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The engine's version that has made it."""
        return str(self.about.get("engine_version", "unknown"))

    @property
    def origin(self) -> str:
        """Which version has made it, and when, in words."""
        day = str(self.about.get("date", ""))[:10]
        return f"version {self.version}" + (f", {day}" if day else "")


def shipped(plane: atlas.Plane) -> Shipped | None:
    """The atlas of that plane, if the package has it."""
    found = _read(FOLDER / f"atlas_p{plane.p}.npz")
    return found if found is not None and found.sheet.plane == plane else None


@cache
def _read(file: Path) -> Shipped | None:
    """What a file of the package holds; one that is missing or broken is no more than that."""
    try:
        return Shipped(*atlas.unpack(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, EngineError):
        log.warning("%s cannot be read.", file.name)
        return None
