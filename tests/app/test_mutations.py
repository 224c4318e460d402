"""Whatever is sent is answered: with a status below 500, without a traceback, and the next good request as ever."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cards import DECK
from app.cards.card import Picture
from app.cards.deck import Deck
from app.main import create_app
from app.page import ids
from app.page.state import ORIGIN
from app.quantities.tables import Table
from app.settings import Settings

JUNK: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**18, 2**63, 1e308, -1e308, 1e-320, "", "x", "NaN", "-inf", "1e999", "10,000",
    "٣", "\x00", "\u2028\nERROR", "%s%n", "<script>", "../../etc/passwd", "__class__", "20", "9" * 5000, [], [[]],
    [None] * 40, {}, {"": {}}, {"id": 1}, {"a": [{"b": {}}]}, [["x", 1], ["y", 2]],
]  # fmt: skip
DEEP: Any = json.loads(200 * "[" + 200 * "]")
RAW = [
    b"", b" ", b"{", b"null", b"NaN", b"[]", b"{}", b"\xff\xfe", b"\x00", b'"x"', b"1e999", b"[" * 100_000,
    b'{"a":' * 5000, b'{"a":1,"a":2}', b'{"points":[{"d2":NaN}]}', b'{"output":1}', b'"\\ud800"',
    b'{"\\ud800":"\\ud800"}', b"-", b"9" * 10_000,
]  # fmt: skip


def callback(
    output: str, inputs: list[tuple[str, str, Any]], state: list[tuple[str, str, Any]]
) -> dict[str, Any]:
    """A message as Dash's scripts send it."""
    names = [name.rsplit(".", 1) for name in output.strip(".").split("...")]
    outputs = [{"id": name, "property": held} for name, held in names]
    held = [[{"id": i, "property": p, "value": v} for i, p, v in part] for part in (inputs, state)]
    return {
        "output": output,
        "outputs": outputs if output.startswith("..") else outputs[0],
        "inputs": held[0],
        "state": held[1],
        "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
        "parsedChangedPropsIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
    }


def good(app: Any) -> dict[str, Any]:
    """A good message of every kind."""
    point = ORIGIN.to_store()
    ensemble = next(name for name in app.callback_map if ids.ENSEMBLE_STATUS in name)
    asked = {"held": point, "seeds": 20, "sizes": [100], "done": -1, "asker": "0123456789abcdef"}
    inputs = [(ids.ENSEMBLE_RUN, "n_clicks", 1), (ids.ENSEMBLE_CANCEL, "n_clicks", None)]
    inputs += [(ids.ENSEMBLE_CLOCK, "n_intervals", 0), (ids.THEME, "data", "light")]
    state = [
        (ids.ENSEMBLE_ASKED, "data", asked),
        (ids.ENSEMBLE_SEEDS, "value", "20"),
        (ids.ENSEMBLE_SIZES, "value", ["100"]),
        (ids.ENSEMBLE_START, "value", "random"),
        (ids.ENSEMBLE_UNTIL, "value", "20"),
        (ids.PARAMETERS, "data", point),
    ]
    theory = [(ids.THEORY_PAGE, "value", "landscape"), (ids.THEORY_BUTTON, "n_clicks", 1)]
    return {
        "/cards": {
            "number": 1,
            "cards": [card.description.name for card in DECK.cards],
            "pace": "first",
            "theme": "light",
            "points": [point, point],
            "looks": {name: list(said) for name, said in DECK.catalogue.defaults().items()} | {"moment": 0.5},
        },
        "/read": {"address": None, "box": "d2", "text": "0.4", "point": point},
        "/python": {"point": point},
        "/goodbye": {"asker": "0123456789abcdef"},
        "/_dash-update-component": callback(ensemble, inputs, state),
        "/_dash-update-component ": callback(f"{ids.THEORY_BODY}.children", theory, []),
    }


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a message."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield from places(held, (*path, key))


def mutated(message: Any, place: tuple[Any, ...], way: str, junk: Any) -> Any:
    """A message with one place replaced, left out, said twice or renamed."""
    if not place:
        return junk
    message = copy.deepcopy(message)
    around = message
    for key in place[:-1]:
        around = around[key]
    key = place[-1]
    if way == "gone":
        del around[key]
    elif way == "twice" and isinstance(around, list):
        around.insert(key, copy.deepcopy(around[key]))
    elif way == "renamed" and isinstance(around, dict):
        around[str(junk)[:50]] = around.pop(key)
    else:
        around[key] = junk
    return message


def draw(*_: Any) -> Picture:
    """A card that costs nothing: what is looked at here is what comes to it."""
    return Picture(None, "drawn", "")


def table(*_: Any, **__: Any) -> Table:
    """A table that costs nothing."""
    return Table("none", {})


class Never(Executor):
    """Takes work and does none."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        del function, args, kwargs
        return Future()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    deck = Deck(
        replace(card, draw=draw, sheets=tuple(replace(sheet, make=table) for sheet in card.sheets))
        for card in DECK.cards
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.main.create_executor", lambda *_: Never())
        folder = tmp_path_factory.mktemp("cache")
        yield create_app(Settings(cache_folder=folder, proxies=1), deck)  # their headers are read too


@pytest.fixture(scope="module")
def client(app: Any) -> FlaskClient:
    client: FlaskClient = app.server.test_client()
    return client


@pytest.fixture(scope="module")
def messages(app: Any) -> dict[str, Any]:
    return good(app)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No test may leave a traceback or an error in the log."""
    yield
    for when in ("setup", "call"):
        for record in caplog.get_records(when):
            assert record.exc_info is None, record.getMessage()
            assert record.levelno < logging.ERROR, record.getMessage()


def answered(client: FlaskClient, method: str, path: str, body: bytes | None = None, **options: Any) -> Any:
    """The answer to one request, which is a good one or says in a sentence why not."""
    kind = {"content_type": "application/json"} if body is not None else {}
    kind |= {"environ_overrides": {"PATH_INFO": path}} if path.startswith("//") else {}
    asked = "/" if path.startswith("//") else path  # which the client would take for a host
    with client.open(asked, method=method, data=body, **{**kind, **options}) as answer:
        answer.get_data()
    is_put_off = answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert answer.status_code < 500 or is_put_off, (method, path, body, options, answer.text)
    if answer.status_code >= 400:
        text = answer.text if method != "POST" else answer.get_json()["sentence"]
        assert method == "HEAD" or 0 < len(text) < 2000
        assert "Traceback" not in text
    assert answer.headers["Content-Security-Policy"]
    assert answer.headers["Saddlesurf-Request"]
    assert "Location" not in answer.headers
    return answer


def assert_well(client: FlaskClient, messages: dict[str, Any]) -> None:
    """Every good request is answered."""
    for path, message in messages.items():
        answer = answered(client, "POST", path.strip(), orjson.dumps(message))
        assert answer.status_code == 200, (path, answer.text)
    for path in ("/", "/health", "/data/flow.csv?p=3", "/_dash-layout", "/_dash-dependencies"):
        assert answered(client, "GET", path).status_code == 200, path


def test_good_messages_are_answered(client: FlaskClient, messages: dict[str, Any]) -> None:
    assert_well(client, messages)


@pytest.mark.parametrize("path", ["/cards", "/read", "/python", "/goodbye", "/_dash-update-component"])
def test_a_body_that_is_no_message_is_refused(
    client: FlaskClient, messages: dict[str, Any], path: str
) -> None:
    for body in RAW:
        for kind in (
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/json; charset=x",
        ):
            answer = answered(client, "POST", path, body, content_type=kind)
            assert answer.status_code == 400 or (path, body) == ("/read", b"{}"), (body, answer.text)
    for body in (b"[]", b"{}", b"null"):
        for encoding in ("gzip", "br", "identity"):
            answered(client, "POST", path, body, headers={"Content-Encoding": encoding})
    assert_well(client, messages)


def test_what_dash_would_have_failed_at_is_refused(client: FlaskClient, messages: dict[str, Any]) -> None:
    path = "/_dash-update-component"
    for changed in (
        {"output": "x.y"}, {"output": "...."}, {"outputs": []}, {"inputs": []}, {"inputs": {}}, {"state": None},
        {"changedPropIds": [1]}, {"changedPropIds": ["x.y"]}, {"changedPropIds": None}, {"inputs": [[{"id": "x"}]]},
    ):  # fmt: skip
        answer = answered(client, "POST", path, orjson.dumps(messages[path] | changed))
        assert answer.status_code == 400, changed
    for number, value in (
        (0, DEEP),
        (4, DEEP),
        (4, {"asker": 3}),
        (5, "x"),
        (6, {"d2": DEEP}),
        (6, {"d2": -1}),
    ):
        message = copy.deepcopy(messages[path])
        (message["inputs"] + message["state"])[number]["value"] = value
        answered(client, "POST", path, json.dumps(message).encode())


def test_copy_python_at_a_point_that_is_none_is_a_sentence(client: FlaskClient) -> None:
    answer = answered(client, "POST", "/python", b'{"point":{"d2":-1}}')
    assert answer.status_code == 400
    assert answer.get_json()["sentence"].startswith("Δ₂ ")


@pytest.mark.parametrize(
    "path",
    [
        "/nope", "/nope/", "/cards/", "/data", "/data/", "/data/flow", "/data/flow.", "/data/.csv", "/data/flow.exe",
        "/data/x/flow.csv", "/data/flow.csv/x", "/data/../flow.csv", "/_dash-component-suites/os/x",
        "/_dash-component-suites/dash/x.js", "/_dash-component-suites/dash/../../../etc/passwd",
        "/_dash-component-suites/dash/%2e%2e/%2e%2e/x", "/_dash-component-suites/x", "/assets/../app/main.py",
        "/assets/%2e%2e/app/main.py", "/assets/", "/assets/nope.js", "//evil.com", "//evil.com/",
        "//evil.com/..", "///", "/\\evil.com", "/%00", "/%ff", "/wp-login.php", "/.env", "/index.html", "/https://evil.com/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_404(client: FlaskClient, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = answered(client, method, path)
        assert answer.status_code == 404, (path, answer.status_code, answer.headers.get("Location"))
        assert "evil" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "GET", "POST", "NONSENSE"])
def test_any_method_is_answered(client: FlaskClient, method: str) -> None:
    for path in (
        "/",
        "/cards",
        "/health",
        "/data/flow.csv",
        "/_dash-update-component",
        "/nope",
        "/assets/style.css",
    ):
        answered(client, method, path)


def test_what_is_too_large_is_said(client: FlaskClient, messages: dict[str, Any]) -> None:
    for path in messages:
        answer = answered(client, "POST", path.strip(), b" " * (2**18 + 1))
        assert answer.status_code == 413
        assert answer.get_json()["sentence"] == "The message is too large: at most 262144 bytes are read."
    answer = answered(client, "GET", "/?d2=" + 9000 * "1")
    assert (answer.status_code, answer.text) == (
        414,
        "The address is too long: at most 8192 bytes are read.\n",
    )
    assert answered(client, "GET", "/?d2=" + 8000 * "1").status_code == 200


def test_a_fault_of_ours_is_a_number_to_its_finder_and_a_traceback_to_us(
    app: Any, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a secret")

    monkeypatch.setitem(app.server.view_functions, "health", broken)
    answer = client.get("/health")
    number = answer.headers["Saddlesurf-Request"]
    assert answer.status_code == 500
    assert answer.get_json()["request"] == number
    assert number in answer.get_json()["sentence"]
    assert "secret" not in answer.text
    (said,) = caplog.records
    assert said.exc_info is not None
    assert number in said.getMessage()
    caplog.clear()


def test_what_is_refused_is_one_line_of_the_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for method, path, body in (("POST", "/cards", b"{}"), ("GET", "/data/flow.csv?d2=-1", None)):
        caplog.clear()
        assert answered(client, method, path, body).status_code == 400
        (record,) = caplog.records
        assert (record.name, record.levelname) == ("saddlesurf.refused", "WARNING")
    caplog.clear()
    answered(client, "GET", "/nope")
    assert not caplog.records


PATHS = ["/cards", "/read", "/python", "/goodbye", "/_dash-update-component", "/_dash-update-component "]
junk = (
    st.sampled_from(JUNK)
    | st.floats()
    | st.integers()
    | st.text(max_size=20)
    | st.lists(st.text(max_size=3), max_size=3)
)
asked_for = st.sampled_from(
    ["/", "/data/flow.csv", "/data/lines.json", "/data/instance.npz", "/data/x.csv", "/health", "/ready", "/metrics",
     "/assets/style.css", "/_dash-layout", "/cards"]
)  # fmt: skip
#: What a request's headers may say, some of it true.
SAID: dict[str, list[str]] = {
    "Cookie": ["saddlesurf=0123456789abcdef", "saddlesurf=", "saddlesurf=é", "a=b;" * 500, ";;=;"],
    "X-Forwarded-For": ["1.2.3.4", "1.2.3.4, ::1%x", "unknown", "[::1]:9", ",", "::ffff:1.2.3.4", "1" * 4000],
    "X-Forwarded-Proto": ["https", "javascript", ",", ""],
    "X-Forwarded-Host": ["evil.com", "a b", "[", ":9"],
    "X-Forwarded-Prefix": ["/x", "//evil.com", "/%0d%0a"],
    "X-Forwarded-Port": ["x", "-1", "99999"],
    "Forwarded": ['for="[::1]";proto=x', "for=", "=;"],
    "Host": ["", "evil.com", "a b", "[::1", "x:y", "\xe9"],
    "If-None-Match": ["*", '"', 'W/"', 'W/"x", "y"', ",,,", '"' + 4000 * "x" + '"'],
    "If-Modified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "Thu, 99 Foo 99999 99:99:99 GMT"],
    "If-Range": ["x", '"x"'],
    "Range": ["bytes=0-", "bytes=9-1", "bytes=-0", "bytes=x", "lines=1-2", "bytes=0-1,2-3", "bytes=9999999999-"],
    "Accept": ["text/html", "*/*;q=x", "/", ";"],
    "Accept-Encoding": ["gzip", "br", "zstd", "gzip;q=0, *;q=0", "*;q=1e999", "gzip;q=nan", ";", "identity;q=0"],
    "Content-Type": ["application/json", "text/plain", "multipart/form-data; boundary=", "text/x; charset=utf-16", "/"],
    "Content-Encoding": ["gzip", "br", "zstd", "identity", "x, y"],
    "Transfer-Encoding": ["chunked", "gzip, chunked", "x"],
    "Origin": ["null", "https://evil.com"],
    "Authorization": ["Basic x", "Basic Og==", "Digest x", "Bearer"],
    "Saddlesurf-Build": ["x", ""],
    "Connection": ["close", "keep-alive, Upgrade", "Upgrade"],
    "Upgrade": ["websocket", "h2c"],
    "Expect": ["100-continue", "x"],
    "Access-Control-Request-Method": ["DELETE"],
}  # fmt: skip
latin = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12)
headers = st.lists(
    st.sampled_from(sorted(SAID)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(SAID[name]) | latin)
    ),
    max_size=4,
    unique_by=lambda said: said[0],
)
Mutation = tuple[str, list[tuple[int, str, Any]], list[tuple[str, str]]]
mutations = st.tuples(
    st.sampled_from(PATHS),
    st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from(["junk", "gone", "twice", "renamed"]), junk),
        min_size=1,
        max_size=3,
    ),
    headers,
)
names = st.sampled_from(["p", "d2", "dp", "m0", "T", "tmax", "N", "seed", "then", "until", "flow", "v", "x"])
texts = st.text(max_size=12) | st.floats().map(str) | st.integers().map(str)
methods = st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS"])
queries = st.tuples(methods, asked_for, st.lists(st.tuples(names, texts), max_size=6), headers)


def send(client: FlaskClient, messages: dict[str, Any], mutation: Mutation) -> None:
    """Send a message that was changed so, as JSON of Python's own kind: it knows NaN and lone surrogates."""
    path, changes, said = mutation
    message = messages[path]
    for number, way, value in changes:
        there = list(places(message))
        message = mutated(message, there[number % len(there)], way, value)
    answered(
        client, "POST", path.strip(), json.dumps(message).encode("utf-8", "surrogatepass"), **options_of(said)
    )


def ask(client: FlaskClient, query: Any) -> None:
    """Ask for an address that was changed so."""
    method, path, parts, said = query
    answered(client, method, path, query_string=urlencode(parts, errors="replace"), **options_of(said))


def options_of(said: list[tuple[str, str]]) -> dict[str, Any]:
    """These headers, as the client is told them: it would make up another content type beside that of the headers."""
    held = dict(said)
    kind = {"content_type": held.pop("Content-Type")} if "Content-Type" in held else {}
    return {"headers": held, **kind}


@given(st.lists(mutations, min_size=10, max_size=10))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_mutated_messages_are_answered(
    client: FlaskClient, messages: dict[str, Any], batch: list[Mutation]
) -> None:
    for mutation in batch:
        send(client, messages, mutation)


@given(st.lists(queries, min_size=5, max_size=5))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_mutated_addresses_are_answered(client: FlaskClient, batch: list[Any]) -> None:
    for query in batch:
        ask(client, query)


@pytest.mark.slow
@given(st.lists(mutations, min_size=20, max_size=20), st.lists(queries, min_size=5, max_size=5))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_ten_thousand_mutations_are_answered(
    client: FlaskClient, messages: dict[str, Any], batch: list[Mutation], addresses: list[Any]
) -> None:
    for mutation in batch:
        send(client, messages, mutation)
    for query in addresses:
        ask(client, query)
    assert_well(client, messages)
