"""The tables as other programs read them: strict readers, browsers of other pages, caches."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.callbacks import data
from app.cards import DECK, spectrum_tables
from app.main import create_app, create_compute
from app.page.address import read_query
from app.page.file_name import file_stem
from app.page.sample import Sample
from app.page.state import Parameters, Point
from app.physics import VERSION
from app.quantities import formats, tables
from app.quantities.atlas import Measurement
from app.quantities.scan import Scan
from app.quantities.tables import Table
from app.settings import Settings
from engine import Status, dynamics
from tests.app.atlases import fill
from tests.strict_npz import read_npz

QUERY = "?p=3&d2=0.4&dp=1.7&m0=1e-4&tmax=100&N=100&until=3"
QUERIES = (QUERY, "?d2=inf&dp=1&tmax=10&N=16&until=2", "?p=4&dp=inf&d2=2&tmax=10&N=16&until=2")
NAMES = sorted(DECK.tables)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    ours = Settings(cache_folder=tmp_path_factory.mktemp("cache"))
    for query in QUERIES:  # of an atlas an address gives what is there
        point = read_query(query, DECK.catalogue.looks).point
        compute = create_compute(ours)
        fill(compute, Measurement.of(point.parameters), 2)
        for along in ("d2", "dp"):
            for asked in Scan(point.parameters, along).chunks()[:2]:
                compute.keep(asked, asked())
    client: FlaskClient = create_app(ours).server.test_client()
    return client


def body(client: FlaskClient, path: str) -> bytes:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.data


def strict_json(content: bytes | bytearray) -> Any:
    """JSON as it is defined: neither NaN nor Infinity, no name twice, UTF-8."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    return json.loads(content.decode("utf-8"), parse_constant=refuse, object_pairs_hook=once)


@pytest.mark.parametrize("name", NAMES)
def test_a_strict_reader_reads_every_npz(client: FlaskClient, name: str) -> None:
    entries = read_npz(body(client, f"/data/{name}.npz{QUERY}"))
    said = strict_json(body(client, f"/data/{name}.json{QUERY}"))
    columns = said.pop("columns")
    for column, words in said.get("labels", {}).items():
        columns[column] = [float(words.index(word)) for word in columns[column]]
    shape, numbers = entries.pop("metadata")
    assert shape == (len(numbers),)
    assert strict_json(bytes(numbers)) == said
    for column, values in columns.items():
        shape, numbers = entries.pop(column)
        assert shape == (len(values),)
        assert [value if math.isfinite(value) else None for value in numbers] == values
    for scalar, (shape, (number,)) in entries.items():
        assert shape == ()
        assert number == said[scalar] or (math.isnan(number) and said[scalar] is None)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("query", QUERIES)
def test_csv_is_a_header_and_rows_of_numbers(client: FlaskClient, name: str, query: str) -> None:
    text = body(client, f"/data/{name}.csv{query}").decode("ascii")
    assert "\r" not in text
    header, *rows = csv.reader(text.splitlines())
    answer = strict_json(body(client, f"/data/{name}.json{query}"))
    said = answer["columns"]
    assert header == list(said)
    for column, values in zip(header, list(zip(*rows, strict=True)) or [()] * len(header), strict=True):
        numbers = (
            [float(value) if value and math.isfinite(float(value)) else None for value in values]
            if column not in answer.get("labels", {})
            else list(values)
        )
        assert numbers == said[column]


def test_what_json_cannot_say_is_null(client: FlaskClient) -> None:
    table = Table(
        "any",
        {"x": np.array([0.5, math.nan, math.inf])},
        {"a": math.nan, "b": math.inf, "c": None, "d": {"e": -math.inf}, "f": np.float64(2.0), "g": "m₀"},
    )
    point = Parameters(dp=math.inf)
    said = strict_json(formats.to_json(table, point))
    assert said["columns"] == {"x": [0.5, None, None]}
    assert (said["a"], said["b"], said["c"], said["d"], said["f"]) == (None, None, None, {"e": None}, 2.0)
    entries = read_npz(formats.to_npz(table, point))
    assert entries["x"][1][0] == 0.5
    assert entries["x"][1][2] == math.inf
    assert math.isnan(entries["c"][1][0])
    about = strict_json(bytes(entries["metadata"][1]))
    assert about["g"] == "m₀"
    assert about["parameters"]["delta_p"] == "inf"
    assert set(entries) == {"x", "a", "b", "c", "f", "metadata"}  # what is no number is in the metadata alone


def test_an_npz_can_be_made_of_what_is_not_contiguous_or_of_another_order() -> None:
    column = np.arange(10, dtype=">f8")[::2]
    shape, numbers = read_npz(formats.to_npz(Table("any", {"x": column}), Parameters()))["x"]
    assert (shape, numbers) == ((5,), [0.0, 2.0, 4.0, 6.0, 8.0])


def cut_flow(_door: object, parameters: Parameters) -> Any:
    """A flow that was cut at t = 5."""
    flow = dynamics.integrate_flow(parameters.model, overlap_0=1e-2, t_max=5.0)
    made = dynamics.Trajectory(
        **{
            name: getattr(flow, name) for name in flow.__dataclass_fields__ if name not in ("status", "t_max")
        },
        status=Status.STOPPED_EARLY,
        t_max=parameters.tmax,
    )
    return type("Found", (), {"value": made})


@pytest.mark.parametrize("name", ["flow", "spectrum"])
def test_a_cut_flow_says_so_and_holds_no_row_without_numbers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(tables, "flow", cut_flow)
    monkeypatch.setattr(spectrum_tables, "flow", cut_flow)
    path = f"/data/{name}.{{}}?d2=0.4&tmax=50"
    said = strict_json(body(client, path.format("json")))
    assert (said["cut"], said["cut_at"], said["status"]) == ("cut at t = 5", 5.0, "STOPPED_EARLY")
    entries = read_npz(body(client, path.format("npz")))
    assert entries["cut_at"][1] == [5.0]
    assert strict_json(bytes(entries["metadata"][1]))["cut"] == "cut at t = 5"
    answer = client.get(path.format("csv"))
    assert answer.headers["Saddlesurf-Cut"] == "cut at t = 5"
    rows = list(csv.reader(answer.text.splitlines()))[1:]
    assert all(math.isfinite(float(value)) for row in rows for value in row)
    if name == "flow":
        assert float(rows[-1][0]) == 5.0


def test_a_whole_flow_is_not_cut(client: FlaskClient) -> None:
    said = strict_json(body(client, f"/data/flow.json{QUERY}"))
    assert (said["cut"], said["cut_at"]) == ("", None)
    assert "Saddlesurf-Cut" not in client.get(f"/data/flow.csv{QUERY}").headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"/data/lines.{extension}", 200) for extension in formats.FORMATS),
        ("/data/flow.csv?p=2", 400),
        ("/data/nothing.csv", 404),
        ("/data/flow", 404),
        ("/data/flow?p=3", 404),
        ("/data/flow/x.csv", 404),
        ("/data/", 404),
    ],
)
def test_any_page_may_read_the_tables_and_nothing_else(client: FlaskClient, path: str, status: int) -> None:
    origin = {"Origin": "https://example.org"}
    answer = client.get(path, headers=origin)
    assert answer.status_code == status
    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]
    asked = client.options(path, headers={**origin, "Access-Control-Request-Headers": "if-none-match"})
    assert asked.headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
    for other in ("/", "/health", "/_dash-layout", "/datas/x.csv", "/assets/style.css"):
        with client.get(other, headers=origin) as closed:
            assert not [name for name, _ in closed.headers if name.startswith("Access-Control")]
    assert "Access-Control-Allow-Origin" not in client.post("/cards", json={}, headers=origin).headers


@pytest.mark.parametrize("path", ["/data/lines.csv", "/data/flow.csv?p=2", "/data/nothing.csv"])
def test_one_charset(client: FlaskClient, path: str) -> None:
    kind = client.get(path).headers["Content-Type"]
    assert kind.count("charset") == 1
    assert kind.endswith("; charset=utf-8")


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_what_is_known_is_not_sent_again(client: FlaskClient, encoding: str) -> None:
    accepts = {"Accept-Encoding": encoding}
    answer = client.get("/data/lines.csv?p=3", headers=accepts)
    assert answer.headers["Cache-Control"] == "no-cache"
    tag = answer.headers["ETag"]
    again = client.get("/data/lines.csv?p=3", headers={**accepts, "If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    for other in ("/data/lines.csv?p=4", "/data/lines.json?p=3", "/data/flow.csv?p=3&tmax=10"):
        assert client.get(other, headers={**accepts, "If-None-Match": tag}).status_code == 200
    assert (
        client.get("/data/lines.csv?p=3&v=1", headers={"If-None-Match": tag}).status_code == 304
    )  # said otherwise
    assert client.get("/data/lines.csv?p=2", headers={"If-None-Match": "*"}).status_code == 400


def test_other_sources_give_another_tag(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = client.get("/data/lines.csv").headers["ETag"]
    monkeypatch.setattr(data, "digest_of", lambda _: "of an upgrade")
    assert client.get("/data/lines.csv", headers={"If-None-Match": tag}).status_code == 200


def test_what_is_known_is_not_computed_again(client: FlaskClient) -> None:
    tag = data.tag_of(f"{data.digest_of(tables.flow_table)} flow.csv {data.canonical(Point())} None ")
    answer = data.table(DECK, None, "flow", "csv", "", lambda known: known == tag)  # type: ignore[arg-type]
    assert answer.status_code == 304


def test_comments_come_first_when_they_are_asked_for(client: FlaskClient) -> None:
    plain = body(client, f"/data/spectrum.csv{QUERY}&t=12.5")
    answer = client.get(f"/data/spectrum.csv{QUERY}&header=1&t=12.5")
    said, _, rest = answer.text.rpartition("\n# ")
    assert rest.partition("\n")[2].encode() == plain
    lines = [*said.split("\n"), "# " + rest.partition("\n")[0]]
    assert all(line.startswith("# ") for line in lines)
    for part in (
        f"Saddlesurf {VERSION}, table spectrum",
        "delta_2 = 0.4",
        "overlap_0 = 0.0001",
        "t_max = 100",
        "time = 12.5",
        f"cite: {formats.CITATION}",
        f"address: http://localhost/data/spectrum.csv{QUERY}&t=12.5",
    ):
        assert any(line.startswith(f"# {part}") for line in lines), part
    read = pd.read_csv(io.BytesIO(answer.data), comment="#")
    np.testing.assert_array_equal(read, pd.read_csv(io.BytesIO(plain)))
    assert answer.headers["ETag"] != client.get(f"/data/spectrum.csv{QUERY}&t=12.5").headers["ETag"]


def test_an_address_in_a_comment_stays_on_its_line(client: FlaskClient) -> None:
    said = data._said("p=4\n# x = 1&header=1&t=2\u2028")
    assert said == "?p=4# x = 1&t=2"
    assert client.get("/data/lines.csv?header=1&p=4%0A").text.count("\n# address: ") == 1


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("flow.csv", "saddlesurf-flow-p3-d2_0.4348-dp_1.csv"),
        ("flow.npz?d2=0.5&dp=inf", "saddlesurf-flow-p3-d2_0.5-dp_inf.npz"),
        (
            "spectrum.json?p=4&t=12.3456789&tmax=1e3",
            "saddlesurf-spectrum-p4-d2_0.4348-dp_1-tmax_1000-t_12.3457.json",
        ),
        (
            "growth.csv?T=0.5&m0=-1e-5&tmax=20",
            "saddlesurf-growth-p3-d2_0.4348-dp_1-m0_-1e-5-temp_0.5-tmax_20.csv",
        ),
        ("instance.csv?N=16&seed=7&until=2", "saddlesurf-instance-p3-d2_0.4348-dp_1-N_16-seed_7-until_2.csv"),
    ],
)
def test_a_file_is_named_by_its_point(client: FlaskClient, query: str, name: str) -> None:
    assert client.get(f"/data/{query}").headers["Content-Disposition"] == f'attachment; filename="{name}"'


@settings(max_examples=200)
@given(
    st.floats(1e-4, 1e8),
    st.floats(1e-4, 1e8) | st.just(math.inf),
    st.floats(1e-100, 0.999) | st.floats(-0.999, -1e-100),
    st.floats(0, 2),
)
def test_a_file_s_name_is_safe_everywhere(d2: float, dp: float, m0: float, T: float) -> None:
    point = Point(Parameters(d2=d2, dp=dp, m0=m0, T=T), Sample(N=10**12, seed=2**32 - 1, then="ofofofof"))
    name = file_stem("lowest_along", point, time=1e-2 / 3, instance=True)
    assert re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=\d))*", name), name
    assert len(name) <= 180
