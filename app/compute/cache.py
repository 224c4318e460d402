"""Two shelves of results: the recent ones in memory, more of them in cachelib's cache on disk.

Nothing that happens to the files is ever an error: a missing, cut or foreign entry is computed again.
"""

from __future__ import annotations

import dataclasses
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from cachelib import FileSystemCache
from cachetools import LRUCache

from .serializer import NpzSerializer, Serialized, UnknownResultError

log = logging.getLogger(__name__)
OVERHEAD = 512  # bytes of an entry beside its arrays, roughly
ALONE: Final = (
    "results are kept in memory alone. Set SADDLESURF_CACHE_FOLDER to a folder that can be written."
)


class Shelf(Protocol):
    """The part of cachelib's interface that is used."""

    def get(self, key: str) -> Any:
        """Return the value, or None."""

    def set(self, key: str, value: Any) -> Any:
        """Keep the value."""

    def check(self, value: Any) -> None:
        """Raise `UnknownResultError` if it could not keep the value."""


class UnregisteredResultWarning(UserWarning):
    """A result has a type that no card has named: it is not kept on disk. A fault of the program, loud in the tests."""


class Found(NamedTuple):
    """A value and the shelf it stood on, ``"memory"`` or ``"disk"``."""

    value: Any
    shelf: str


class _Held(NamedTuple):
    value: Any
    size: int


class ResultCache:
    """Memory over disk.

    Parameters
    ----------
    disk : Shelf
        The lower shelf, shared by processes.
    memory : int
        Bytes of results kept in memory at most.
    """

    def __init__(self, disk: Shelf, *, memory: int) -> None:
        self._disk = disk
        self._memory: LRUCache[str, _Held] = LRUCache(memory, getsizeof=lambda held: held.size)
        self._lock = Lock()
        self._said: set[str] = set()  # complaints are told once, then whispered

    def get(self, key: str) -> Found | None:
        """The value under ``key`` and where it was found, or None."""
        with self._lock:
            held = self._memory.get(key)
        if held is not None:
            return Found(held.value, "memory")
        try:
            value = self._disk.get(key)
        except Exception:  # a broken shelf is an empty shelf
            self._complain("The cache on disk could not be read; what it holds is computed again.")
            value = None
        if value is None:
            return None
        self._remember(key, value)
        return Found(value, "disk")

    def set(self, key: str, value: Any, *, brief: bool = False, cheap: bool = False) -> bool:
        """Keep ``value`` on both shelves; in memory only if it is wanted briefly, or is made faster than read.

        Returns
        -------
        bool
            Whether it is on disk.
        """
        self._remember(key, value)
        if brief:
            return False
        try:
            if cheap:
                self._disk.check(
                    value
                )  # the type must be known all the same: another time it may take longer
            else:
                return bool(self._disk.set(key, value))
        except UnknownResultError as error:
            warnings.warn(str(error), UnregisteredResultWarning, stacklevel=2)
        except Exception:  # a full or vanished disk costs a repeat, not an answer
            self._complain(f"The cache on disk could not be written: {ALONE}")
        return False

    def _complain(self, text: str) -> None:
        is_known = text in self._said
        self._said.add(text)
        log.log(logging.INFO if is_known else logging.WARNING, text, exc_info=is_known)

    def _remember(self, key: str, value: Any) -> None:
        held = _Held(value, size_of(value))
        with self._lock:
            if held.size <= self._memory.maxsize:
                self._memory[key] = held


class FileShelf:
    """cachelib's file cache with our serializer; makes its folder anew when it has vanished.

    Parameters
    ----------
    folder : Path or None
        Where the files are. If it cannot be made or written, or there is none, a warning says so, once; what can be
        read is still read.
    serializer : NpzSerializer
        Makes bytes of results.
    entries : int
        Files kept at most.
    """

    def __init__(self, folder: Path | None, serializer: NpzSerializer, *, entries: int) -> None:
        self._folder, self._serializer, self._entries = folder, serializer, entries
        self._files: FileSystemCache | None = None
        self._is_closed = False
        try:
            self._files = self._open()
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            self._is_closed = True
            where = (
                "There is no home folder"
                if folder is None
                else f"{folder} cannot be written ({error.strerror})"
            )
            log.warning("%s: %s", where, ALONE)

    def _open(self) -> FileSystemCache:
        if self._folder is None:
            raise FileNotFoundError

        class Files(FileSystemCache):
            serializer = self._serializer

            def _run_safely(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
                """Once: cachelib asks ten seconds long for a file that is somebody else's."""
                return fn(*args, **kwargs)

        return Files(str(self._folder), threshold=self._entries, default_timeout=timedelta(days=60))

    def get(self, key: str) -> Any:
        """Return the value, or None."""
        return None if self._files is None else self._files.get(key)

    def set(self, key: str, value: Any) -> Any:
        """Keep the value."""
        # laid out in full before the file is opened: what cannot be stored leaves nothing behind
        laid_out = Serialized(self._serializer.dumps(value))
        try:
            if self._files is None or self._folder is None or not self._folder.is_dir():
                self._files = self._open()
            if self._files.set(key, laid_out):
                return True
        except OSError:
            if not self._is_closed:
                raise
        if not self._is_closed:
            raise OSError("The file could not be written.")
        return False

    def check(self, value: Any) -> None:
        """Raise `UnknownResultError` if the value is made of something that the serializer does not know."""
        self._serializer.check(value)


def _is_from_elsewhere(record: logging.LogRecord) -> bool:
    return Path(record.pathname).parent.name != "cachelib"


# cachelib speaks as the root of all loggers, with a traceback for each file; here it is told once, by `ResultCache`
logging.getLogger().addFilter(_is_from_elsewhere)


def size_of(value: Any) -> int:
    """Bytes a result takes in memory, counted through its arrays."""
    return OVERHEAD + sum(array.nbytes for array in _arrays(value))


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _arrays(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _arrays(getattr(value, field.name))
