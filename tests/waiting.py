"""Tests wait on states: they look until something is so."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(is_so: Callable[[], T], what: str = "", seconds: float = 60.0) -> T:
    """Look until it is so, and return what was found; fail after so many seconds.

    The clock is not `time.monotonic`, which tests replace.
    """
    end = time.perf_counter() + seconds
    while not (found := is_so()):
        assert time.perf_counter() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.01)
    return found
