"""What a server says of itself to whoever watches it: that it lives, how well it serves, its numbers, its failures."""

from __future__ import annotations

import json
import logging
import re
import secrets
import socket
import threading
import urllib.error
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import prometheus_client
import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app.cards.card import Card, Picture
from app.cards.deck import Deck
from app.compute.counts import Counts, Effort
from app.compute.door import Door
from app.main import create_app
from app.page.catalogue import Description
from app.page.wire import Request
from app.physics import VERSION, ParameterError
from app.settings import Settings
from app.watch import Watch, aside
from app.watch.aside import Aside
from app.watch.kernels import Kernels
from tests import waiting
from tests.app.test_cluster import Processes
from tests.packaging.test_hosting import read, served
from tests.redis_server import redis_server

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "127.0.0.1:1"
BOUND = 60.0  # seconds after which a test gives up
until = partial(waiting.until, seconds=BOUND)
FLOW = "/data/flow.csv?d2=0.37&tmax=100"


def client_of(folder: Path, deck: Deck | None = None, **said: Any) -> FlaskClient:
    """A client of a server that has compiled nothing."""
    settings = Settings(cache_folder=folder, **({"warm_up": False} | said))
    return (create_app(settings, deck) if deck else create_app(settings)).server.test_client()


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return client_of(tmp_path)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine's probes are waited for."""
    monkeypatch.setattr(aside, "PATIENCE", BOUND)
    monkeypatch.setattr(aside, "FRESH", 0.0)


def ready(client: FlaskClient) -> tuple[int, str, dict[str, str]]:
    """Status, word and the parts' words of /ready."""
    answer = client.get("/ready")
    assert answer.headers["Cache-Control"] == "no-store"
    body: Any = answer.json
    assert body["version"] == VERSION
    assert all(part["sentence"].endswith(".") for part in body["parts"].values())
    return answer.status_code, body["status"], {name: part["state"] for name, part in body["parts"].items()}


def sentence(client: FlaskClient, part: str) -> str:
    body: Any = client.get("/ready").json
    return str(body["parts"][part]["sentence"])


def samples(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample of /metrics by its name and labels, but for the process."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = dict(sample.labels)
            assert labels.pop("pid").isdigit()
            found[sample.name, frozenset(labels.items())] = sample.value
    return found


def value(client: FlaskClient, name: str, **labels: str) -> float:
    """One number; 0 where there is none yet."""
    return samples(client).get((name, frozenset(labels.items())), 0.0)


def of_name(client: FlaskClient, name: str) -> float:
    """The sum of all samples of a name."""
    return sum(number for (known, _), number in samples(client).items() if known == name)


@pytest.mark.usefixtures("patient")
def test_a_server_that_has_what_it_needs_is_ready(client: FlaskClient) -> None:
    parts = {"kernels": "ready", "cache": "ready", "scheduler": "none", "redis": "none"}
    assert ready(client) == (200, "ready", parts)
    assert "SADDLESURF_WARM_UP is false" in sentence(client, "kernels")


@pytest.mark.usefixtures("patient")
def test_while_kernels_are_compiled_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    client = client_of(tmp_path, warm_up=True)
    kernels = Watch.of(client.application).kernels
    seen = []
    kernels.warm_up(lambda: seen.append((ready(client), client.get("/health").status_code)))
    (status, word, parts), health = seen[0]
    assert (status, word, parts["kernels"], health) == (503, "not ready", "not ready", 200)
    assert ready(client)[:2] == (200, "ready")


@pytest.mark.usefixtures("patient")
def test_while_kernels_are_compiled_it_says_how_far_that_is(tmp_path: Path) -> None:
    client = client_of(tmp_path, warm_up=True)
    kernels = Watch.of(client.application).kernels
    assert "once" in sentence(client, "kernels")
    seen: list[str] = []

    def never(_: Door, __: Request) -> Picture:
        raise AssertionError

    def note() -> None:
        seen.append(sentence(client, "kernels"))
        assert client.get("/health").json["compiling"] == seen[-1]

    deck = Deck([Card(Description(name, name, ()), never, warm_up=note) for name in ("a", "b", "c")])
    kernels.warm_up(lambda: deck.warm_up(kernels.tell))
    assert [f"{k} of 3 parts are there" in said for k, said in enumerate(seen)] == [True] * 3
    assert sentence(client, "kernels") == "The kernels are there."
    assert "compiling" not in client.get("/health").json


def test_a_warm_up_that_fails_is_told_and_does_not_take_the_server_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(tmp_path, warm_up=True)

    def fail() -> None:
        raise OSError("no compiler")

    Watch.of(client.application).kernels.warm_up(fail)
    status, word, parts = ready(client)
    assert (status, word, parts["kernels"]) == (200, "degraded", "degraded")
    assert "no compiler" in caplog.text
    assert Kernels(is_wanted=False).standing == "off"


@pytest.mark.usefixtures("patient")
def test_a_folder_that_cannot_be_used_degrades(tmp_path: Path) -> None:
    file = tmp_path / "file"
    client = client_of(file)
    assert ready(client)[2]["cache"] == "ready"
    for held in sorted(file.rglob("*"), reverse=True):
        held.rmdir()
    file.rmdir()
    file.write_text("a file where the folder was")
    assert ready(client)[:2] == (200, "degraded")
    assert sentence(client, "cache") == "Results are kept in memory alone: the folder cannot be used."
    client.get(FLOW)
    file.unlink()
    assert "has refused the last ones" in sentence(client, "cache")  # as far as anybody knows
    client.get(FLOW + "&m0=0.01")
    assert ready(client)[2]["cache"] == "ready"


def test_without_a_folder_from_the_start_it_is_degraded(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    status, word, parts = ready(client_of(file))
    assert (status, word, parts["cache"]) == (200, "degraded", "degraded")


@pytest.mark.usefixtures("patient")
def test_redis_that_goes_and_comes_degrades_meanwhile(tmp_path: Path) -> None:
    with redis_server(tmp_path) as running:
        client = client_of(tmp_path / "none", cache=running.address)
        assert ready(client)[2] == {
            "kernels": "ready",
            "cache": "ready",
            "scheduler": "none",
            "redis": "ready",
        }
        running.kill()
        status, word, parts = ready(client)
        assert (status, word, parts["cache"], parts["redis"]) == (200, "degraded", "degraded", "degraded")
        assert client.get(FLOW).status_code == 200
        running.start()
        until(lambda: ready(client)[1] == "ready")


def test_neither_redis_nor_a_scheduler_that_was_never_there_takes_the_server_out(tmp_path: Path) -> None:
    client = client_of(tmp_path, cache=f"redis://{NOBODY}", scheduler=f"tcp://{NOBODY}")
    status, word, parts = ready(client)
    assert (status, word) == (200, "degraded")
    assert parts == {"kernels": "ready", "cache": "degraded", "scheduler": "degraded", "redis": "degraded"}
    said = client.get("/ready").text + client.get("/metrics").text
    assert NOBODY not in said  # whoever asks is anybody


@pytest.mark.usefixtures("patient")
@pytest.mark.filterwarnings("ignore")  # of the cluster's own
def test_a_scheduler_is_told_with_its_workers(tmp_path: Path) -> None:
    processes = Processes(tmp_path / "log")
    try:
        client = client_of(tmp_path, scheduler=processes.address)
        scheduler = processes.scheduler()
        until(lambda: "no workers" in sentence(client, "scheduler"))
        assert ready(client)[:2] == (200, "degraded")
        processes.worker()
        until(lambda: "is there, with 1 worker." in sentence(client, "scheduler"))
        assert ready(client)[:2] == (200, "ready")
        scheduler.kill()
        until(lambda: "does not answer" in sentence(client, "scheduler"))
        assert ready(client)[:2] == (200, "degraded")
    finally:
        processes.close()


def test_nobody_waits_for_what_hangs_and_one_thread_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "PATIENCE", 0.0)
    monkeypatch.setattr(aside, "FRESH", 0.0)
    go_on, asked = Event(), []

    def hang() -> str:
        asked.append(1)
        assert go_on.wait(BOUND)
        return "found"

    probe = Aside(hang)
    assert [probe.answer() for _ in range(10)] == 10 * [None]
    assert len(asked) == 1
    go_on.set()
    until(lambda: probe.answer() == "found")
    go_on.clear()
    probe.answer()
    assert probe.answer() == "found"  # the last one counts while the next is waited for
    monkeypatch.setattr(aside, "STALE", 0.0)
    assert probe.answer() is None
    go_on.set()


def test_what_a_probe_raises_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "PATIENCE", BOUND)

    def fail() -> str:
        raise OSError

    assert Aside(fail).answer() is None


def test_a_flow_is_computed_once_and_then_found(client: FlaskClient) -> None:
    integrate = "engine.dynamics"
    flows = [0.0]
    for found in (0, 1):
        assert client.get(FLOW).status_code == 200
        counted = samples(client)
        flows.append(
            sum(
                number
                for (name, labels), number in counted.items()
                if name == "saddlesurf_computations_total" and integrate in dict(labels)["function"]
            )
        )
        hits = counted.get(("saddlesurf_cache_hits_total", frozenset({("shelf", "memory")})), 0.0)
        assert bool(hits) == bool(found)
    assert flows == [0.0, 1.0, 1.0]
    assert of_name(client, "saddlesurf_cache_misses_total") == of_name(
        client, "saddlesurf_computations_total"
    )
    assert of_name(client, "saddlesurf_computation_seconds_total") > 0
    assert value(client, "saddlesurf_cache_memory_bytes") > 0
    assert value(client, "saddlesurf_requests_total", route="/data/<name>.<extension>", status="2xx") == 2
    assert value(client, "saddlesurf_request_seconds_count", route="/data/<name>.<extension>") == 2


def test_what_is_on_the_disk_is_a_hit_there(tmp_path: Path) -> None:
    client_of(tmp_path).get(FLOW)
    client = client_of(tmp_path)
    client.get(FLOW)
    assert value(client, "saddlesurf_cache_hits_total", shelf="disk") > 0


def test_a_thousand_paths_are_one_route(client: FlaskClient) -> None:
    before = {route for (_, labels) in samples(client) for key, route in labels if key == "route"}
    for _ in range(1000):
        path = secrets.token_urlsafe(6)
        assert (
            client.open(f"/{path}", method=secrets.choice(["GET", "POST", "PUT", "BREW"])).status_code >= 400
        )
    after = {route for (_, labels) in samples(client) for key, route in labels if key == "route"}
    assert after - before <= {"other", "/metrics"}
    assert value(client, "saddlesurf_requests_total", route="other", status="4xx") == 1000


def test_a_request_that_is_refused_at_once_is_counted_too(client: FlaskClient) -> None:
    assert client.get("/?" + 9000 * "x").status_code == 414
    assert value(client, "saddlesurf_requests_total", route="/", status="4xx") == 1
    Watch.of(client.application).unread(431)
    assert value(client, "saddlesurf_unread_total", status="431") == 1


def test_a_server_of_its_own_becomes_ready_and_tells_its_connections(tmp_path: Path) -> None:
    said = {"SADDLESURF_WARM_UP": "true", "SADDLESURF_CACHE_FOLDER": str(tmp_path / "cache")}
    with served(tmp_path / "log", **said) as address:

        def is_ready() -> bool:
            try:
                return bool(json.loads(read(f"{address}/ready"))["status"] == "ready")
            except urllib.error.HTTPError as error:
                error.close()
                return False

        until(is_ready)
        told = read(f"{address}/metrics").decode()
        assert re.search(r'^saddlesurf_connections{pid="\d+"} [1-9]', told, re.MULTILINE)
        with socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), timeout=BOUND) as line:
            line.sendall(b"nonsense\x00\r\n\r\n")
            assert line.recv(12) == b"HTTP/1.0 400"
        told = read(f"{address}/metrics").decode()
        assert re.search(r'^saddlesurf_unread_total{pid="\d+",status="400"} 1', told, re.MULTILINE)


def test_connections_are_told_where_somebody_holds_them(client: FlaskClient) -> None:
    assert not [name for name, _ in samples(client) if name == "saddlesurf_connections"]
    Watch.of(client.application).connections = lambda: 0
    assert [name for name, _ in samples(client) if name == "saddlesurf_connections"]


def test_admission_is_told_where_it_is(tmp_path: Path) -> None:
    client = client_of(tmp_path, slots=1, threads=1)  # so that nobody may wait
    admission = Watch.of(client.application).compute.admission
    begun, go = threading.Event(), threading.Event()

    def compute() -> None:
        with admission.slot():
            begun.set()
            go.wait()

    other = threading.Thread(target=compute)
    other.start()
    begun.wait()
    assert client.get(FLOW).status_code == 503
    for name, number in (("running", 1), ("waiting", 0), ("slots", 1), ("room", 0)):
        assert value(client, f"saddlesurf_admission_{name}") == number
    assert value(client, "saddlesurf_admission_refused_total", reason="busy") == 1
    assert value(client, "saddlesurf_admission_refused_total", reason="spent") == 0
    go.set()
    other.join()
    assert value(client, "saddlesurf_admission_running") == 0


def test_the_numbers_can_be_withheld(tmp_path: Path) -> None:
    client = client_of(tmp_path, metrics=False)
    assert client.get("/metrics").status_code == 404
    assert client.get("/health").status_code == client.get("/ready").status_code == 200


def test_no_other_page_may_read_them(client: FlaskClient) -> None:
    for path in ("/health", "/ready", "/metrics"):
        assert "Access-Control-Allow-Origin" not in client.get(path).headers


def test_each_application_counts_for_itself(tmp_path: Path) -> None:
    one, other = client_of(tmp_path), client_of(tmp_path)
    one.get("/health")
    assert value(one, "saddlesurf_requests_total", route="/health", status="2xx") == 1
    assert value(other, "saddlesurf_requests_total", route="/health", status="2xx") == 0
    kept = prometheus_client.generate_latest().decode()
    assert "saddlesurf" not in kept


def test_docs_name_every_number_and_no_other(client: FlaskClient) -> None:
    watch = Watch.of(client.application)
    watch.connections = lambda: 1
    watch.unread(400)
    client.get(FLOW)
    client.get(FLOW)
    names = {re.sub(r"_(bucket|count|sum)$", "", name) for name, _ in samples(client)}
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`((?:saddlesurf|process)_[a-z_]+)", page))
    assert {name for name in names if name.startswith("saddlesurf_")} == {
        name for name in told if name.startswith("saddlesurf_")
    }
    assert {name for name in told if name.startswith("process_")} <= names


def test_docs_say_what_each_line_of_the_log_means() -> None:
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    speakers = set()
    for file in (ROOT / "app").rglob("*.py"):
        if re.search(r"\blog\.(?:warning|error|exception|log)\b", file.read_text(encoding="utf-8")):
            place = file.relative_to(ROOT / "app").with_suffix("").parts
            speakers.add("…" + ".".join(place))
    assert len(speakers) > 6
    assert {name for name in speakers if f"`{name}: " not in page} == set()


def test_counts_are_of_all_threads() -> None:
    counts = Counts()
    counts.hit("memory")
    counts.missed()
    counts.computed(secrets.token_hex, 0.5)
    counts.computed(secrets.token_hex, 0.25)
    seen = counts.now()
    assert (seen.hits, seen.misses) == ({"memory": 1}, 1)
    assert seen.efforts == {"secrets.token_hex": Effort(2, 0.75)}


def broken(error: Exception) -> Deck:
    """A page of one card, which cannot be drawn."""

    def draw(_: Door, __: Request) -> Picture:
        raise error

    return Deck([Card(Description("flow", "Flow", ("p",)), draw)])


@pytest.mark.parametrize(
    ("error", "note", "log"),
    [
        (RuntimeError("a fault"), "failed", "app.cards.card"),
        (ParameterError("p", "This cannot be."), "not computed", "saddlesurf.refused"),
    ],
)
def test_a_failed_card_shows_the_number_that_the_log_names(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception, note: str, log: str
) -> None:
    client = client_of(tmp_path, broken(error))
    message = {"number": 1, "cards": ["flow"], "pace": "first", "theme": "light", "looks": {}, "points": [{}]}
    with caplog.at_level(logging.WARNING):
        answer = client.post("/cards", json=message)
    number = answer.headers["Saddlesurf-Request"]
    body: Any = answer.json
    assert body["cards"]["flow"]["note"] == f"{note}, request {number}"
    assert [record.name for record in caplog.records if f"request {number}" in record.getMessage()] == [log]
