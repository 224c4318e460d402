"""Long work whose chunks say that they have begun, and last until they are let go; executors that tests can steer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.compute.question import Question, question
from engine import ParameterError


class GivenUp(Exception):  # noqa: N818
    """Nobody wants it any more."""


def part(folder: str, number: int, stop: Callable[[], bool] | None = None) -> tuple[int, ...]:
    """Leave a file with the number and this process in its name; wait for the file ``go`` or ``go.<number>``."""
    (Path(folder) / f"{number}.{os.getpid()}.{uuid4().hex}.begun").touch()
    while not any((Path(folder) / name).exists() for name in ("go", f"go.{number}")):
        if stop is not None and stop():
            raise GivenUp
        time.sleep(0.01)
    return (number, number**2)


@dataclass(frozen=True)
class Parts:
    """Numbers in a folder."""

    folder: str
    numbers: tuple[int, ...]

    def chunks(self) -> list[Question[tuple[int, ...]]]:
        """One for each number."""
        if not self.numbers:
            raise ParameterError("numbers", "There is nothing to be done.")
        return [question(part, self.folder, number) for number in self.numbers]


def parts(folder: Path, *numbers: int) -> Parts:
    """The work of some numbers; its folder is made."""
    folder.mkdir(exist_ok=True)
    return Parts(str(folder), numbers)


def let_go(folder: Path, *numbers: int) -> None:
    """Let some chunks end, or all."""
    for name in [f"go.{number}" for number in numbers] or ["go"]:
        (folder / name).touch()


def begun(folder: Path) -> list[tuple[int, int]]:
    """Number and process of every chunk that has begun; one that has begun twice is there twice."""
    names = [file.name.split(".") for file in folder.glob("*.begun")]
    return sorted((int(name[0]), int(name[1])) for name in names)


class AtOnce(Executor):
    """Does the work where it is asked for: all that an executor has to be."""

    def __init__(self) -> None:
        self.calls = 0

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Later(Executor):
    """Holds the work until it is told to do it."""

    def __init__(self) -> None:
        self.held: list[tuple[Future[Any], Any]] = []
        self.arguments: list[tuple[Any, ...]] = []

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.held.append((future, lambda: function(*args, **kwargs)))
        self.arguments.append(args)
        return future

    @property
    def under_way(self) -> list[Any]:
        """Last argument of what is neither done nor cancelled."""
        pairs = zip(self.held, self.arguments, strict=True)
        return [arguments[-1] for (future, _), arguments in pairs if not future.done()]

    def land(self) -> Any:
        """Do what has waited longest; its last argument."""
        at = next(k for k, (future, _) in enumerate(self.held) if not future.done())
        future, work = self.held[at]
        future.set_result(work())
        return self.arguments[at][-1]
