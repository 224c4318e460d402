"""`docs/data.md` against the server: its tables, columns, parameters, addresses, and what its examples print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from flask.testing import FlaskClient

from app.cards import DECK
from app.main import create_app, create_compute
from app.page.data_query import NAMES as OF_TABLES
from app.page.sample import NAMES
from app.page.state import DEFAULTS, ORIGIN, PUBLIC_NAMES, Parameters
from app.quantities.atlas import Measurement
from app.quantities.formats import FORMATS
from app.quantities.scan import Scan
from app.settings import Settings
from engine import Status
from tests.app.atlases import fill

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
SERVER = "http://127.0.0.1:8050"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
ADDRESSES = sorted({found for _, block in BLOCKS for found in re.findall(rf'{SERVER}(/[^"]*)"', block)})
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = Settings(cache_folder=tmp_path_factory.mktemp("cache"))
    compute = create_compute(settings)
    fill(compute, Measurement.of(Parameters(tmax=10.0)), 4)
    for along in ("d2", "dp"):
        first = Scan(Parameters(tmax=10.0), along).chunks()[0]
        compute.keep(first, first())
    client: FlaskClient = create_app(settings).server.test_client()
    return client


class Quiet(WSGIRequestHandler):
    """Says nothing of what it is asked."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address(client: FlaskClient) -> Iterator[str]:
    """The same server on a port."""
    with make_server("127.0.0.1", 0, client.application, handler_class=Quiet) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def section(title: str) -> str:
    return re.split(r"^#{2,3} ", PAGE.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Cells of a table's rows whose first cell is a name."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\| `.*\|$", text, re.M)
    ]


def named(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


def test_the_page_has_every_table() -> None:
    found = re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)
    assert sorted(found) == sorted(DECK.tables)
    for name in found[: found.index("instance") + 1]:  # those that are no picture's alone
        assert f"/data/{name}" in README, name


@pytest.mark.parametrize("name", sorted(DECK.tables))
def test_the_page_has_every_column_and_what_is_beside_them(client: FlaskClient, name: str) -> None:
    said = client.get(f"/data/{name}.json?tmax=10&N=100&until=2").json
    assert said
    text = section(name)
    assert [row[0].strip("`") for row in rows(text)] == list(said.pop("columns"))
    beside = text.partition("Beside the columns:")[2].split("\n\n")[0]
    assert named(beside) | {"parameters", "engine_version", "citation"} == set(said)
    assert {"parameters", "engine_version", "citation"} <= named(section("Formats"))


def test_the_page_has_every_parameter_with_its_default() -> None:
    table = {row[0].strip("`"): row for row in rows(section("Parameters"))}
    assert list(table) == [*PUBLIC_NAMES, *NAMES, "v", *OF_TABLES]
    for name, row in table.items():
        if name in PUBLIC_NAMES:
            assert float(row[1]) == getattr(DEFAULTS, name)
        elif name in NAMES:
            assert row[1] == str(getattr(ORIGIN.sample, name)).removesuffix(".0")


def test_the_ends_of_the_ranges_are_those_of_the_server(client: FlaskClient) -> None:
    for name, inside, outside in [
        ("p", ("3", "10"), ("2", "11")),
        ("d2", ("1e-4", "1e8", "inf"), ("9e-5", "1.1e8")),
        ("dp", ("1e-4", "1e8", "inf"), ("9e-5", "1.1e8")),
        ("m0", ("1e-100", "0.999", "-0.5"), ("1e-101", "1")),
        ("T", ("0", "2"), ("-1", "2.1")),
        ("tmax", ("1", "1e6"), ("0.9", "1.1e6")),
        ("N", ("0", "16", "1e12"), ("15", "1.1e12")),
        ("seed", ("0", "4294967295"), ("-1", "4294967296")),
        ("until", ("1", "1000"), ("0.9", "1001")),
        ("start", ("m0", "random"), ("m1",)),
        ("then", ("ofofofof",), ("ofofofofo", "x")),
        ("t", ("0", "1e4", "1·10⁻³"), ("-1", "10001", "inf", "x")),
        ("header", ("0", "1"), ("2", "yes")),
    ]:
        for value in inside:
            assert client.get(f"/data/lines.csv?{name}={value}").status_code == 200, (name, value)
        for value in outside:
            assert client.get(f"/data/lines.csv?{name}={value}").status_code == 400, (name, value)


def test_the_page_has_every_format_and_status() -> None:
    assert set(re.findall(r"^- \*\*(\w+)\*\*", section("Formats"), re.MULTILINE)) == {
        name.upper() for name in FORMATS
    }
    assert {status.name for status in Status} <= named(section("Runs that are cut"))
    assert re.findall(r"^\| (\d{3}) \|", section("Answers"), re.MULTILINE) == ["200", "304", "400", "404"]


def test_there_are_examples_in_every_language() -> None:
    assert {language for language, block in BLOCKS if SERVER in block} == {"sh", "python", "r", "julia"}
    assert len(ADDRESSES) >= 5


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_address_of_an_example_answers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert len(dict(parse_qsl(urlsplit(path).query))) == path.count("=")


@pytest.mark.parametrize("block", [block for language, block in BLOCKS if language == "python"])
def test_the_examples_in_python_run(address: str, block: str, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(block.replace(SERVER, address), encoding="utf-8")
    env = os.environ | {"PYTHONPATH": str(ROOT), "no_proxy": "127.0.0.1"}
    ended = subprocess.run(
        [sys.executable, file],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    said = ended.stdout.splitlines()
    assert len(said) in (2, 3)
    if "pool" in block:
        assert said[2].startswith("-1.0 delta_2 Δ₂ must be a number")
    else:
        assert float(said[0]) > 0.5


def test_the_readme_links_the_page() -> None:
    assert "(docs/data.md)" in README
