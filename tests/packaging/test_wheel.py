"""What ``pip install`` brings: one import name beside a stranger's own modules, and a dashboard that works."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

import engine
from app.page.sample import Sample
from app.page.snippet import python_lines
from app.page.state import Parameters, Point
from engine import atlas

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 60  # seconds


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(folder / built("sdist", ROOT, folder)) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"saddlesurf-{engine.__version__}"


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the sdist as an installer makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    return folder / built("wheel", source, folder)


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment's Python: the wheel in it, what the project depends on borrowed from the running one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    paths = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    inside = next(path for path in Path(paths["scripts"]).iterdir() if path.stem == "python")
    pip = [sys.executable, "-m", "pip", f"--python={inside}", "install"]
    if not find_spec("pip"):  # uv made the running environment
        pip = ["uv", "pip", "install", f"--python={inside}"]
    run(*pip, "--quiet", "--no-deps", "--no-index", str(wheel))
    borrowed = Path(paths["purelib"]) / "borrowed.pth"
    borrowed.write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    return inside


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody works on modules of the same names as our folders."""
    folder = tmp_path_factory.mktemp("stranger")
    for name in ("app", "engine", "assets", "docs"):
        (folder / f"{name}.py").write_text(f'OWNER = "the stranger\'s {name}"\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(python: Path, stranger: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``python -m saddlesurf`` in the stranger's folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    folder = tmp_path_factory.mktemp("server")
    env = {"PORT": port, "SADDLESURF_CACHE_FOLDER": str(folder / "cache"), "SADDLESURF_WARM_UP": "false"}
    with (folder / "log").open("w+") as log:
        server = subprocess.Popen(
            [python, "-m", "saddlesurf"], cwd=stranger, env=os.environ | env, stdout=log, stderr=log
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)
            log.seek(0)
            print(log.read())  # pytest shows it with a failure


def test_the_source_has_what_a_reader_and_a_builder_need(source: Path) -> None:
    there = {path.name for path in source.iterdir()}
    assert there >= {"LICENSE", "CITATION.cff", "README.md", "CHANGELOG.md", "pyproject.toml", "PKG-INFO"}
    assert there >= {"engine", "app", "assets", "docs", "saddlesurf", "tests", "tools"}
    assert not any(path.name.startswith(".venv") or path.name == "__pycache__" for path in source.rglob("*"))


def test_the_wheel_installs_one_name(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "saddlesurf",
        f"saddlesurf-{engine.__version__}.dist-info",
    }
    assert f"saddlesurf-{engine.__version__}.dist-info/licenses/LICENSE" in names
    for folder in ("engine", "app", "assets", "docs"):
        here = {
            f"saddlesurf/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert here
        assert here == {name for name in names if name.startswith(f"saddlesurf/{folder}/")}
    assert {"saddlesurf/__init__.py", "saddlesurf/__main__.py", "saddlesurf/py.typed"} <= set(names)


def test_an_editable_install_is_the_checkout(tmp_path: Path) -> None:
    names = zipfile.ZipFile(tmp_path / built("editable", ROOT, tmp_path))
    (pth,) = [name for name in names.namelist() if not name.startswith("saddlesurf-")]
    assert Path(names.read(pth).decode().strip()) == ROOT


def test_the_command_says_its_version(python: Path, stranger: Path) -> None:
    for command in ([python.with_name("saddlesurf" + python.suffix)], [python, "-m", "saddlesurf"]):
        assert run(*command, "--version", cwd=stranger) == f"saddlesurf {engine.__version__}\n"


def test_a_strangers_modules_stay_the_strangers(python: Path, stranger: Path) -> None:
    script = """
import json, sys
import app, assets, docs, engine, saddlesurf, saddlesurf.app.main
for name in saddlesurf.__all__: getattr(saddlesurf, name)
files = [(m.__name__, m.__file__) for m in list(sys.modules.values()) if getattr(m, "__file__", None)]
print(json.dumps([[app.OWNER, engine.OWNER, assets.OWNER, docs.OWNER], saddlesurf.__file__, files]))
"""
    owners, package, files = json.loads(run(python, "-c", script, cwd=stranger))
    assert owners == [f"the stranger's {name}" for name in ("app", "engine", "assets", "docs")]
    inside = [name for name, file in files if Path(package).parent in Path(file).parents]
    assert len(inside) > 50
    assert {name.split(".")[0] for name in inside} == {"saddlesurf"}
    assert {name for name, _ in files if name.split(".")[0] in ("app", "engine")} == {"app", "engine"}


def test_the_dashboard_answers(address: str, wheel: Path) -> None:
    assert json.loads(read(f"{address}/health"))["status"] == "ok"
    assert b"<title>Saddlesurf</title>" in read(f"{address}/")
    for name in zipfile.ZipFile(wheel).namelist():
        if name.startswith("saddlesurf/assets/"):
            assert read(f"{address}/{name.removeprefix('saddlesurf/')}")
    table = read(f"{address}/data/flow.csv?p=3&d2=0.4&dp=1.7&m0=0.1&tmax=10").decode().splitlines()
    assert table[0] == "time,overlap,energy,energy_2,energy_p,lagrange_multiplier"
    assert len(table) > 200


def test_the_lines_of_copy_python_run(python: Path, stranger: Path, address: str) -> None:
    assert address  # the server has compiled the flow's kernels
    lines = python_lines(Point(Parameters(tmax=10.0, m0=0.1), Sample(N=1000, seed=3, until=2.0)))
    assert lines.startswith("from saddlesurf import Model,")
    here = run(sys.executable, "-c", lines, cwd=ROOT)
    assert run(python, "-c", lines, cwd=stranger) == here


def test_it_measures_an_atlas(python: Path, stranger: Path, address: str, tmp_path: Path) -> None:
    assert address  # the server has compiled the flow's kernels
    made = []
    for command, cwd in (
        ([python.with_name("saddlesurf" + python.suffix)], stranger),
        ([sys.executable, "-m", "saddlesurf"], ROOT),
    ):
        made.append(tmp_path / f"{len(made)}.npz")
        quick = ["--resolution", "8", "--t-max", "1", "--overlap-0", "0.1", "--out", str(made[-1])]
        run(*command, "atlas", *quick, cwd=cwd)
    installed, here = (atlas.unpack(file.read_bytes()) for file in made)
    assert installed[0].final_overlap.tobytes() == here[0].final_overlap.tobytes()
    assert installed[1]["sources"] == here[1]["sources"]


def test_a_checker_sees_the_types(python: Path, stranger: Path, tmp_path: Path) -> None:
    (stranger / "user.py").write_text(
        "from saddlesurf import Model, phases\n\nreveal_type(Model.q)\nreveal_type(phases.gradient_flow_line)\n",
        encoding="utf-8",
    )
    mypy = [sys.executable, "-m", "mypy", "--config-file=", f"--cache-dir={tmp_path}", "--python-executable"]
    said = run(*mypy, python, "user.py", cwd=stranger)
    assert "saddlesurf.engine.model.Model" in said
    assert "def (p: int, delta_p: " in said
    assert "Success" in said


def built(what: str, project: Path, folder: Path) -> str:
    """Ask the build backend for a distribution as an installer does; its file's name."""
    ask = f"import sys, hatchling.build as b; print(b.build_{what}(sys.argv[1]))"
    return run(sys.executable, "-c", ask, folder, cwd=project).splitlines()[-1]


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] = os.environ) -> str:
    """What a command prints; it must end well."""
    ended = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def read(address: str) -> bytes:
    """What the server answers with 200."""
    with urllib.request.urlopen(address, timeout=120) as answer:
        assert answer.status == 200
        content: bytes = answer.read()
        return content


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers."""
    deadline = time.monotonic() + READY_WITHIN
    while True:
        assert server.poll() is None, "the server has ended"
        assert time.monotonic() < deadline, "the server does not answer"
        try:
            read(address)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
