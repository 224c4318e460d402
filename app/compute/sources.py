"""Which code computes a result: a digest of its sources, so that an upgrade never shows the numbers of older code."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from .. import physics


def python_files(folder: Path) -> list[Path]:
    """The sources of a package, in a fixed order."""
    return sorted(folder.rglob("*.py"))


def digest(before: str, files: Iterable[Path]) -> str:
    """A short digest of some files, their names included, and of what came before."""
    made = hashlib.sha256(before.encode())
    for file in files:
        made.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return made.hexdigest()[:16]


# made once, at the start: what is edited while the server runs has not computed anything yet
ENGINE: Final = Path(inspect.getfile(physics.Model)).resolve().parent
APP: Final = Path(__file__).resolve().parents[1]
ENGINE_DIGEST: Final = digest("", python_files(ENGINE))
APP_DIGEST: Final = digest(ENGINE_DIGEST, python_files(APP))


def digest_of(function: Callable[..., Any]) -> str:
    """The digest of the sources on which a function's value depends.

    Those are the whole engine's, and for a function of the app the whole app's too: a constant may stand anywhere in
    it. For any other function they are the engine's and its own module's.
    """
    return _digest_of(function.__module__)


@cache
def _digest_of(module: str) -> str:
    file = Path(inspect.getfile(sys.modules[module])).resolve()
    if ENGINE in file.parents:
        return ENGINE_DIGEST
    return APP_DIGEST if APP in file.parents else digest(ENGINE_DIGEST, [file])
