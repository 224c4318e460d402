"""Redis as the shelf that servers share: gone, hanging, full, and back."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import redis

from app.compute import redis_link, redis_shelf
from app.compute.cache import ResultCache
from app.compute.file_shelf import digest
from app.compute.question import question
from app.compute.redis_link import RedisLink, place_of
from app.compute.redis_shelf import CLAIM, RESULT, RedisClaims, RedisShelf
from app.compute.serializer import NpzSerializer
from app.main import create_compute
from app.page.state import Parameters
from app.quantities.flow import flow
from app.settings import Settings
from engine import Model, phases
from tests import waiting
from tests.app.long_work import begun, let_go
from tests.redis_server import RedisServer, redis_server

ROOT = Path(__file__).resolve().parents[2]
VALUE = np.arange(1000.0)
BOUND = 60.0  # seconds after which a test gives up
until = partial(waiting.until, seconds=BOUND)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as running:
        yield running


@pytest.fixture
def client(server: RedisServer) -> Iterator[redis.Redis]:
    """A look into it from outside."""
    with redis.Redis.from_url(server.address) as found:
        yield found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing fails, a busy machine may take its time."""
    monkeypatch.setattr(redis_link, "WAIT", BOUND)


def shelf(server: RedisServer) -> RedisShelf:
    return RedisShelf(RedisLink(server.address), NpzSerializer())


def said_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.usefixtures("patient")
def test_what_one_server_keeps_the_other_finds_and_no_folder_is_made(
    server: RedisServer, client: redis.Redis, tmp_path: Path
) -> None:
    settings = Settings(cache=server.address, cache_folder=tmp_path / "cache")
    point = Parameters(d2=0.37, tmax=1e4)
    assert not flow(create_compute(settings), point).cached
    assert flow(create_compute(settings), point).cached
    assert not (tmp_path / "cache").exists()
    (name,) = client.keys()
    assert name.startswith(RESULT.encode())
    assert 0 < client.ttl(name) <= redis_shelf.DAYS * 86_400
    assert client.get(name).startswith(b"PK")  # numbers and names, no pickle


@pytest.mark.usefixtures("patient")
def test_an_entry_that_is_no_result_is_missing(server: RedisServer, client: redis.Redis) -> None:
    found = shelf(server)
    assert found.set("key", VALUE) is True
    for wrong in (b"", b"junk", client.get(RESULT + digest("key"))[:-100]):
        client.set(RESULT + digest("key"), wrong)
        assert found.get("key") is None
    assert found.set("key", VALUE)
    np.testing.assert_array_equal(found.get("key"), VALUE)


@pytest.mark.usefixtures("patient")
def test_what_is_too_large_is_not_kept(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_shelf, "LARGEST", 1000)
    assert shelf(server).set("key", VALUE) is False


@pytest.mark.parametrize("fault", ["killed", "hanging"])
def test_memory_goes_on_without_it_and_it_is_used_again_when_it_is_back(
    server: RedisServer, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_link, "PAUSE", 0.02)
    link = RedisLink(server.address)
    cache = ResultCache(RedisShelf(link, NpzSerializer()), memory=2**24)
    until(lambda: link.is_there)
    until(lambda: cache.set("before", VALUE))
    caplog.clear()
    (server.kill if fault == "killed" else server.hang)()
    for number in range(50):
        assert cache.set(f"key {number}", VALUE) is False
        assert cache.get(f"key {number}") is not None
        assert cache.get("another") is None
    (said,) = said_of(caplog)
    assert said.startswith(f"Redis at 127.0.0.1:{server.port} does not answer (")
    assert "memory alone" in said
    (server.start if fault == "killed" else server.go_on)()
    until(lambda: link.is_there)
    until(lambda: cache.set("after", VALUE))
    assert ResultCache(shelf(server), memory=2**24).get("after") is not None
    assert len(said_of(caplog)) == 1


def test_nobody_asks_one_that_is_lost(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One request in a while finds out, aside; all others go without at once."""
    link = RedisLink(server.address)
    until(lambda: link.is_there)
    server.kill()
    asked: list[str] = []

    def work(client: redis.Redis) -> Any:
        asked.append("")
        return client.get("key")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: link.do(work, "without"), range(1000))) == {"without"}
    assert 1 <= len(asked) <= 8
    assert len(said_of(caplog)) == 1


def test_the_first_answer_ever_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    link, answers = RedisLink("redis://127.0.0.1:1/0"), Event()

    class Slow:
        """A name that takes long to look up."""

        def ping(self) -> None:
            assert answers.wait(BOUND)

    monkeypatch.setattr(link, "_client", Slow())
    assert not link.is_there
    assert link._known.is_set()  # nobody else waits
    assert not link.is_there
    answers.set()
    until(lambda: link.is_there)


@pytest.mark.parametrize("place", ["127.0.0.1:1", "nowhere.invalid:6379"])
def test_one_that_was_never_there_is_one_warning(place: str, caplog: pytest.LogCaptureFixture) -> None:
    compute = create_compute(Settings(cache=f"redis://user:secret@{place}/0"))
    asked = question(phases.classify, Model(p=3, delta_2=0.4, delta_p=1.7))
    assert not compute.answer(asked).cached
    assert compute.keep(asked, phases.classify(Model(p=3, delta_2=0.4, delta_p=1.7))) is False
    assert compute.answer(asked).cached
    until(lambda: said_of(caplog))
    (said,) = said_of(caplog)
    assert place in said
    assert "secret" not in caplog.text


def test_a_wrong_password_is_one_warning_that_does_not_say_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with redis_server(tmp_path, "--requirepass", "right") as server:
        link = RedisLink(server.address.replace("//", "//:wrong@"))
        assert not link.is_there
        until(lambda: said_of(caplog))
        right = RedisLink(server.address.replace("//", "//:right@"))
        until(lambda: right.is_there)
    assert len(said_of(caplog)) == 1
    assert "wrong@" not in caplog.text


@pytest.mark.usefixtures("patient")
def test_a_full_one_still_answers_and_refuses_with_one_warning(
    server: RedisServer, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    cache = ResultCache(shelf(server), memory=2**24)
    assert cache.set("before", VALUE)
    client.config_set("maxmemory", 1)
    for number in range(5):
        assert cache.set(f"key {number}", VALUE) is False
        assert cache.get(f"key {number}") is not None
    assert ResultCache(shelf(server), memory=2**24).get("before") is not None
    (said,) = said_of(caplog)
    assert said.startswith("Results cannot be written (Redis: ")
    assert RedisClaims(RedisLink(server.address)).claim("key")  # granted: nobody can say it
    client.config_set("maxmemory", 0)
    assert cache.set("after", VALUE) is True


@pytest.mark.usefixtures("patient")
def test_of_several_one_may_until_he_is_done(server: RedisServer, client: redis.Redis) -> None:
    one, other = (RedisClaims(RedisLink(server.address)) for _ in "ab")
    assert one.claim("key")
    assert not one.claim("key")
    assert not other.claim("key")
    assert other.claim("another key")
    other.release("key")  # it is not his
    assert not other.claim("key")
    one.release("key")
    assert other.claim("key")
    assert 0 < client.pttl(CLAIM + digest("key")) <= 1e3 * redis_shelf.CLAIMED
    other.release("key")
    other.release("another key")
    assert client.keys() == []


@pytest.mark.usefixtures("patient")
def test_a_claim_is_renewed_while_it_is_held(
    server: RedisServer, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_shelf, "CLAIMED", 3.0)
    one, name = RedisClaims(RedisLink(server.address)), CLAIM + digest("key")
    assert one.claim("key")
    client.pexpire(name, 2500)
    until(lambda: client.pttl(name) > 2500)
    one.release("key")
    assert not client.exists(name)
    until(lambda: not one._is_renewing)  # the thread ends when nothing is held


@pytest.mark.usefixtures("patient")
def test_whoever_hangs_holds_nothing_for_ever(
    server: RedisServer, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_shelf, "AGE", 0.0)
    monkeypatch.setattr(redis_shelf, "CLAIMED", 0.1)
    one = RedisClaims(RedisLink(server.address))
    assert one.claim("key")
    until(lambda: not client.exists(CLAIM + digest("key")))


HOLDER = """
import sys
from app.compute import redis_link, redis_shelf
redis_shelf.CLAIMED, redis_link.WAIT = 0.5, 60.0
claims = redis_shelf.RedisClaims(redis_link.RedisLink(sys.argv[1]))
print(claims.claim("key"), flush=True)
sys.stdin.read()
"""


@pytest.mark.usefixtures("patient")
def test_a_claim_of_a_process_that_is_killed_ends(server: RedisServer) -> None:
    command = [sys.executable, "-c", HOLDER, server.address]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        holder.kill()
    claims = RedisClaims(RedisLink(server.address))
    until(lambda: claims.claim("key"))
    claims.release("key")


def test_without_redis_every_claim_is_granted(server: RedisServer) -> None:
    claims = RedisClaims(RedisLink(server.address))
    assert claims.claim("key")
    server.kill()
    assert claims.claim("another key")
    claims.release("key")
    claims.release("another key")


WORKER = """
import sys, time
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from app.compute import redis_link
from app.compute.jobs import Jobs
from app.main import create_compute
from app.settings import Settings
from tests.app.long_work import parts
redis_link.WAIT = 60.0
jobs = Jobs(create_compute(Settings(cache=sys.argv[1])), lambda: ThreadPoolExecutor(2))
work = parts(Path(sys.argv[2]), *range(30))
while not jobs.ask(work, "me").is_complete:
    time.sleep(0.01)
print("complete", flush=True)
"""


def test_two_servers_share_long_work(server: RedisServer, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    command = [sys.executable, "-c", WORKER, server.address, str(folder)]
    two = [
        subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stdout=subprocess.PIPE, text=True)
        for _ in "ab"
    ]
    until(lambda: len({process for _, process in begun(folder)}) == 2)
    let_go(folder)
    for process in two:
        assert process.communicate(timeout=BOUND)[0] == "complete\n"
    made = begun(folder)
    assert [number for number, _ in made] == list(range(30))  # each of them once


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("redis://127.0.0.1:6380/2", "127.0.0.1:6380"),
        ("rediss://me:secret@cache.example.org", "cache.example.org:6379"),
        ("unix:///run/redis.sock?db=1", "/run/redis.sock"),
    ],
)
def test_a_place_is_told_without_who_may_go_there(address: str, place: str) -> None:
    assert place_of(address) == place
    RedisLink(address)  # nothing is connected yet
