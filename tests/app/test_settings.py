"""What the environment may say, and what others put there."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from app import listen
from app.listen import bound_socket, url_of
from app.settings import MUST, Settings, SettingsError, read_settings, variables_of

DEFAULTS = {name: field.default for name, field in Settings.model_fields.items() if name != "cache_folder"}
VARIABLES = [variable for name in Settings.model_fields for variable in variables_of(name)]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def said(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_every_field_has_its_sentence() -> None:
    assert set(MUST) == set(Settings.model_fields)


@pytest.mark.parametrize("value", ["", " ", "\t"])
@pytest.mark.parametrize("variable", VARIABLES)
def test_empty_is_unset(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    found = said(monkeypatch, {variable: value})
    assert {name: getattr(found, name) for name in DEFAULTS} == DEFAULTS
    assert found.cache_folder == Settings().cache_folder


@pytest.mark.parametrize(
    "variables",
    [
        {"HOST": "x86_64-conda-linux-gnu"},
        {"HOST": "x86_64-conda_cos6-linux-gnu"},
        {"HOST": "aarch64-conda-linux-gnu"},
        {"HOST": "arm64-apple-darwin20.0.0"},
        {"HOST": "x86_64-w64-mingw32"},
        {"SADDLESURF_PORT": "tcp://10.0.0.1:8050"},
        {"SADDLESURF_PORT": "udp://10.0.0.1:53"},
        {
            "SADDLESURF_SERVICE_HOST": "10.0.0.1",
            "SADDLESURF_SERVICE_PORT": "80",
            "SADDLESURF_PORT_8050_TCP_ADDR": "10.0.0.1",
            "SADDLESURF_NAME": "/web/saddlesurf",
        },
        {"host": "0.0.0.0", "port": "1", "Saddlesurf_Threads": "3"},  # of another case: not ours
    ],
)
def test_what_others_put_there_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]
) -> None:
    found = said(monkeypatch, variables)
    assert {name: getattr(found, name) for name in DEFAULTS} == DEFAULTS
    also = said(monkeypatch, {"PORT": "8051"})
    assert (also.host, also.port) == ("127.0.0.1", 8051)


def test_the_name_that_a_shell_gives_this_machine_opens_it_to_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "desk.example.org")
    for name in ("desk", "desk.example.org"):
        assert said(monkeypatch, {"HOST": name}).host == "127.0.0.1"
    assert "SADDLESURF_HOST is always heeded" in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    assert said(monkeypatch, {"SADDLESURF_HOST": "desk"}).host == "desk"


def test_the_longer_name_goes_before(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(
        monkeypatch, {"HOST": "0.0.0.0", "SADDLESURF_HOST": "::1", "PORT": "1", "SADDLESURF_PORT": "2"}
    )
    assert (found.host, found.port) == ("::1", 2)


@pytest.mark.parametrize(
    ("variables", "name", "value"),
    [
        ({"HOST": "::1"}, "host", "::1"),
        ({"HOST": "[::1]"}, "host", "::1"),
        ({"HOST": " 0.0.0.0 "}, "host", "0.0.0.0"),
        ({"HOST": "fe80::1%eth0"}, "host", "fe80::1%eth0"),
        ({"PORT": " 81 "}, "port", 81),
        ({"SADDLESURF_URL_PREFIX": "x"}, "url_prefix", "/x/"),
        ({"SADDLESURF_URL_PREFIX": "/x"}, "url_prefix", "/x/"),
        ({"SADDLESURF_URL_PREFIX": "x/y/"}, "url_prefix", "/x/y/"),
        ({"SADDLESURF_URL_PREFIX": "//"}, "url_prefix", "/"),
        ({"SADDLESURF_CACHE_FOLDER": "~/a"}, "cache_folder", Path("/home/someone/a")),
        ({"XDG_CACHE_HOME": "~/a"}, "cache_folder", Path("/home/someone/a/saddlesurf")),
        ({"XDG_CACHE_HOME": ""}, "cache_folder", Path("/home/someone/.cache/saddlesurf")),
        ({"XDG_CACHE_HOME": "relative"}, "cache_folder", None),
        ({"SADDLESURF_WARM_UP": "no"}, "warm_up", False),
    ],
)
def test_what_is_said_is_understood(
    monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], name: str, value: object
) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert getattr(said(monkeypatch, variables), name) == value


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "80.5"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("SADDLESURF_PORT", "http://10.0.0.1"),
        ("HOST", "http://127.0.0.1"),
        ("HOST", "127.0.0.1:8050"),
        ("HOST", "unix:/tmp/s"),
        ("HOST", "a" * 70),
        ("HOST", "[]"),
        ("SADDLESURF_CACHE_FOLDER", "~nobody-of-this-name/x"),
        ("SADDLESURF_CACHE_DISK", "0"),
        ("SADDLESURF_CACHE_MEMORY", "256M"),
        ("SADDLESURF_FRAME_ANCESTORS", "'self'; script-src *"),
        ("SADDLESURF_FRAME_ANCESTORS", "'self'\nSet-Cookie: a=b"),
        ("SADDLESURF_URL_PREFIX", "https://example.org/x"),
        ("SADDLESURF_URL_PREFIX", '/"><script>'),
        ("SADDLESURF_URL_PREFIX", "/../x/"),
        ("SADDLESURF_THREADS", "many"),
        ("SADDLESURF_WARM_UP", "perhaps"),
    ],
)
def test_what_cannot_be_used_is_one_sentence_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        said(monkeypatch, {variable: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{variable} must be ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 250


def test_two_wrong_variables_have_two_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"^PORT must .*\. SADDLESURF_THREADS must .*\.$"):
        said(monkeypatch, {"PORT": "x", "SADDLESURF_THREADS": "y"})


def test_a_wrong_setting_in_a_call_is_an_error_too() -> None:
    with pytest.raises(ValidationError, match="less than or equal"):
        Settings(port=70_000)


def free_port(host: str = "127.0.0.1") -> int:
    with socket.create_server((host, 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("::1", "http://[::1]:"),
        ("[::1]", "http://[::1]:"),
        ("localhost", "http://127.0.0.1:"),
        ("0.0.0.0", "http://0.0.0.0:"),
        ("::", "http://[::]:"),
    ],
)
def test_it_listens_where_it_says(host: str, url: str) -> None:
    with bound_socket(Settings(host=host, port=0)) as listening:
        said = url_of(listening)
        assert said.startswith(url)
        assert int(said.rsplit(":", 1)[1]) == listening.getsockname()[1] > 0
        within = "::1" if ":" in listening.getsockname()[0] else "127.0.0.1"
        socket.create_connection((within, listening.getsockname()[1]), timeout=10).close()


def sentence_of(settings: Settings) -> str:
    with pytest.raises(SettingsError) as caught:
        bound_socket(settings).close()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_port_that_is_taken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = sentence_of(Settings(port=port))
        assert said.startswith(f"PORT: port {port} of 127.0.0.1 is taken; ")
        monkeypatch.setenv("SADDLESURF_PORT", str(port))
        assert sentence_of(read_settings()).startswith("SADDLESURF_PORT: ")
        assert sentence_of(Settings(host="0.0.0.0", port=port)).startswith("SADDLESURF_PORT: ")


def test_a_host_that_is_not_there_is_told() -> None:
    assert sentence_of(Settings(host="name.invalid")).startswith("HOST: 'name.invalid' is not known here")
    assert sentence_of(Settings(host="192.0.2.1")) == "HOST: 192.0.2.1 is not an address of this machine."
    assert sentence_of(Settings(host="2001:db8::1")) == "HOST: 2001:db8::1 is not an address of this machine."
    assert sentence_of(Settings(host=f"{'x' * 63}.{'y' * 63}")).startswith("HOST: ")


@pytest.mark.parametrize("host", ["0", "0x0", "00.0"])
def test_every_address_must_be_said_in_full(host: str) -> None:
    assert "say 0.0.0.0 or ::" in sentence_of(Settings(host=host, port=0))


@pytest.mark.parametrize(
    ("number", "start"),
    [(errno.EACCES, "PORT: port 80 of 127.0.0.1 is not open to this user"), (errno.EMFILE, "HOST, PORT: ")],
)
def test_what_the_system_refuses_is_told(monkeypatch: pytest.MonkeyPatch, number: int, start: str) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(listen.socket, "create_server", refuse)
    assert sentence_of(Settings(port=80)).startswith(start)


def test_a_variable_of_before_is_told_once_and_heeded_no_more(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SADDLESURF_CACHE_ENTRIES", "nonsense")
    assert read_settings().cache_disk == 2**30
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said == "SADDLESURF_CACHE_ENTRIES is heeded no more: see SADDLESURF_CACHE_DISK, in bytes."


@pytest.mark.parametrize(
    "address",
    [
        "redis://127.0.0.1:6379/0",
        "redis://:a%20word@[::1]/",
        "rediss://me:word@cache.example.org:6380/2",
        "unix:///run/redis/redis.sock?db=1",
    ],
)
def test_the_address_of_a_redis_is_taken(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert said(monkeypatch, {"SADDLESURF_CACHE": address}).cache == address


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1:6379",
        "redis:127.0.0.1",
        "redis://",
        "redis://host:70000/0",
        "redis://host:0",
        "redis://host/first",
        "redis://host/0?socket_timeout=1000",
        "redis://me:word@a b/0",
        "memcached://host",
        "unix://run/redis.sock",
    ],
)
def test_what_is_no_address_of_a_redis_is_a_sentence_without_its_password(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(SettingsError, match="SADDLESURF_CACHE must be an address such as redis://") as error:
        said(monkeypatch, {"SADDLESURF_CACHE": address})
    assert "saddlesurf[redis]" in str(error.value)
    assert "word" not in str(error.value)


def test_a_redis_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.settings.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install 'saddlesurf\[redis\]'"):
        said(monkeypatch, {"SADDLESURF_CACHE": "redis://127.0.0.1/0"})
