"""The server as others host it: their environment, their disks, their ports."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deployed import processes

ROOT = Path(__file__).resolve().parents[2]
SERVER = [sys.executable, "-m", "app"]
OURS = ("HOST", "PORT", "SADDLESURF_", "XDG_CACHE_HOME", "NUMBA_", "WEB_CONCURRENCY")
NO_HOME = {"HOME": os.devnull}  # nothing can be made under it, by nobody
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def environment(**variables: str) -> dict[str, str]:
    """The running environment without what concerns the server, and these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "PORT": "0", "SADDLESURF_WARM_UP": "false", **variables}


@contextmanager
def served(log: Path, command: list[str] = SERVER, root: Path = ROOT, **variables: str) -> Iterator[str]:
    """The address that a server says it listens at; it is ended afterwards, and must not have ended before."""
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=root, env=environment(**variables), stdout=subprocess.PIPE, stderr=errors, text=True
        ) as server,
    ):
        try:
            assert server.stdout
            line = next((text for text in server.stdout if "http://" in text), "")
            found = re.search(r"http://\S+", line)
            assert found, log.read_text()
            yield found[0]
            assert server.poll() is None
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def read(address: str) -> bytes:
    with direct.open(address, timeout=60) as answer:
        assert answer.status == 200
        content: bytes = answer.read()
        return content


@pytest.mark.parametrize(
    ("variables", "start"),
    [
        ({"HOST": "::1"}, "http://[::1]:"),
        ({"HOST": "", "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": ""}, "http://127.0.0.1:"),
        ({"HOST": "x86_64-conda-linux-gnu", "SADDLESURF_PORT": "tcp://10.0.0.1:8050"}, "http://127.0.0.1:"),
        ({"WEB_CONCURRENCY": "", "SADDLESURF_URL_PREFIX": "x"}, "http://127.0.0.1:"),
        ({"WEB_CONCURRENCY": "auto"}, "http://127.0.0.1:"),
        ({"DASH_URL_BASE_PATHNAME": "/x/", "DASH_SERVE_LOCALLY": "false"}, "http://127.0.0.1:"),
    ],
)
def test_it_answers_at_the_address_that_it_says(
    tmp_path: Path, variables: dict[str, str], start: str
) -> None:
    log = tmp_path / "log"
    with served(log, **variables, SADDLESURF_CACHE_FOLDER=str(tmp_path / "cache")) as address:
        assert address.startswith(start)
        assert json.loads(read(f"{address}/health"))["status"] == "ok"
    assert log.read_text() == ""


@pytest.mark.parametrize("module", ["app", "saddlesurf"])
@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"HOST": "name.invalid"}, "HOST"),
        ({"SADDLESURF_PORT": "http"}, "SADDLESURF_PORT"),
        ({"SADDLESURF_THREADS": "0"}, "SADDLESURF_THREADS"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence_and_2(
    module: str, variables: dict[str, str], word: str
) -> None:
    ended = refused([sys.executable, "-m", module], **variables)
    assert ended.stderr.startswith(f"saddlesurf: {word}")


def test_a_port_that_is_taken_is_one_sentence_and_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = refused(SERVER, PORT=str(taken.getsockname()[1]))
    assert "is taken" in ended.stderr


def refused(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """A server that ends before it has said where it listens."""
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
    return ended


def test_the_procfile_is_heard_everywhere_and_obeys_the_port(tmp_path: Path) -> None:
    words = ["env", *processes()["web"].replace("python", sys.executable, 1).split()]
    with served(tmp_path / "log", words, SADDLESURF_CACHE_FOLDER=str(tmp_path / "cache")) as address:
        assert address.startswith("http://0.0.0.0:")
        read(address.replace("0.0.0.0", "127.0.0.1") + "/health")


@pytest.mark.parametrize(
    "variables",
    [
        NO_HOME,
        {"HOME": "", "XDG_CACHE_HOME": "/dev/null/x"},
        {"SADDLESURF_CACHE_FOLDER": "/dev/null/x"},
        {"SADDLESURF_CACHE_FOLDER": __file__},
    ],
)
def test_without_a_place_for_results_it_starts_all_the_same(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    log = tmp_path / "log"
    with served(log, **variables, NUMBA_CACHE_DIR=str(tmp_path / "kernels")) as address:
        for _ in range(2):
            assert read(f"{address}/data/lines.csv?p=3").startswith(b"delta_p,")
    said = log.read_text().splitlines()
    assert len(said) == 1, said
    assert said[0].startswith("WARNING app.compute.file_shelf: ")
    assert "kept in memory alone" in said[0]
    assert "SADDLESURF_CACHE_FOLDER" in said[0]


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda each: each.name
)
def test_its_end_during_work_is_soon_and_leaves_the_port_free(tmp_path: Path, number: signal.Signals) -> None:
    log, env = tmp_path / "log", environment(SADDLESURF_CACHE_FOLDER=str(tmp_path / "cache"))
    work = "/data/instance.csv?N=1000000&p=3&dp=0.3&d2=0.6&until=200&then=oooooooo"  # some ten seconds
    with log.open("w") as errors, subprocess.Popen(
        SERVER, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, text=True
    ) as server:  # fmt: skip
        assert server.stdout
        host, port = server.stdout.readline().strip().rpartition("/")[2].split(":")
        with socket.create_connection((host, int(port)), timeout=60) as asking:
            asking.sendall(f"GET {work} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            read(f"http://{host}:{port}/health")
            server.send_signal(number)
            assert server.wait(20) == (-9 if number == signal.SIGKILL else 0)  # 34 s where work is waited for
            socket.create_server((host, int(port))).close()
    assert log.read_text() == ""


def test_a_client_cannot_forge_a_line_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with served(log, SADDLESURF_CACHE_FOLDER=str(tmp_path / "cache")) as address:
        for path in (
            "/data/flow.csv?d2=%0AERROR%20x",
            "/data/lines.csv?%1b%5b2J=1",
            "/%0AERROR",
            "/data/flow.csv?p=" + 4000 * "9",
        ):
            with pytest.raises(urllib.error.HTTPError) as refused, direct.open(address + path, timeout=60):
                pass
            refused.value.close()
    lines = log.read_text().splitlines()
    assert lines
    assert all(line.startswith("WARNING saddlesurf.refused: ") and len(line) <= 300 for line in lines)
    assert all(line.isprintable() for line in lines)


KERNEL = """
import sys, warnings
sys.path.insert(0, sys.argv[1])
from engine._kernels.jit import fast_kernel, kernel

def work(x):
    return x + 1

def other(x):
    return x + 2

work, other = kernel(work), fast_kernel(other)
exec(sys.argv[2] if len(sys.argv) > 2 else "")
print(work(1.0), other(1.0))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """Two kernels in a folder that cannot hold compiled ones."""
    file = tmp_path / "work" / "script.py"
    file.parent.mkdir()
    file.write_text(KERNEL)
    (file.parent / "__pycache__").touch()
    return file


def kernels(script: Path, between: str = "", **variables: str) -> str:
    """What the kernels' program says on its error stream; its numbers must be right."""
    ended = subprocess.run(
        [sys.executable, script, ROOT, between],
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "2.0 3.0\n"
    return ended.stderr


def test_without_a_place_for_kernels_the_engine_works_and_warns_once(script: Path) -> None:
    said = kernels(script, **NO_HOME)
    assert said.count("Warning") == 1
    assert "NUMBA_CACHE_DIR" in said


def test_the_whole_engine_works_without_a_place_for_kernels(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "engine" / "_kernels" / "__pycache__").touch()
    code = """from engine import Model, complexity, dynamics, hessian, message_passing, phases, simulation; print('in')
print(message_passing.ml_overlap(Model(p=3, delta_2=0.5, delta_p=1.0), informed=True) > 0.5)"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env=environment(**NO_HOME, PYTHONDONTWRITEBYTECODE="1"),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ended.stdout == "in\nTrue\n", ended.stderr
    assert ended.stderr.count("Warning") == 1


@pytest.mark.parametrize("damage", ["index", "kernel", "gone"])
def test_a_damaged_place_costs_a_compilation_and_never_an_error(
    script: Path, tmp_path: Path, damage: str
) -> None:
    place = tmp_path / "kernels"
    assert kernels(script, NUMBA_CACHE_DIR=str(place)) == ""
    for file in place.rglob("*.nbi" if damage == "index" else "*.nbc"):
        file.write_bytes(file.read_bytes()[: 40 if damage == "index" else 7])
    between = f"import shutil; shutil.rmtree({str(place)!r}); open({str(place)!r}, 'w').close()"
    said = kernels(script, between if damage == "gone" else "", NUMBA_CACHE_DIR=str(place))
    assert said.count("Warning") == 1
    assert "NUMBA_CACHE_DIR" in said


def test_nobodys_home_is_not_a_folder_of_that_name(tmp_path: Path) -> None:
    """The name ~ is taken literally by numba where there is no home: it would make such a folder where it stands."""
    code = """
import os, pwd

def nobody(_):
    raise KeyError

pwd.getpwuid = nobody
import app
import numba.core.config as config
from app.settings import Settings
print(os.environ["NUMBA_CACHE_LOCATOR_CLASSES"], config.CACHE_LOCATOR_CLASSES)
print(Settings().cache_folder)
"""
    env = environment()
    env.pop("HOME")
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    first, second = ended.stdout.splitlines()
    assert "UserWide" not in first
    assert first.split()[0] == first.split()[1]
    assert second == "None"


def test_make_run_says_an_address_that_answers(tmp_path: Path) -> None:
    """Behind a proxy for everything else, on IPv6, at a port that the system chose."""
    code = """
import importlib.util, pathlib, sys
found = importlib.util.spec_from_file_location("dev", sys.argv[1])
dev = importlib.util.module_from_spec(found)
found.loader.exec_module(dev)
dev.warm_up = lambda _: None
sys.exit(dev.run(pathlib.Path(sys.executable)))
"""
    command = [sys.executable, "-c", code, str(ROOT / "tools" / "dev.py")]
    variables = {
        "HOST": "::",
        "http_proxy": "http://127.0.0.1:9",
        "SADDLESURF_CACHE_FOLDER": str(tmp_path / "cache"),
    }
    with served(tmp_path / "log", command, **variables) as address:
        assert address.startswith("http://[::1]:")
        read(f"{address}/health")
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(PORT="x"), capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        "saddlesurf: PORT must be a whole number from 0 to 65535; it is 'x'.",
        "The server has ended; its message is above.",
    ]
