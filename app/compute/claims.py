"""Which process computes what: claims on a folder that several of them share."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from cachelib import FileSystemCache

try:
    import fcntl
except ImportError:  # a system without such locks
    fcntl = None  # type: ignore[assignment]

AGE: Final = 600.0  # seconds after which a claim counts for nothing: whoever made it hangs
LITTER: Final = 3600.0  # seconds after which what a killed process has left behind is removed
OURS: Final = FileSystemCache._fs_transaction_suffix  # files that cachelib takes for no entries


class Claims(Protocol):
    """Says who works on what."""

    def claim(self, key: str) -> bool:
        """Whether the caller may do the work; he gives it back by `release`."""

    def release(self, key: str) -> None:
        """The work is done, or given up."""


class NoClaims:
    """Grants everything: nobody else is there, or there is no place to say it."""

    def claim(self, key: str) -> bool:  # noqa: ARG002
        """See `Claims`."""
        return True

    def release(self, key: str) -> None:
        """See `Claims`."""


class FileClaims:
    """Claims are locked files beside the entries of `FileShelf`; the system unlocks those of a process that has ended.

    Where files cannot be made or locked, everything is granted: the same work may then be done twice.

    Parameters
    ----------
    folder : Path
        The shelf's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}
        with suppress(OSError):
            self._sweep()

    def claim(self, key: str) -> bool:
        """See `Claims`."""
        if fcntl is None:
            return True
        path = self._path(key)
        while True:
            try:
                file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            except OSError:  # a disk that is full, gone, or not to be written
                return True
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not _is_at(file, path):  # removed by its owner between the two lines above
                    os.close(file)
                    continue
                os.utime(file)
            except BlockingIOError:
                is_old = time.time() - os.fstat(file).st_mtime > AGE
                os.close(file)
                return is_old
            except OSError:  # a file system without locks
                os.close(file)
                return True
            self._held[key] = file
            return True

    def release(self, key: str) -> None:
        """See `Claims`."""
        file = self._held.pop(key, None)
        if file is None:
            return
        with suppress(OSError):
            self._path(
                key
            ).unlink()  # while it is locked: whoever has opened it meanwhile sees that it is gone
        os.close(file)

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.claim{OURS}"

    def _sweep(self) -> None:
        """Remove what processes that were killed have left: claims, and entries half written."""
        now = time.time()
        for left in self._folder.glob(f"*{OURS}"):
            with suppress(OSError):
                if now - left.stat().st_mtime > LITTER:
                    left.unlink()


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file is the one that stands at a path."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
