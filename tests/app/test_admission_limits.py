"""The limits of admission at the edges: many cores, few threads, full rooms, many cookies."""

from __future__ import annotations

import time
from concurrent.futures import Future
from contextvars import Context

import pytest

import app.main as main
from app.compute import visit
from app.compute.admission import RESERVED, Admission
from app.compute.busy import BusyError, LateError, SpentError
from app.compute.clients import Clients
from app.settings import Settings


@pytest.mark.parametrize(("threads", "cores"), [(48, 64), (48, 44), (8, 2)])
def test_threads_are_reserved_however_many_cores_there_are(
    monkeypatch: pytest.MonkeyPatch, threads: int, cores: int
) -> None:
    monkeypatch.setattr(main, "cores", lambda: cores)
    admission = main.create_compute(Settings(threads=threads)).admission
    assert admission.slots < threads
    assert admission.slots + admission.room + min(RESERVED, threads // 2) <= threads
    assert admission.room > 0


def test_whoever_is_late_between_two_stages_is_counted() -> None:
    admission = Admission(slots=1)
    token = visit.begin(visit.Visit("a", until=time.monotonic() - 1))
    try:
        with pytest.raises(LateError):
            admission.breathe()
    finally:
        visit.end(token)
    assert admission.refused["late"] == 1


def test_whoever_computes_may_wait_for_a_part_though_the_room_is_full() -> None:
    admission = Admission(slots=1, room=0)
    flight: Future[int] = Future()
    flight.set_result(3)
    with admission.slot():
        try:
            found = admission.follow(flight)
        except BusyError:
            pytest.fail("a computation under way is thrown away")
    assert found == 3


def test_one_address_with_many_cookies_is_bounded_too() -> None:
    clients, paid = Clients(rate=40.0, now=lambda: 0.0), 0
    for number in range(150):
        name = clients.name_of(f"{number:016d}", "192.0.2.1")
        for _ in range(300):
            try:
                clients.charge(name)
            except SpentError:
                break
            paid += 1
    assert paid <= (30 + 1) * 200  # a class of thirty, and one for whom no cookie counts


def test_threads_without_a_request_keep_their_turn() -> None:
    def turns() -> int:
        admission = Admission(slots=1)
        for _ in range(5):
            with admission.slot():
                pass
        return visit.current().turns

    assert Context().run(turns) <= 1
