"""What has been answered within one request."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from .door import Answer, Door
from .jobs import Jobs
from .question import Question

T = TypeVar("T")


class RequestMemo:
    """What has been answered within one request.

    Parameters
    ----------
    door : Door
        Answers what has not.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._answers: dict[str, Answer[Any]] = {}
        self._done: dict[Hashable, Any] = {}

    def answer(
        self, asked: Question[T], *, by: Callable[[], T] | None = None, brief: bool = False
    ) -> Answer[T]:
        """See `Door`."""
        key = asked.key
        if key not in self._answers:
            self._answers[key] = self._door.answer(asked, by=by, brief=brief)
        return self._answers[key]

    def recall(self, asked: Question[T]) -> Answer[T] | None:
        """See `Door`."""
        return self._answers.get(asked.key) or self._door.recall(asked)

    def keep(self, asked: Question[T], value: T, *, brief: bool = False) -> bool:
        """See `Door`."""
        return self._door.keep(asked, value, brief=brief)

    def breathe(self) -> None:
        """See `Door`."""
        self._door.breathe()

    @property
    def jobs(self) -> Jobs:
        """See `Door`."""
        return self._door.jobs

    def one(self, key: Hashable, work: Callable[[], T]) -> T:
        """See `Door`."""
        if key not in self._done:
            self._done[key] = work()
        done: T = self._done[key]
        return done
