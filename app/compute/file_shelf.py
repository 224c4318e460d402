"""Results in files: bounded in bytes, shared by processes, at peace with whatever else is in the folder.

These lines are ours for want of a library. `cachelib` bounds entries by number, opens every file of the folder at each
write once it is full, deletes foreign ones, and sleeps before those that it cannot read. `diskcache` has the bounds but
pickles (CVE-2025-69872, without a mended release), and is no longer looked after.

An entry is one file in a folder of our own, written beside its place and renamed. It is not synced to the disk: what a
power cut leaves is no entry, since it has checksums. When the shelf is full, what was read or written longest ago is
removed, much at once, by one thread of a process at a time. Processes need no lock among them: two that are at it
remove the same.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from .serializer import NpzSerializer

log = logging.getLogger(__name__)

SUBFOLDER: Final = "results"
LARGEST: Final = 8  # an entry takes an eighth of the limit at most
RECOUNT: Final = (
    32  # what is there is counted again after each 32nd of the limit that this process has written
)
FULL: Final = (
    3 / 4
)  # of the limit: from here on entries are removed; the rest is for what others write meanwhile
KEPT: Final = 5 / 8  # of the limit: what removing leaves
BLOCK: Final = 4096  # bytes that a disk gives at once
FRESH: Final = 60.0  # seconds for which a file half written may be somebody's work
PAUSE: Final = 60.0  # seconds without writing where nothing can be removed
ALONE: Final = (
    "results are kept in memory alone. Set SADDLESURF_CACHE_FOLDER to a folder that can be written."
)
_ENTRY: Final = re.compile(r"[0-9a-f]{64}\.result")
_PART: Final = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{16}\.part")
_BINARY: Final = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
_OLD: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | _BINARY


class FileShelf:
    """Results in a folder; it is made anew when it has vanished.

    Several processes may share the folder: each keeps the bound as long as there are four of them at most, beyond
    which it may be passed by a 32nd for each.

    Parameters
    ----------
    folder : Path or None
        Where the folder `SUBFOLDER` is; nothing else in there is touched. If it cannot be made or written, or there is
        none, a warning says so, once; what can be read is still read.
    serializer : NpzSerializer
        Makes bytes of results.
    limit : int
        Bytes on the disk at most.
    """

    name: Final = "disk"

    def __init__(self, folder: Path | None, serializer: NpzSerializer, *, limit: int) -> None:
        self._folder = None if folder is None else folder / SUBFOLDER
        self._serializer, self._limit = serializer, limit
        self._taken, self._unseen = (
            limit,
            0,
        )  # bytes there, as far as is known; written since they were counted
        self._rests_until = 0.0
        self._lock, self._counting = Lock(), Lock()
        self._is_closed = False
        try:
            self._try_out()
        except OSError as error:
            self._is_closed = True
            where = "There is no home folder" if folder is None else f"{folder} cannot be written"
            log.warning("%s (%s): %s", where, error.strerror, ALONE)

    def get(self, key: str) -> Any:
        """Return the value, or None; what cannot be read is not there."""
        if self._folder is None:
            return None
        path = self._folder / name_of(key)
        try:
            data = read(path, self._limit // LARGEST)
        except OSError:
            return None
        value = self._serializer.loads(data)
        if value is not None:
            with suppress(OSError):
                os.utime(path)
        return value

    def set(self, key: str, value: Any) -> bool:
        """Keep the value; whether it is there.

        Raises
        ------
        OSError
            If it cannot be written, and that is not known from the start.
        """
        data = self._serializer.dumps(value)  # in full before a file is opened
        size = _blocks(len(data))
        if self._folder is None or size > self._limit // LARGEST:
            return False
        try:
            self._make_room(self._folder, size)
            put(self._folder, name_of(key), data)
        except OSError:
            if self._is_closed:
                return False
            raise
        self._is_closed = False
        return True

    def check(self, value: Any) -> None:
        """Raise `UnknownResultError` if the value is made of something that the serializer does not know."""
        self._serializer.check(value)

    def is_there(self) -> bool:
        """Whether entries could be kept, as far as can be seen without writing one: the folder is made when missing."""
        if self._folder is None or self._is_closed:
            return False
        place = next((path for path in (self._folder, *self._folder.parents) if path.exists()), None)
        return place is not None and place.is_dir() and os.access(place, os.W_OK | os.X_OK)

    def _try_out(self) -> None:
        if self._folder is None:
            raise FileNotFoundError(errno.ENOENT, "it is not known")
        part = put(self._folder, name_of(uuid4().hex), b"", stays=False)
        part.unlink()

    def _make_room(self, folder: Path, size: int) -> None:
        """Count what is written; see what is there, and remove the oldest of it, when that is due."""
        with self._lock:
            self._taken += size
            self._unseen += size
            is_due = self._taken > FULL * self._limit or self._unseen > self._limit / RECOUNT
        if is_due and self._counting.acquire(blocking=False):  # else another thread is at it
            try:
                if time.monotonic() >= self._rests_until:
                    self._count(folder, size)
            finally:
                self._counting.release()
        if time.monotonic() < self._rests_until:
            raise OSError(errno.ENOSPC, "What is there cannot be removed")

    def _count(self, folder: Path, size: int) -> None:
        before = self._unseen
        folder.mkdir(parents=True, exist_ok=True)
        taken = _prune(folder, size, FULL * self._limit, KEPT * self._limit)
        with self._lock:
            self._unseen -= before
            self._taken = taken + size + self._unseen
        if taken + size > FULL * self._limit:
            self._rests_until = time.monotonic() + PAUSE


def name_of(key: str) -> str:
    """The file of a key."""
    return f"{digest(key)}.result"


def digest(key: str) -> str:
    """What names a key in a file's name or a store's key: 64 digits, whatever the text."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def read(path: Path, at_most: int) -> bytes:
    """The bytes of an entry; neither a link is followed nor is anything waited for."""
    with open(os.open(path, _OLD), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > at_most:
            raise OSError(errno.EINVAL, "It is no entry of ours")
        return file.read()


def put(folder: Path, name: str, data: bytes, *, stays: bool = True) -> Path:
    """Write a file beside its place and move it there; nothing is left of one that fails."""
    place = folder / name
    part = place.with_suffix(f".{uuid4().hex[:16]}.part")
    try:
        opened = os.open(part, _NEW, 0o666)
    except FileNotFoundError:  # the folder has gone, or was never there
        folder.mkdir(parents=True, exist_ok=True)
        opened = os.open(part, _NEW, 0o666)
    try:
        with open(opened, "wb", buffering=0) as file:
            _write(file.fileno(), data)
        if stays:
            os.replace(part, place)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return place if stays else part


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _prune(folder: Path, size: int, full: float, kept: float) -> int:
    """Remove what was left half written and, where no room is left for so many bytes, what is oldest; bytes there."""
    entries = sorted(_entries(folder))
    taken = sum(bytes_ for _, bytes_, _ in entries)
    if taken + size <= full:
        return taken
    for _, bytes_, path in entries:
        if taken + size <= kept:
            break
        if _remove(path):
            taken -= bytes_
    return taken


def _entries(folder: Path) -> Iterator[tuple[float, int, str]]:
    """Time of last use, bytes and path of each entry; files half written are removed by the way."""
    now = time.time()
    with os.scandir(folder) as found:
        for file in found:
            is_entry = _ENTRY.fullmatch(file.name)
            if not is_entry and not _PART.fullmatch(file.name):
                continue
            try:
                if not file.is_file(follow_symlinks=False):
                    continue
                seen = file.stat(follow_symlinks=False)
            except OSError:  # gone meanwhile
                continue
            if is_entry or now - seen.st_mtime < FRESH or not _remove(file.path):
                yield seen.st_mtime if is_entry else now, _blocks(seen.st_size), file.path


def _remove(path: str) -> bool:
    """Whether a file is gone."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return True
    except OSError:  # somebody else's
        return False
    return True


def _blocks(size: int) -> int:
    """Bytes that so many take on a disk."""
    return -(-size // BLOCK) * BLOCK
