"""What long work needs of whoever keeps its results."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

from .board import Board
from .question import Question


class Store(Protocol):
    """Where results are kept, and who makes them is said: `Compute`."""

    board: Board

    def recall(self, asked: Question[Any]) -> Any:
        """The answer if it is there, with its `value`, else None."""

    def keep(self, asked: Question[Any], value: Any) -> bool:
        """Keep a value; whether it will outlast this process."""

    def claim(self, asked: Question[Any]) -> bool:
        """Whether this process may do the work."""

    def release(self, asked: Question[Any]) -> None:
        """The work is done, or given up."""

    def aside(self) -> AbstractContextManager[None]:
        """Wait for something that is not computed here."""
