"""What whoever asks the engine sees: the door, and its answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..physics import fixed
from .jobs import Jobs
from .question import Question

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """A result, and what it cost.

    Parameters
    ----------
    value : T
        The engine's result.
    seconds : float
        Time it took to be computed now; 0 if it was not.
    cached : bool
        Whether it stood on a shelf already.
    preview : bool
        Whether it is coarser than what can be had.
    """

    value: T
    seconds: float
    cached: bool
    preview: bool = False

    @property
    def note(self) -> str:
        """What the card says of it."""
        return "computed before" if self.cached else f"computed in {describe_duration(self.seconds)}"


def describe_duration(seconds: float) -> str:
    """A duration as one says it: ``"0.4 ms"``, ``"84 ms"``, ``"1.2 s"``."""
    if seconds < 0.01:
        return f"{fixed(1e3 * seconds, 1)} ms"
    return f"{fixed(1e3 * seconds, 0)} ms" if seconds < 1 else f"{fixed(seconds, 1)} s"


class Door(Protocol):
    """What whoever asks may do: `Compute` for a whole server, `RequestMemo` within one request."""

    def answer(
        self, asked: Question[T], *, by: Callable[[], T] | None = None, brief: bool = False
    ) -> Answer[T]:
        """Answer a question, from a shelf or by work.

        Parameters
        ----------
        asked : Question
            What is asked.
        by : callable, optional
            A shorter way to the same value, such as resuming what is there.
        brief : bool
            Whether the answer is kept in memory only: for what is looked at in passing, or too large for a disk.

        Raises
        ------
        EngineError
            What the engine raises, every time it is asked; errors are not remembered.
        PutOffError
            If it cannot be computed now: the server is busy, or the request is at its end.
        TypeError
            If the question has no key (`Question.key`).
        """

    def recall(self, asked: Question[T]) -> Answer[T] | None:
        """The answer if it is on a shelf, else None; nothing is computed."""

    def keep(self, asked: Question[T], value: T, *, brief: bool = False) -> bool:
        """Keep the answer, computed elsewhere, or in memory only; whether it will outlast this process."""

    def one(self, key: Hashable, work: Callable[[], T]) -> T:
        """``work()``; within one request it is done once for a key, whoever asks."""

    def breathe(self) -> None:
        """Between two parts of a long computation: let others in, and end it where the request is at its end.

        Raises
        ------
        PutOffError
            If whoever asked has gone, or his time is over.
        """

    @property
    def jobs(self) -> Jobs:
        """Who does what takes longer than a request."""
