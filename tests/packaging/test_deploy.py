"""The files by which it is hosted, against the program and each other. No engine that builds images is needed."""

from __future__ import annotations

import os
import re
import subprocess
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from app.serve import PATIENCE
from app.settings import MUST, Settings, read_settings, variables_of
from tests.deployed import (
    ROOT,
    command_of_the_image,
    compose,
    image_variables,
    instructions,
    processes,
    server_settings,
)

KNOWN = {variable for name in Settings.model_fields for variable in variables_of(name)}
OURS = {"app", "web-1", "web-2", "scheduler", "worker"}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Healthcheck(Strict):
    test: list[str] = Field(min_length=2)
    interval: str
    timeout: str
    start_period: str = "0s"


class Replicas(Strict):
    replicas: int


class Service(Strict):
    """The parts of the Compose specification that are used here."""

    image: str
    restart: str
    read_only: bool
    mem_limit: str = Field(pattern=r"^\d+[mg]$")
    security_opt: list[str]
    build: str = ""
    env_file: str = ""
    init: bool = False
    user: str = ""
    tmpfs: list[str] = []
    cap_drop: list[str] = []
    command: list[str] = []
    environment: dict[str, str] = {}
    profiles: list[str] = []
    ports: list[str] = []
    volumes: list[str] = []
    networks: list[str] = []
    depends_on: list[str] = []
    deploy: Replicas | None = None
    healthcheck: Healthcheck | None = None


class Network(Strict):
    internal: bool = False


class Compose(Strict):
    name: str
    services: dict[str, Service]
    networks: dict[str, Network]
    volumes: dict[str, dict[str, Any]]


@pytest.fixture
def stack() -> Compose:
    return Compose(**{name: part for name, part in compose().items() if not name.startswith("x-")})


def test_each_setting_is_in_the_servers_file_once_with_its_default_or_one_that_can_be_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = list(server_settings())
    names = [variable for variable, _, _ in said]
    assert sorted(names) == sorted(variables_of(name)[-1] for name in MUST)
    for variable in KNOWN:
        monkeypatch.delenv(variable, raising=False)
    default = read_settings()
    for variable, value, is_in_force in said:
        monkeypatch.setenv(variable, value)
        (name,) = [name for name in Settings.model_fields if variable in variables_of(name)]
        found = getattr(read_settings(), name)  # a SettingsError if it cannot be used
        assert (found == getattr(default, name)) is not is_in_force, variable


def test_the_image_is_made_of_what_is_there() -> None:
    steps = instructions()
    assert {name for name, _ in steps} <= {
        "FROM", "ARG", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "CMD",
    }  # fmt: skip
    ignored = (ROOT / ".dockerignore").read_text().split("\n")
    sent = {line[1:] for line in ignored if line.startswith("!")}
    copied = [words.split()[:-1] for name, words in steps if name == "COPY"]
    sources = {source.rstrip("/") for group in copied for source in group}
    assert sources == sent
    assert all((ROOT / source).exists() for source in sources)
    for name, words in steps:
        for file in re.findall(r"[\w-]+\.(?:txt|py|toml)\b", words) if name == "RUN" else ():
            assert file in sources
    packages = {source for source in sources if (ROOT / source).is_dir()}
    assert packages >= {file.name for file in ROOT.iterdir() if (file / "__init__.py").exists()} - {"tests"}


def test_the_image_is_locked_and_nobodys() -> None:
    steps = instructions()
    (base,) = [words for name, words in steps if name == "FROM"]
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", base)  # a version and a release of Debian, not the latest
    assert any(
        "--require-hashes -r constraints-server.txt" in words for name, words in steps if name == "RUN"
    )
    names = [name for name, _ in steps]
    (user,) = [words for name, words in steps if name == "USER"]
    assert all(int(number) > 1000 for number in user.split(":"))
    assert names.index("USER") > max(at for at, name in enumerate(names) if name in ("RUN", "COPY"))
    assert not any(word in words for _, words in steps for word in ("sudo", "curl", "wget", "apt-get"))
    assert command_of_the_image()[:3] == ["python", "-m", "app"]
    variables = image_variables()
    assert {name for name in variables if name.startswith("SADDLESURF_")} <= KNOWN
    assert f"EXPOSE {variables['PORT']}" in [f"{name} {words}" for name, words in steps]


def test_kernels_of_the_image_are_for_a_named_processor() -> None:
    """Before they are compiled, so that they fit other machines than the one that builds it."""
    names = [f"{name} {words}" for name, words in instructions()]
    named = next(at for at, line in enumerate(names) if line.startswith("ENV NUMBA_CPU_NAME="))
    compiled = next(at for at, line in enumerate(names) if "--warm-up" in line)
    assert named < compiled
    assert image_variables()["NUMBA_CPU_NAME"] != ""
    assert "+avx2" in image_variables()["NUMBA_CPU_FEATURES"]


def test_the_stack_is_bounded_closed_and_watched(stack: Compose) -> None:
    for name, service in stack.services.items():
        assert service.read_only, name
        assert "no-new-privileges:true" in service.security_opt
        assert service.restart == "unless-stopped"
        assert service.healthcheck or not service.command  # what runs the image's command has its check
        assert all(port.startswith("127.0.0.1:") for port in service.ports)
        assert not service.image.endswith("latest")
        assert service.image == "saddlesurf" or re.search(r":\d+\.\d+-\w+$", service.image)
    assert {name for name, service in stack.services.items() if service.ports} == {"app", "proxy"}
    assert [name for name, service in stack.services.items() if not service.profiles] == ["app"]
    inside = {name for name, service in stack.services.items() if service.networks == ["inside"]}
    assert inside == {"web-1", "web-2", "scheduler", "worker", "redis"}
    assert stack.networks["inside"].internal
    assert stack.services["worker"].deploy == Replicas(replicas=2)


def test_the_stack_names_what_is_there(stack: Compose) -> None:
    for name, service in stack.services.items():
        assert set(service.depends_on) <= set(stack.services)
        assert set(service.networks) <= set(stack.networks)
        assert (service.image == "saddlesurf") is (name in OURS)
        assert not service.env_file or (ROOT / service.env_file).is_file()
        for volume in service.volumes:
            source, target = volume.split(":")[:2]
            assert target.startswith("/")
            assert (ROOT / source).is_file() if source.startswith("./") else source in stack.volumes
        assert set(service.environment) <= KNOWN
        for host in re.findall(
            r"//([\w-]+):\d+", " ".join([*service.environment.values(), *service.command])
        ):
            assert host in stack.services
    upstream = (ROOT / "deploy" / "nginx-upstream-compose.conf").read_text()
    for host, port in re.findall(r"server ([\w-]+):(\d+);", upstream):
        assert host in stack.services["proxy"].depends_on
        assert port == image_variables()["PORT"]
    assert (
        stack.services["web-1"].environment["SADDLESURF_URL_PREFIX"]
        in (ROOT / "deploy" / "nginx.conf").read_text()
    )


def test_a_server_fits_into_its_memory(stack: Compose) -> None:
    """Itself, what it keeps, what its runs may take (docs/operate.md, Memory)."""
    in_force = {
        variable: int(value) for variable, value, counts in server_settings() if counts and value.isdigit()
    }
    default = {name: int(Settings.model_fields[name].default) for name in ("memory", "cache_memory")}
    runs = in_force.get("SADDLESURF_MEMORY", default["memory"])
    kept = in_force.get("SADDLESURF_CACHE_MEMORY", default["cache_memory"])
    assert 300 * 2**20 + runs + kept < 2 * 2**30
    assert {stack.services[name].mem_limit for name in ("app", "web-1", "web-2")} == {"2g"}


def test_a_platform_finds_both_kinds_of_process() -> None:
    assert set(processes()) == {"web", "worker"}
    assert "$PORT" not in processes()["web"]  # it is read by the program itself


def test_a_worker_without_a_scheduler_says_which_setting_is_missing() -> None:
    said = subprocess.run(
        ["sh", "-c", processes()["worker"]],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode != 0
    assert "SADDLESURF_SCHEDULER: must be the address of a Dask scheduler" in said.stderr


def test_the_unit_is_closed_and_reads_the_servers_file() -> None:
    lines = (ROOT / "deploy" / "saddlesurf.service").read_text(encoding="utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    assert said["DynamicUser"] == said["NoNewPrivileges"] == said["ProtectHome"] == "yes"
    assert said["ProtectSystem"] == "strict"
    assert said["CapabilityBoundingSet"] == ""
    assert "MemoryDenyWriteExecute" not in said  # a compiler is part of it
    assert said["EnvironmentFile"].startswith("-/")  # without it, the defaults
    assert "deploy/server.env /etc/saddlesurf.env" in "\n".join(lines)
    names = re.findall(r"(\w+)=", said["Environment"])
    assert set(names) <= KNOWN | {"NUMBA_CACHE_DIR"}
    folder = f"%C/{said['CacheDirectory']}"
    assert all(value.startswith(folder) for value in re.findall(r"=(\S+)", said["Environment"]))
    assert int(said["TimeoutStopSec"]) > PATIENCE
    assert int(said["LimitNOFILE"]) > 4 * Settings.model_fields["connections"].default
