"""What is sent to another machine: a question with the digest of the sources that are to answer it.

A worker runs what is installed there. Its answers would be kept under the digest of this server's sources: those of
another version are refused instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..physics import EngineError
from .sources import digest_of

OTHER: Final = (
    "A worker has another version of the software than this server: install the same there, or start it in the same "
    "checkout."
)


class OtherVersionError(EngineError):
    """A worker's sources are not those of whoever asks."""


def answer_there(
    function: Callable[..., Any], arguments: tuple[Any, ...], options: Mapping[str, Any], digest: str
) -> Any:
    """Answer on a worker; raises `OtherVersionError` unless its sources have the digest."""
    if digest_of(function) != digest:
        raise OtherVersionError(OTHER)
    return function(*arguments, **options)
