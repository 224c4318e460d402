"""Who asks and how long he is served, over HTTP: cookies, budgets, deadlines, those who leave, those who attack."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import main
from app.callbacks.visits import NAME
from app.compute.admission import Admission
from app.compute.clients import NEWCOMERS, Allowance, Clients, network_of, new_cookie, works_of
from app.compute.compute import Compute
from app.main import create_app
from app.quantities import instance
from app.settings import Settings
from tests import waiting
from tests.app.test_server import Running, running

PATIENCE = 60.0  # seconds within which every state of these tests comes
until = partial(waiting.until, seconds=PATIENCE)
LONG = "/data/instance.csv?N=1000000000000&p=4&dp=0.025&d2=0.4&until=200&then=oooooooo&seed={}"
SHORT = "/data/instance.csv?N=1000000000000&p=3&dp=0.1&d2=0.4&m0=0.01&until=60&seed=1"  # several stages


def application(folder: Path, monkeypatch: pytest.MonkeyPatch, **said: Any) -> tuple[Dash, Compute]:
    """An application and the door inside it."""
    made: list[Compute] = []
    create = main.create_compute

    def keep(*arguments: Any) -> Compute:
        made.append(create(*arguments))
        return made[0]

    monkeypatch.setattr(main, "create_compute", keep)
    app = create_app(Settings(**({"cache_folder": folder, "warm_up": False} | said)))
    return app, made[0]


def cookie_of(answer: TestResponse) -> str:
    """What an answer sets; empty if it sets nothing."""
    return answer.headers.get("Set-Cookie", "")


def test_a_browser_gets_a_name_with_the_page_and_with_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = application(tmp_path, monkeypatch, url_prefix="/surf/")
    client = app.server.test_client(use_cookies=False)
    for path in ("/health", "/data/lines.csv", "/nothing", "/_dash-layout"):
        assert not cookie_of(client.get(path))
    first = client.get("/")
    assert first.status_code == 200
    name, *rest = cookie_of(first).split("; ")
    assert name.startswith(f"{NAME}=")
    assert {"HttpOnly", "Path=/surf/", "SameSite=Lax"} == set(rest)  # no date: it ends with the session
    assert "private" in first.headers["Cache-Control"]
    assert "no-cache" in first.headers["Cache-Control"]
    known = {"Cookie": name}
    assert not cookie_of(client.get("/", headers=known))
    unchanged = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    assert cookie_of(app.server.test_client().get("/", base_url="https://x/")).endswith("SameSite=Lax")
    assert "Secure" in cookie_of(app.server.test_client().get("/", base_url="https://x/"))


def flows(k: int) -> str:
    """The address of a flow that nobody has asked for."""
    return f"/data/flow.csv?d2={0.3 + 1e-4 * k}&tmax=10"


def test_who_has_spent_his_budget_waits_and_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = application(tmp_path, monkeypatch, rate=1)  # so five at once
    stranger = app.server.test_client(use_cookies=False)
    answers = [stranger.get(flows(k)) for k in range(60)]
    good = [answer for answer in answers if answer.status_code == 200]
    put_off = [answer for answer in answers if answer.status_code == 429]
    assert len(good) >= 5
    assert put_off
    assert len(good) + len(put_off) == 60
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in put_off)
    assert put_off[0].text == "Too much was asked for in a short time. Ask again in about 1 s.\n"
    assert stranger.get(flows(0)).status_code == 200  # known
    browser = {"Cookie": f"{NAME}={new_cookie()}"}
    assert stranger.get(flows(2000), headers=browser).status_code == 200
    assert stranger.get(flows(2001), environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200


def cards(client: FlaskClient, d2: float, cookie: str = "", pace: str = "first") -> dict[str, Any]:
    """The answer to a page that asks for the flow and the phase."""
    message = {
        "number": 1,
        "cards": ["flow", "phase"],
        "pace": pace,
        "theme": "light",
        "points": [{"d2": d2, "tmax": 10.0}],
        "looks": {},
    }
    said = {"Cookie": f"{NAME}={cookie}"} if cookie else {}
    answer = client.post("/cards", data=json.dumps(message), headers=said)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)["cards"]
    return found


def test_a_card_that_is_put_off_says_so_and_asks_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = application(tmp_path, monkeypatch, rate=1)
    client = app.server.test_client()
    for k in range(60):
        answer = cards(client, 0.3 + 1e-4 * k)["flow"]
        if answer["note"] == "busy":
            break
    assert answer["note"] == "busy"
    assert answer["failed"] is False
    assert answer["later"] >= 1000
    assert answer["caption"].startswith("Too much was asked for")


def test_while_something_moves_what_has_no_slot_in_a_moment_is_left_out_and_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, compute = application(tmp_path, monkeypatch, slots=1)
    client, go, computes = app.server.test_client(), threading.Event(), threading.Event()
    cards(client, 0.5)  # the diagram's lines are known

    def compute_long() -> None:
        with compute.admission.slot():
            computes.set()
            assert go.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(compute_long)
        assert computes.wait(PATIENCE)
        found = cards(client, 0.37, pace="moving")
        assert found["phase"]["figure"]
        assert (found["flow"]["figure"], found["flow"]["caption"]) == (None, None)
        assert (found["flow"]["failed"], found["flow"]["more"]) == (False, True)
        assert found["flow"]["note"] == "busy: follows"
        assert cards(client, 0.5, pace="moving")["flow"]["figure"]  # known
        go.set()
    assert cards(client, 0.37, pace="moving")["flow"]["figure"]


def test_x_forwarded_for_is_believed_of_as_many_proxies_as_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Clients, "name_of", lambda _self, _cookie, address: seen.append(address) or address)
    for proxies, expected in ((0, "127.0.0.1"), (1, "10.0.0.2"), (2, "10.0.0.1")):
        app, _ = application(tmp_path, monkeypatch, proxies=proxies)
        monkeypatch.undo()
        monkeypatch.setattr(
            Clients, "name_of", lambda _self, _cookie, address: seen.append(address) or address
        )
        forwarded = {"X-Forwarded-For": "10.0.0.1, 10.0.0.2", "X-Forwarded-Host": "evil.example"}
        answer = app.server.test_client().get("/data/lines.csv", headers=forwarded)
        assert answer.status_code == 200
        assert seen[-1] == expected


def test_many_browsers_behind_one_address_are_many_but_not_without_end() -> None:
    now = [0.0]
    clients = Clients(now=lambda: now[0])
    names = {clients.name_of(new_cookie(), "10.0.0.1") for _ in range(300)}
    at_once = int(NEWCOMERS[1])
    assert len(names) == at_once + 1
    assert "at 10.0.0.1" in names
    assert clients.name_of(new_cookie(), "10.0.0.2") not in names  # another address has its own
    now[0] += 10 / NEWCOMERS[0]
    assert len({clients.name_of(new_cookie(), "10.0.0.1") for _ in range(300)}) == 11
    known = new_cookie()
    assert clients.name_of(known, "10.0.0.3") == known
    assert clients.name_of(known, "10.0.0.1") == known  # it has moved


@pytest.mark.parametrize("cookie", ["", "x", "a" * 15, "a" * 17, "a b" * 5 + "a", "é" * 16, "a" * 10_000])
def test_a_cookie_that_is_not_ours_is_none(cookie: str) -> None:
    assert Clients().name_of(cookie, "10.0.0.1") == "at 10.0.0.1"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_stands_for_a_subscriber(address: str, network: str) -> None:
    assert network_of(address) == network


def test_an_allowance_is_saved_up_to_a_limit() -> None:
    now = [0.0]
    allowance = Allowance(20, 100, lambda: now[0])
    assert [allowance.take("a") for _ in range(100)] == [0.0] * 100
    assert allowance.take("a") == pytest.approx(0.05)
    assert allowance.take("b") == 0.0
    now[0] += 1.0
    assert [allowance.take("a") for _ in range(20)] == [0.0] * 20
    assert allowance.take("a") > 0
    now[0] += 1e6
    assert [allowance.take("a") for _ in range(100)] == [0.0] * 100
    assert allowance.take("a") > 0


def test_the_usual_budget_is_that_of_an_honest_class() -> None:
    """At least 20 computations a second for each, and 100 at once."""
    now = [0.0]
    clients = Clients(Settings().rate, now=lambda: now[0])
    for _ in range(100):
        clients.charge("a")
    for _ in range(200):
        now[0] += 0.05
        clients.charge("a")


def test_a_browser_has_a_few_long_works_and_many_may_be_behind_an_address() -> None:
    clients = Clients()
    assert works_of(clients.name_of(new_cookie(), "10.0.0.1")) == 4
    assert works_of(clients.name_of("", "10.0.0.1")) == 16
    assert works_of(clients.name_of("", "")) == 16


def test_after_the_deadline_the_good_part_is_answered_and_asking_again_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_app, _ = application(tmp_path / "whole", monkeypatch)
    whole = whole_app.server.test_client().get(SHORT)
    assert "Saddlesurf-Cut" not in whole.headers
    monkeypatch.undo()
    app, compute = application(tmp_path / "cut", monkeypatch)
    monkeypatch.setattr(compute, "breathe", late_after(2))
    client = app.server.test_client()
    cut, tags, words = [], set(), []
    for _ in range(200):
        answer = client.get(SHORT)
        assert answer.status_code == 200
        if "Saddlesurf-Cut" not in answer.headers:
            break
        tags.add(answer.headers["ETag"])
        cut.append(pd.read_csv(StringIO(answer.text)))
        words.append(client.get(SHORT.replace(".csv", ".json")).json["message"])
    assert len(cut) > 1
    assert len(tags) == len(cut)
    assert "ask again, and it goes on from there" in words[0]
    assert all(len(one) < len(other) for one, other in pairwise(cut))
    full = pd.read_csv(StringIO(whole.text))
    together = pd.read_csv(StringIO(answer.text))
    pd.testing.assert_series_equal(together["overlap"], full["overlap"])
    pd.testing.assert_series_equal(cut[0]["overlap"], full["overlap"][: len(cut[0])], check_names=False)


def late_after(parts: int) -> Callable[[], None]:
    """The time of a request is over after so many parts, again and again."""
    from app.compute.busy import LateError
    from app.compute.visit import LATE

    left = [parts]

    def breathe() -> None:
        left[0] -= 1
        if left[0] < 0:
            left[0] = parts
            raise LateError(LATE, 1.0)

    return breathe


def test_an_earlier_run_that_is_not_done_in_time_is_put_off_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, compute = application(tmp_path, monkeypatch)
    monkeypatch.setattr(compute, "breathe", late_after(4))
    client = app.server.test_client()
    statuses = []
    for _ in range(400):
        answer = client.get(SHORT.replace("until=60", "until=35") + "&then=o")
        statuses.append(answer.status_code)
        if answer.status_code == 200 and "Saddlesurf-Cut" not in answer.headers:
            break
        assert answer.status_code == 200 or int(answer.headers["Retry-After"]) >= 1
    assert statuses[0] == 503
    assert statuses[-1] == 200
    assert statuses == sorted(statuses, reverse=True)  # once the last run has begun there are rows


def test_a_late_card_asks_again_and_the_ready_ones_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = application(tmp_path, monkeypatch)
    client = app.server.test_client()
    cards(client, 0.35)
    monkeypatch.setattr("app.compute.visit.Visit.left", property(lambda _: 0.0))
    known = cards(client, 0.35)
    assert not any(card["later"] for card in known.values())
    late = cards(client, 0.36)["flow"]
    assert late["failed"] is False
    assert late["later"] == 1000
    assert late["caption"].startswith("This takes longer than one request may.")


def test_a_page_that_has_gone_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app, _ = application(tmp_path, monkeypatch)
    message = {"number": 1, "cards": ["flow"], "pace": "first", "theme": "light", "points": [{}], "looks": {}}
    left = {"waitress.client_disconnected": lambda: True}
    answer = app.server.test_client().post("/cards", data=json.dumps(message), environ_overrides=left)
    assert answer.status_code == 499
    assert not caplog.records


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    app, compute = application(tmp_path, monkeypatch, threads=20, slots=1)
    with running(app.server, threads=20) as server:
        yield server, compute.admission


Served = tuple[Running, Admission]


def test_strangers_with_long_work_silence_nobody(served: Served) -> None:
    server, admission = served
    server.ask("GET", flows(0))
    strangers = [ask_and_wait(server, LONG.format(seed)) for seed in range(30)]
    until(lambda: admission.waiting >= 5, "they wait")
    for _ in range(20):
        assert server.ask("GET", "/health")[0] == 200
        assert server.ask("GET", flows(0))[0] == 200  # known
        assert server.ask("GET", "/data/complexity.csv?d2=0.71")[0] == 200  # a closed form
    assert admission.running == 1
    assert admission.waiting <= admission.room
    assert admission.refused["busy"]  # some were told at once
    for stranger in strangers:
        stranger.close()
    until(lambda: admission.running == admission.waiting == 0, "who has left is noticed")


def ask_and_wait(server: Running, path: str) -> Any:
    """A connection that has asked for something and does not read on."""
    return server.connect(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


def test_who_leaves_is_not_computed_for_and_an_equal_question_is_answered(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, admission = served
    begun, go = threading.Event(), threading.Event()
    stages: list[str] = []
    next_stage = instance.next_stage

    def held(state: Any, sample: Any) -> Any:
        stages.append("one")
        begun.set()
        assert go.wait(PATIENCE)
        return next_stage(state, sample)

    monkeypatch.setattr(instance, "next_stage", held)
    first = ask_and_wait(server, SHORT)
    assert begun.wait(PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(server.ask, "GET", SHORT)
        until(lambda: admission.waiting == 1, "the second one follows the first")
        first.close()
        go.set()
        status, text = second.result(PATIENCE)
    assert status == 200
    assert len(text.splitlines()) > 10


def test_every_desk_is_given_back_whatever_happens(served: Served) -> None:
    server, admission = served
    for path in ("/", "/nothing", "/data/flow.csv?d2=x", "//x/", "/data/instance.csv?N=100&until=1", "/data"):
        for _ in range(6):
            server.ask("GET", path)
    for body in (b"", b"{", b"{}", b"[]"):
        for path in ("/cards", "/read", "/_dash-update-component", "/python", "/goodbye"):
            server.ask("POST", path, body)
    until(lambda: admission._desks.taken == 0, "all desks are free")
    assert admission.running == admission.waiting == 0
