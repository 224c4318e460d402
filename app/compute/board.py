"""What processes tell each other of those who ask: a board of notices on what they share; the last writer wins.

A notice is a few words that soon count for nothing. Where it cannot be written there is no board, and each process
knows what it has heard itself. Nobody looks through the board: who reads it knows the name.
"""

from __future__ import annotations

import os
import re
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from .file_shelf import digest, put, read
from .redis_link import RedisLink

AGE: Final = 180  # seconds for which a notice counts
MANY: Final = 1000  # notices of one process that stand at once
LONGEST: Final = 1000  # bytes of a notice
NOTICE: Final = "saddlesurf:notice:"
_OURS: Final = re.compile(r"[0-9a-f]{64}\.notice")


class Board(Protocol):
    """Where notices are."""

    is_shared: bool

    def post(self, name: str, said: str) -> None:
        """Put a notice in the place of the one of this name."""

    def read(self, name: str) -> str:
        """What stands under a name; empty if nothing does."""


class NoBoard:
    """Nobody else is there, or there is no place that all can read."""

    is_shared = False

    def post(self, name: str, said: str) -> None:
        """See `Board`."""

    def read(self, name: str) -> str:  # noqa: ARG002
        """See `Board`."""
        return ""


class FileBoard:
    """Notices are files beside the entries of `FileShelf`; each process removes its own when they are old.

    How old one is, the file's time says: on machines whose clocks differ by more than `AGE` there is no board.

    Parameters
    ----------
    folder : Path
        Where they are.
    """

    is_shared = True

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, Lock()
        self._own: OrderedDict[Path, float] = OrderedDict()  # when each was written, the oldest first
        with suppress(OSError):
            for left in folder.glob("*.notice"):  # by processes that were killed
                if _OURS.fullmatch(left.name) and _age(left) > AGE:
                    left.unlink(missing_ok=True)

    def post(self, name: str, said: str) -> None:
        """See `Board`."""
        path = self._path(name)
        with suppress(OSError):
            put(self._folder, path.name, said.encode())
        with self._lock:
            self._own[path] = time.monotonic()
            self._own.move_to_end(path)
        self._sweep()

    def read(self, name: str) -> str:
        """See `Board`."""
        path = self._path(name)
        try:
            said = read(path, LONGEST)
            return said.decode(errors="replace") if _age(path) <= AGE else ""
        except OSError:
            return ""

    def _path(self, name: str) -> Path:
        return self._folder / f"{digest(name)}.notice"

    def _sweep(self) -> None:
        """Remove what is old, or too much, of what this process has written; unless another has written it since."""
        while True:
            with self._lock:
                path, since = next(iter(self._own.items()))
                if len(self._own) <= MANY and time.monotonic() - since <= AGE:
                    return
                is_old = time.monotonic() - since > AGE
                del self._own[path]
            with suppress(OSError):
                if not is_old or _age(path) > AGE:
                    path.unlink()


class RedisBoard:
    """Notices are keys that expire; while Redis is lost, or refuses, there are none.

    Parameters
    ----------
    link : RedisLink
        The way there.
    """

    is_shared = True

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def post(self, name: str, said: str) -> None:
        """See `Board`."""
        with suppress(Exception):  # Redis itself refuses; the shelf says so
            self._link.do(lambda client: client.set(NOTICE + digest(name), said, ex=AGE), None)

    def read(self, name: str) -> str:
        """See `Board`."""
        found: bytes | None = None
        with suppress(Exception):
            found = self._link.do(lambda client: client.get(NOTICE + digest(name)), None)
        return (found or b"").decode(errors="replace")


def _age(path: Path) -> float:
    return abs(time.time() - os.stat(path, follow_symlinks=False).st_mtime)
