"""A flight that fails leaves nothing behind: what was at hand in it is free at once, not when the collector comes."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from app.compute.admission import Admission
from app.compute.busy import GoneError
from app.compute.single_flight import SingleFlight
from tests.waiting import until


class Large:
    """What a computation has at hand."""


@pytest.mark.parametrize("error", [GoneError, ZeroDivisionError])
def test_what_was_at_hand_in_a_failed_flight_is_free(error: type[Exception]) -> None:
    flights, seen = SingleFlight(), list[weakref.ref[Large]]()

    def work() -> Any:
        at_hand = Large()
        seen.append(weakref.ref(at_hand))
        raise error

    def ask() -> None:
        try:
            flights.do("key", work)
        except error:
            return
        raise AssertionError

    gc.disable()
    try:
        ask()
        assert seen[0]() is None
    finally:
        gc.enable()


def test_nor_does_whoever_has_followed_it_hold_it() -> None:
    begun, go_on, seen = Event(), Event(), list[weakref.ref[Large]]()
    admission = Admission()
    flights = SingleFlight(admission.follow)

    def work() -> Any:
        at_hand = Large()
        seen.append(weakref.ref(at_hand))
        begun.set()
        assert go_on.wait(60.0)
        raise ZeroDivisionError

    def ask() -> str:
        try:
            flights.do("key", work)
        except ZeroDivisionError:
            return "failed"
        return ""

    gc.disable()
    try:
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(ask)
            assert begun.wait(60.0)
            second = pool.submit(ask)
            until(lambda: admission.waiting == 1, "the second follows", 60.0)
            go_on.set()
            assert (first.result(60.0), second.result(60.0)) == ("failed", "failed")
        assert seen[0]() is None
    finally:
        gc.enable()
