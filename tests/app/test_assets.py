"""The page's files: compressed once, kept by browsers for as long as their address says the same."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import brotli
import pytest
from dash import Dash
from flask.testing import FlaskClient
from flask_compress.compat import compression

from app import assets
from app.main import ASSETS, create_app
from app.settings import Settings

UNPACK: dict[str | None, Callable[[bytes], bytes]] = {
    "zstd": compression.zstd.decompress,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: bytes,
}
LATE = [  # what Dash's scripts fetch
    f"/_dash-component-suites/{name}"
    for name in ("dash/dcc/async-graph.js", "plotly/package_data/plotly.min.js")
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Dash:
    return create_app(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def client(app: Dash) -> FlaskClient:
    made: FlaskClient = app.server.test_client()
    return made


def named(client: FlaskClient) -> list[str]:
    """What the index names."""
    found = re.findall(r'(?:href|src)="(/[^"]+)"', client.get("/").text)
    return [address for address in found if "favicon" not in address]


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip", None])
def test_every_encoding_says_the_same(client: FlaskClient, encoding: str | None) -> None:
    for address in ["/", "/_dash-layout", "/_dash-dependencies", *named(client), *LATE]:
        plain = client.get(address, headers={"Accept-Encoding": "identity"})
        answer = client.get(address, headers={"Accept-Encoding": encoding or "identity"})
        assert plain.status_code == answer.status_code == 200, address
        assert answer.headers.get("Content-Encoding") == (
            encoding if len(plain.data) >= assets.SMALL else None
        )
        assert UNPACK[answer.headers.get("Content-Encoding")](answer.data) == plain.data, address
        assert answer.mimetype == plain.mimetype
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["ETag"]
        assert "Content-Security-Policy" in answer.headers
        assert "Saddlesurf-Build" in answer.headers


def test_our_files_are_as_they_lie_in_the_folder(client: FlaskClient) -> None:
    scripts = {address.partition("?")[0] for address in named(client) if address.startswith("/assets/")}
    folders = {address.split("/")[2] for address in scripts}
    assert len(folders) == 1, "all our files have one digest: modules find each other beside them"
    folder = f"/assets/{folders.pop()}/"
    for file in ASSETS.rglob("*.[mc]*s"):
        name = file.relative_to(ASSETS).as_posix()
        assert folder + name in scripts
        assert client.get(folder + name).data == file.read_bytes()
        assert client.get(folder + name).mimetype == (
            "text/css" if name.endswith("css") else "text/javascript"
        )


def test_what_the_index_names_is_kept_for_a_year(client: FlaskClient) -> None:
    for address in named(client):
        kept = client.get(address).cache_control
        assert kept.immutable, address
        assert kept.max_age == assets.A_YEAR, address


def test_any_other_address_is_asked_for_again_and_not_sent_twice(client: FlaskClient) -> None:
    """That of an older page, of a server beside this one of another make, and what Dash's scripts name."""
    files = [
        address for address in named(client) if "/page/" in address or "dash_core_components.v" in address
    ]
    older = [re.sub(r"/assets/[0-9a-f]{16}/", "/assets/0123456789abcdef/", file) for file in files]
    older += [re.sub(r"/assets/[0-9a-f]{16}/", "/assets/", file) for file in files]
    older = [re.sub(r"m\d+\.", "m17.", file) for file in older]
    client.get("/")  # which names the browser, once
    for address in ["/", "/_dash-layout", *older, *LATE]:
        for said in ("zstd", "gzip", "identity"):
            first = client.get(address, headers={"Accept-Encoding": said})
            assert first.status_code == 200, address
            assert first.headers["Cache-Control"] == "no-cache", address
            again = client.get(
                address, headers={"Accept-Encoding": said, "If-None-Match": first.headers["ETag"]}
            )
            assert (again.status_code, again.data) == (304, b""), address
            assert "Content-Security-Policy" in again.headers


def test_other_files_have_another_address(tmp_path: Path) -> None:
    def path() -> str:
        return assets.Assets(tmp_path).path

    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "a.mjs").write_text("1")
    first = path()
    assert first == path()
    (tmp_path / "page" / "a.mjs").write_text("2")
    second = path()
    (tmp_path / "page" / "a.mjs").rename(tmp_path / "page" / "b.mjs")
    assert len({first, second, path()}) == 3


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("zstd;q=0, br;q=0, gzip;q=0", None),
        ("deflate", None),
        ("", None),
        ("Ünsinn;q=x,,;", None),
    ],
)
def test_the_browser_says_which_encoding(client: FlaskClient, said: str, taken: str | None) -> None:
    answer = client.get(LATE[0], headers={"Accept-Encoding": said})
    assert answer.headers.get("Content-Encoding") == taken


def test_thirty_visitors_at_once_have_each_file_compressed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: list[bytes] = []

    def pack(content: bytes) -> bytes:
        packed.append(content)
        return gzip.compress(content, 1)

    monkeypatch.setattr(assets, "ENCODINGS", {"gzip": pack})
    app = create_app(Settings(cache_folder=tmp_path, warm_up=False))
    addresses = ["/", "/_dash-layout", *named(app.server.test_client()), LATE[0]]
    together = Barrier(8)

    def visit(_: int) -> list[bytes]:
        client = app.server.test_client()
        together.wait(20)
        return [client.get(address, headers={"Accept-Encoding": "gzip"}).data for address in addresses]

    with ThreadPoolExecutor(8) as visitors:
        seen = list(visitors.map(visit, range(32)))
    assert len(packed) == len(set(packed)) > 20
    assert all(one == seen[0] for one in seen)


def test_a_page_of_dashs_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings(cache_folder=tmp_path, warm_up=False))
    made: list[int] = []
    layout = app.layout

    def count() -> Any:
        made.append(1)
        return layout()

    monkeypatch.setattr(app, "_layout", count)
    client = app.server.test_client()
    assert len({client.get(address).data for address in ("/", "/?p=4", "/?v=1&d2=0.3")}) == 1
    made.clear()
    assert len({client.get("/_dash-layout").data for _ in range(3)}) == 1
    assert len(made) == 1


def test_the_visits_number_in_the_index_is_nobodys(app: Dash) -> None:
    """Dash signs it so that nobody has a share in another's background callbacks: of these we have none."""
    assert app.callback_map
    assert not any(callback.get("background") for callback in app.callback_map.values())


@pytest.mark.parametrize(
    "address",
    [
        "/assets/../app/main.py",
        "/assets/%2e%2e/app/main.py",
        "/assets/0123456789abcdef/../../pyproject.toml",
        "/assets/page/none.mjs",
        "/assets/",
    ],
)
def test_what_is_not_in_the_folder_is_not_given(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404 or answer.data.startswith(b"<!DOCTYPE html>")
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_behind_a_prefix_the_files_are_named_with_it(tmp_path: Path) -> None:
    """The proxy strips it."""
    client = create_app(Settings(cache_folder=tmp_path, url_prefix="/x/", warm_up=False)).server.test_client()
    for address in named(client):
        assert address.startswith("/x/")
        assert client.get(address.removeprefix("/x")).status_code == 200


@pytest.mark.parametrize("path", ["/data/flow.csv", "/data/flow.json", "/metrics"])
def test_what_is_made_for_a_request_is_compressed_too(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < len(client.get(path).data) / 2
