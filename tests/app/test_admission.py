"""Who may do what at once: lanes, slots and the room, with threads that stop where the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from app.compute import visit
from app.compute.admission import DESKS, RESERVED, Admission, shares_of
from app.compute.busy import BusyError, GoneError, HurryError, LateError, PutOffError, SpentError
from app.compute.cache import ResultCache
from app.compute.compute import Compute
from app.compute.executor import cores
from app.compute.file_shelf import FileShelf
from app.compute.lane import Lane
from app.compute.question import Question, closed_form, question
from app.compute.serializer import NpzSerializer
from app.compute.single_flight import SingleFlight
from app.compute.visit import Visit
from tests import waiting

SOON = 30.0  # seconds within which every state of these tests comes
until = partial(waiting.until, seconds=SOON)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def answered(work: Callable[[], object], **said: object) -> object:
    """What a request is answered whose thread does some work."""
    token = visit.begin(Visit(**said))  # type: ignore[arg-type]
    try:
        return work()
    finally:
        visit.end(token)


class Stop:
    """A computation that ends when it is told."""

    def __init__(self, admission: Admission) -> None:
        self._admission, self._go, self.has_begun = admission, threading.Event(), threading.Event()

    def __call__(self) -> None:
        with self._admission.slot():
            self.has_begun.set()
            assert self._go.wait(SOON)

    def end(self) -> None:
        self._go.set()


def occupied(admission: Admission, threads: ThreadPoolExecutor) -> list[Stop]:
    """All slots taken by somebody."""
    stops = [Stop(admission) for _ in range(admission.slots)]
    for stop in stops:
        threads.submit(answered, stop, client="first")
    for stop in stops:
        assert stop.has_begun.wait(SOON)
    return stops


def test_a_lane_has_so_many_places_and_calls_clients_in_turn(threads: ThreadPoolExecutor) -> None:
    lane, order = Lane(1), []
    lane.take()

    def wait(client: str, name: str, turns: int = 0) -> None:
        lane.take(client, turns, heed=lambda: None)
        order.append(name)
        lane.leave()

    requests = [("a", "a1", 0), ("a", "a2", 3), ("a", "a3", 0), ("b", "b1", 9), ("c", "c1", 0)]
    for number, request in enumerate(requests, 1):
        threads.submit(wait, *request)
        until(lambda number=number: lane.waiting == number)
    assert lane.taken == 1
    lane.leave()
    until(lambda: len(order) == 5)
    assert order == ["a1", "b1", "c1", "a3", "a2"]  # of a's, the one that has had three places comes last
    until(lambda: lane.taken == 0)


def test_who_has_given_up_waiting_keeps_his_turn(threads: ThreadPoolExecutor) -> None:
    lane, order, gives_up = Lane(1), [], threading.Event()
    lane.take("a")

    def wait(client: str) -> None:
        lane.take(client, heed=lambda: None)
        order.append(client)
        lane.leave()

    def give_up() -> None:
        if gives_up.is_set():
            raise HurryError

    in_passing = threads.submit(lane.take, "c", heed=give_up)
    until(lambda: lane.waiting == 1)
    gives_up.set()
    assert isinstance(in_passing.exception(SOON), HurryError)
    for number, client in enumerate(("b", "a", "c"), 1):
        threads.submit(wait, client)
        until(lambda number=number: lane.waiting == number)
    lane.leave()
    until(lambda: len(order) == 3)
    assert order == ["a", "c", "b"]


def test_who_comes_back_goes_first(threads: ThreadPoolExecutor) -> None:
    lane, order = Lane(1), []
    lane.take()

    def wait(name: str, *, is_back: bool) -> None:
        lane.take(name, heed=lambda: None, is_back=is_back)
        order.append(name)
        lane.leave()

    threads.submit(wait, "new", is_back=False)
    until(lambda: lane.waiting == 1)
    threads.submit(wait, "back", is_back=True)
    until(lambda: lane.waiting == 2)
    lane.leave()
    until(lambda: len(order) == 2)
    assert order == ["back", "new"]


def test_who_gives_up_leaves_no_trace(threads: ThreadPoolExecutor) -> None:
    lane, is_over = Lane(1), threading.Event()
    lane.take()

    def heed() -> None:
        if is_over.is_set():
            raise GoneError

    given_up = [threads.submit(lane.take, "a", heed=heed, is_back=back) for back in (True, False)]
    until(lambda: lane.waiting == 2)
    is_over.set()
    for one in given_up:
        assert isinstance(one.exception(SOON), GoneError)
    assert lane.waiting == 0
    lane.leave()
    assert lane.taken == 0


def test_a_lane_under_many_threads_never_has_more_than_its_places() -> None:
    lane, inside, most, lock = Lane(3), 0, 0, threading.Lock()
    is_over = threading.Event()

    def heed() -> None:
        if is_over.is_set():
            raise GoneError

    def work(k: int) -> None:
        nonlocal inside, most
        for step in range(60):
            with suppress(GoneError):
                lane.take(str(k % 4), step, heed=heed, is_back=step % 5 == 0)
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1
                lane.leave()

    workers = [threading.Thread(target=work, args=(k,)) for k in range(12)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(SOON)
        assert not worker.is_alive()
    assert 1 <= most <= 3
    assert lane.taken == lane.waiting == 0


def test_computations_never_outnumber_the_slots(threads: ThreadPoolExecutor) -> None:
    admission = Admission(2, 20)
    stops = [Stop(admission) for _ in range(6)]
    done = [threads.submit(answered, stop, client=str(k)) for k, stop in enumerate(stops)]
    until(lambda: admission.running == 2 and admission.waiting == 4)
    assert sum(stop.has_begun.is_set() for stop in stops) == 2
    for stop in stops:
        stop.end()
    for one in done:
        one.result(SOON)
    assert admission.running == admission.waiting == 0


def test_a_full_room_is_told_at_once_with_an_honest_wait(threads: ThreadPoolExecutor) -> None:
    admission = Admission(1, 3)
    (stop,) = occupied(admission, threads)
    waiting = [Stop(admission) for _ in range(3)]
    for k, one in enumerate(waiting):
        threads.submit(answered, one, client=str(k))
    until(lambda: admission.waiting == 3)
    with pytest.raises(BusyError, match=r"^The server is busy\. Ask again in about \d+ s\.$") as told:
        answered(Stop(admission), client="late comer")
    assert told.value.status == 503
    assert told.value.retry_after >= 1
    for one in (stop, *waiting):
        one.end()


def test_nobody_has_the_whole_room(threads: ThreadPoolExecutor) -> None:
    admission = Admission(1, 4)
    (stop,) = occupied(admission, threads)
    stranger = [Stop(admission) for _ in range(3)]
    for one in stranger:
        threads.submit(answered, one, client="stranger")
    until(lambda: admission.waiting == 3)
    with pytest.raises(BusyError):
        answered(Stop(admission), client="stranger")
    honest = Stop(admission)
    done = threads.submit(answered, honest, client="honest")
    until(lambda: admission.waiting == 4)
    for one in (stop, honest, *stranger):
        one.end()
    done.result(SOON)


def test_patience_ends() -> None:
    admission = Admission(1, 3, patience=0.0)
    with ThreadPoolExecutor(1) as pool:
        (stop,) = occupied(admission, pool)
        with pytest.raises(BusyError):
            answered(Stop(admission))
        assert admission.waiting == 0
        stop.end()


def test_who_looks_in_passing_waits_a_moment_in_all(threads: ThreadPoolExecutor) -> None:
    admission, this = Admission(1, 3), Visit("a", patience=0.05)
    (stop,) = occupied(admission, threads)
    token = visit.begin(this)
    try:
        for _ in range(2):  # the second time at once
            with pytest.raises(HurryError), admission.slot():
                pass
        assert this.patience <= 0
        assert admission.waiting == 0
        stop.end()
        until(lambda: admission.running == 0)
        with admission.slot():  # who need not wait needs no patience
            assert admission.running == 1
    finally:
        visit.end(token)


@pytest.mark.parametrize(
    ("said", "error"),
    [({"gone": lambda: True}, GoneError), ({"until": 0.0}, LateError)],
    ids=["gone", "late"],
)
def test_who_has_gone_or_is_late_waits_no_longer(said: dict[str, object], error: type[Exception]) -> None:
    admission = Admission(1, 3)
    with ThreadPoolExecutor(1) as pool:
        (stop,) = occupied(admission, pool)
        with pytest.raises(error):
            answered(Stop(admission), **said)
        with pytest.raises(error):
            answered(lambda: admission.follow(Future()), **said)
        with pytest.raises(error):
            answered(admission.breathe, **said)
        stop.end()
    assert admission.running == admission.waiting == 0


def test_within_a_slot_there_is_no_second_one() -> None:
    admission = Admission(1, 0)
    with admission.slot(), admission.slot():
        assert admission.running == 1
    assert admission.running == 0


def test_a_desk_is_left_for_a_slot_and_taken_again(threads: ThreadPoolExecutor) -> None:
    admission = Admission(1, 4)
    this = Visit("a")

    def request() -> None:
        admission.sit_down(this)
        with admission.slot():
            others = [threads.submit(sit) for _ in range(DESKS)]  # all desks are free meanwhile
            for other in others:
                other.result(SOON)
        admission.stand_up()

    seats = threading.Barrier(DESKS)

    def sit() -> None:
        admission.sit_down(Visit("b"))
        seats.wait(SOON)
        admission.stand_up()

    answered(request)
    assert admission.running == 0


def test_a_long_one_lets_short_ones_in_between_its_parts(threads: ThreadPoolExecutor) -> None:
    admission, order = Admission(1, 4), []
    begun, go = threading.Event(), threading.Event()

    def long() -> None:
        with admission.slot():
            begun.set()
            assert go.wait(SOON)
            for part in range(3):
                admission.breathe()
                order.append(f"long {part}")

    def short() -> None:
        with admission.slot():
            order.append("short")

    one = threads.submit(answered, long, client="a")
    assert begun.wait(SOON)
    other = threads.submit(answered, short, client="a")
    until(lambda: admission.waiting == 1)
    go.set()
    one.result(SOON)
    other.result(SOON)
    assert order == ["short", "long 0", "long 1", "long 2"]


def test_long_ones_fill_the_room_too(threads: ThreadPoolExecutor) -> None:
    """Whoever breathes holds a thread of the server like everybody who waits."""
    admission = Admission(1, 2)
    begun, go = threading.Event(), threading.Event()

    def long() -> None:
        with admission.slot():
            begun.set()
            assert go.wait(SOON)
            admission.breathe()

    first = threads.submit(answered, long, client="a")
    assert begun.wait(SOON)
    second = Stop(admission)
    threads.submit(answered, second, client="b")
    until(lambda: admission.waiting == 1)
    go.set()  # the first one waits now, and the second one computes
    assert second.has_begun.wait(SOON)
    until(lambda: admission.waiting == 1)
    third = Stop(admission)
    threads.submit(answered, third, client="c")
    until(lambda: admission.waiting == 2)
    with pytest.raises(BusyError):
        answered(Stop(admission), client="d")
    second.end()
    third.end()
    first.result(SOON)


def test_threads_are_left_whatever_waits() -> None:
    for threads in (1, 2, 8, 16, 48, 256):
        for slots in (1, 2, 16):
            had, room = shares_of(threads, slots)
            assert 1 <= had <= slots
            assert room >= 0
            assert room + had + min(RESERVED, threads // 2) <= threads
            assert room > 0 or threads < 4
    assert DESKS < RESERVED  # so that at least some of them are free for what needs no desk
    assert cores() >= 1


def test_one_whose_leader_is_put_off_takes_the_lead(threads: ThreadPoolExecutor) -> None:
    flights = SingleFlight()
    is_waiting, go = threading.Event(), threading.Event()
    number = count()

    def work() -> str:
        if next(number) == 0:
            is_waiting.set()
            assert go.wait(SOON)
            raise GoneError
        return "made"

    leader = threads.submit(flights.do, "key", work)
    assert is_waiting.wait(SOON)
    followers = [threads.submit(flights.do, "key", work) for _ in range(3)]
    go.set()
    assert isinstance(leader.exception(SOON), GoneError)
    assert {one.result(SOON)[0] for one in followers} == {"made"}


def test_a_follower_that_is_put_off_itself_says_so(threads: ThreadPoolExecutor) -> None:
    admission = Admission(1, 0)
    flights = SingleFlight(admission.follow)
    is_waiting, go = threading.Event(), threading.Event()

    def work() -> str:
        is_waiting.set()
        assert go.wait(SOON)
        return "made"

    leader = threads.submit(flights.do, "key", work)
    assert is_waiting.wait(SOON)
    with pytest.raises(BusyError):  # there is no room to wait in
        flights.do("key", work)
    go.set()
    assert leader.result(SOON) == ("made", True)


def twice(x: float) -> float:
    """What a test computes."""
    return 2 * x


def compute_in(folder: Path, admission: Admission) -> Compute:
    shelf = FileShelf(folder, NpzSerializer(), limit=2**20)
    return Compute(ResultCache(shelf, memory=2**20), admission=admission)


def asked(x: float, *, quick: bool = False) -> Question[float]:
    return closed_form(twice, x) if quick else question(twice, x)


def test_what_is_quick_needs_no_slot_and_what_is_known_costs_nothing(
    tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    admission = Admission(1, 0)
    compute = compute_in(tmp_path, admission)
    assert compute.answer(asked(1.0)).value == 2.0
    paid = []

    def charge() -> None:
        paid.append(1)
        if len(paid) > 2:
            raise SpentError("enough", 1)

    (stop,) = occupied(admission, threads)
    assert answered(lambda: compute.answer(asked(1.0)).cached, charge=charge) is True  # known
    assert not paid
    assert answered(lambda: compute.answer(asked(3.0, quick=True)).value, charge=charge) == 6.0
    with pytest.raises(BusyError):
        answered(lambda: compute.answer(asked(4.0)), charge=charge)
    assert len(paid) == 2
    with pytest.raises(SpentError, match="enough") as told:
        answered(lambda: compute.answer(asked(5.0)), charge=charge)
    assert told.value.status == 429
    stop.end()


def test_a_request_pays_once(tmp_path: Path) -> None:
    compute, paid = compute_in(tmp_path, Admission(1, 0)), []

    def work() -> None:
        for x in range(5):
            compute.answer(asked(float(x)))

    answered(work, charge=lambda: paid.append(1))
    assert len(paid) == 1


def test_what_is_put_off_is_not_remembered(tmp_path: Path) -> None:
    compute = compute_in(tmp_path, Admission(1, 0))
    with pytest.raises(LateError):
        answered(lambda: compute.answer(asked(7.0)), until=0.0)
    assert compute.recall(asked(7.0)) is None
    assert compute.answer(asked(7.0)).value == 14.0


def test_errors_of_putting_off_survive_pickling() -> None:
    import pickle

    for error in (BusyError("a", 2.0), SpentError("b", 3.0), LateError("c", 1.0)):
        other = pickle.loads(pickle.dumps(error))
        assert type(other) is type(error)
        assert (other.sentence, other.retry_after) == (error.sentence, error.retry_after)
    assert issubclass(LateError, PutOffError)
