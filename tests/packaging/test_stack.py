"""The whole stack of `compose.yaml` without containers: its very commands, with names and ports of this machine."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from app.page.state import Parameters, Point
from engine import atlas
from tests import waiting
from tests.deployed import ROOT, command_of_the_image, compose, image_variables, processes, server_settings
from tests.packaging.test_hosting import direct, environment, read
from tests.redis_server import NAMES

BOUND = 120.0  # seconds after which the test gives up
until = partial(waiting.until, seconds=BOUND)
POINT = Parameters(m0=1e-2, tmax=10.0)  # a plane of quick flows
TABLE = "/data/atlas.csv?m0=1e-2&tmax=10"


def free_ports(count: int) -> list[str]:
    """Ports that nobody has."""
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(door.getsockname()[1]) for door in doors]
    for door in doors:
        door.close()
    return ports


class Stack:
    """The services of the profile `cluster`, each started by the command that its file gives.

    Parameters
    ----------
    folder : Path
        Where they may write, and where their logs are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.services = folder, compose()["services"]
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        redis, scheduler, *workers = free_ports(4)
        self.ports = {"redis": redis, "scheduler": scheduler, "worker-1": workers[0], "worker-2": workers[1]}
        self._here = {
            "redis:6379": f"127.0.0.1:{redis}",
            "scheduler:8786": f"127.0.0.1:{scheduler}",
            "python": sys.executable,
            "redis-server": os.environ.get("REDIS_SERVER")
            or next(filter(None, map(shutil.which, NAMES)), ""),
        }

    def here(self, text: str, **more: str) -> str:
        """A word of a command or a variable, as it is on this machine."""
        for there, here in {**self._here, **more}.items():
            text = here if text == there else text.replace(f"//{there}", f"//{here}")
        return text

    def variables(self, service: str) -> dict[str, str]:
        """The environment that the image, the settings' file and the service give together."""
        said = image_variables() | {
            name: value for name, value, is_in_force in server_settings() if is_in_force
        }
        said |= self.services[service].get("environment", {})
        said = {name: self.here(value) for name, value in said.items()}
        said["SADDLESURF_CACHE_FOLDER"] = str(self.folder / "cache")
        # kernels for the processor of the image would have to be compiled, which takes a minute
        return {name: value for name, value in said.items() if not name.startswith("NUMBA_")}

    def start(self, name: str, command: list[str], variables: Mapping[str, str] | None = None) -> None:
        """Start a process; its log is shown when the test fails."""
        with (self.folder / f"{name}.log").open("w") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment(**(variables or {})), stdout=log, stderr=log
            )

    def start_inside(self, name: str, service: str, **more: str) -> None:
        """Start one of the services that others reach."""
        words = [self.here(word, **more) for word in self.services[service]["command"]]
        self.start(name, words, {"HOME": "/nonexistent"})

    def start_web(self, name: str, command: list[str], service: str) -> str:
        """Start a web process on a free port, and wait for its address."""
        self.start(name, command, self.variables(service) | {"PORT": "0"})
        found = until(lambda: re.search(r"listens on http://\S+:(\d+)", self.log(name)))
        return f"http://127.0.0.1:{found[1]}"

    def log(self, name: str) -> str:
        """What a process has said, which must not have ended."""
        said = (self.folder / f"{name}.log").read_text()
        assert self.running[name].poll() is None, said
        return said

    def is_healthy(self, service: str, port: str, there: str = "") -> bool:
        """What the check of a service says, or the image's own, for a process at that port instead of the one there."""
        check = self.services[service].get("healthcheck")
        words = check["test"][1:] if check else command_of_the_image("HEALTHCHECK")
        program, *rest = [self.here(word) for word in words]
        if there:
            assert any(there in word for word in rest)
            rest = [word.replace(there, port).replace("socket.gethostname()", "'127.0.0.1'") for word in rest]
        variables = image_variables() | {"PORT": port}
        ended = subprocess.run(
            [program, *rest], env=environment(**variables), capture_output=True, check=False
        )
        return ended.returncode == 0

    def end(self) -> None:
        """End all of them, workers first: without a scheduler they would wait for one."""
        for process in reversed(self.running.values()):
            process.terminate()
        for name, process in self.running.items():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)
            print(f"{name}:\n{(self.folder / f'{name}.log').read_text()}")  # pytest shows it with a failure


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    # compiled before, so that four processes do not compile the same kernels at once
    subprocess.run([sys.executable, "-m", "app", "--warm-up"], cwd=ROOT, env=environment(), check=True)
    found = Stack(tmp_path)
    yield found
    found.end()


def asked(web: str) -> dict[str, Any]:
    """What a web process answers to a page that shows the measured diagram."""
    message = {
        "number": 1, "cards": ["phase"], "pace": "leisure", "theme": "light", "points": [Point(POINT).to_store()],
        "looks": {"measured": "overlap"}, "work": {"asker": "me"},
    }  # fmt: skip
    request = urllib.request.Request(
        f"{web}/cards", json.dumps(message).encode(), {"Content-Type": "application/json"}
    )
    with direct.open(request, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)["cards"]["phase"]
    return found


def table(web: str) -> pd.DataFrame | None:
    """The diagram as far as a web process knows it."""
    with suppress(urllib.error.HTTPError):
        return pd.read_csv(io.BytesIO(read(web + TABLE)))
    return None


def test_what_one_web_process_is_asked_workers_compute_and_the_other_shows(stack: Stack) -> None:
    redis, scheduler = stack.ports["redis"], stack.ports["scheduler"]
    words = [stack.here(word) for word in stack.services["redis"]["command"]]
    stack.start("redis", [*words, "--port", redis, "--bind", "127.0.0.1", "--dir", str(stack.folder)])
    stack.start_inside("scheduler", "scheduler", **{"8786": scheduler, "0.0.0.0": "127.0.0.1"})
    until(lambda: stack.log("scheduler") and stack.is_healthy("scheduler", scheduler, "8786"))
    web = ["env", *shlex.split(processes()["web"].replace("python", sys.executable, 1))]
    one = stack.start_web("web-1", [stack.here(word) for word in command_of_the_image()], "web-1")
    other = stack.start_web("web-2", web, "web-2")
    assert stack.is_healthy("web-1", one.rpartition(":")[2])
    assert not stack.is_healthy("web-1", free_ports(1)[0])

    # no worker is there: whatever is shown later has been computed by one
    until(lambda: "has no workers" in json.dumps(asked(one)))
    assert table(other) is None

    stack.start_inside("worker-1", "worker", **{"8788": stack.ports["worker-1"]})
    by_shell = processes()["worker"].replace("python", f"exec {shlex.quote(sys.executable)}", 1)
    stack.start("worker-2", ["sh", "-c", by_shell], stack.variables("web-1"))
    until(lambda: stack.log("worker-1") and asked(one)["work"]["share"] > 0)
    until(lambda: stack.log("worker-2") and stack.is_healthy("worker", stack.ports["worker-1"], "8788"))
    until(lambda: "Starting established connection" in stack.log("worker-2"))
    until(lambda: table(other) is not None)  # nobody has asked it to compute anything
    seen = table(other)
    assert seen is not None
    row = seen.iloc[0]
    flow = atlas.tile(3, [row.delta_p], [row.delta_2], overlap_0=POINT.m0, t_max=POINT.tmax)
    assert row.final_overlap == flow.final_overlap[0]
    assert not (stack.folder / "cache").exists()  # Redis has it, no disk
    for name in stack.running:
        assert "Traceback" not in stack.log(name)
