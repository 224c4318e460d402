"""`tools/dev.py`: what it sets up, what it leaves alone, what it only says."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool, working on an empty folder, as nobody's CI, without uv."""
    found = importlib.util.spec_from_file_location("dev", ROOT / "tools" / "dev.py")
    assert found
    assert found.loader
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    for name, file in (("LOCK", "constraints.txt"), ("DEV_LOCK", "constraints-dev.txt")):
        (tmp_path / file).write_bytes((ROOT / file).read_bytes())
        monkeypatch.setattr(tool, name, tmp_path / file)
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(tool, "NGINX", tmp_path / "nginx")
    monkeypatch.setattr(tool.importlib.util, "find_spec", lambda _: True)
    monkeypatch.delenv("CI", raising=False)
    for name in ("CHROMIUM_PATH", "REDIS_SERVER", "NGINX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tool.shutil, "which", lambda name: f"/bin/{name}" if name == "apt-get" else None)
    return tool


@pytest.fixture
def commands(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be run; an environment that is made has a Python at once."""
    said: list[str] = []

    def call(command: Sequence[str], **_: object) -> int:
        said.append(" ".join(map(str, command)))
        if command[1:3] == ["-m", "venv"]:
            inside = dev.python_of(Path(command[-1]))
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.touch()
        return 0

    for name in ("call", "check_call"):
        monkeypatch.setattr(dev.subprocess, name, call)
    return said


def test_what_runs_is_installed_alone(dev: ModuleType, commands: list[str]) -> None:
    dev.setup(dev.LOCK)
    made, installed = commands
    assert made.endswith(f"-m venv --clear {dev.VENV}")
    assert installed.endswith(f"--require-hashes -r {dev.LOCK}")


def test_what_is_set_up_is_not_set_up_again(dev: ModuleType, commands: list[str]) -> None:
    dev.setup(dev.DEV_LOCK)
    commands.clear()
    dev.setup(dev.DEV_LOCK)
    dev.setup(dev.LOCK)  # what develops holds what runs
    assert commands == []


def test_tools_are_added_under_a_running_server(dev: ModuleType, commands: list[str]) -> None:
    dev.setup(dev.LOCK)
    commands.clear()
    dev.setup(dev.DEV_LOCK)
    (installed,) = commands  # the environment is not made anew
    assert installed.endswith(f"--require-hashes -r {dev.DEV_LOCK}")


@pytest.mark.parametrize("lock", ["LOCK", "DEV_LOCK"])
def test_a_changed_lock_is_installed(dev: ModuleType, commands: list[str], lock: str) -> None:
    dev.setup(dev.DEV_LOCK)
    commands.clear()
    changed = getattr(dev, lock)
    changed.write_text(changed.read_text() + "\n")
    dev.setup(changed)
    assert commands[-1].endswith(f"-r {changed}")
    assert len(commands) == (2 if lock == "LOCK" else 1)


@pytest.mark.parametrize(("root", "sudo"), [(True, ""), (False, "sudo ")])
def test_a_package_of_the_system_is_named_not_installed(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    root: bool, sudo: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(dev, "is_root", lambda: root)
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _: None)  # Debian without python3-venv
    with pytest.raises(SystemExit):
        dev.setup(dev.LOCK)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert f":  {sudo}apt-get install -y {package}\n" in capsys.readouterr().err
    assert commands == []


def test_the_browser_is_named_not_installed(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "is_root", lambda: True)
    with pytest.raises(SystemExit):
        dev.browser(install=False)
    assert ":  apt-get install -y chromium\n" in capsys.readouterr().err
    assert commands == []


@pytest.mark.parametrize(("root", "sudo"), [(True, ""), (False, "sudo ")])
def test_the_redis_server_is_named_not_installed(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    root: bool, sudo: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(dev, "is_root", lambda: root)
    with pytest.raises(SystemExit):
        dev.redis(install=False)
    assert f":  {sudo}apt-get install -y redis-server\n" in capsys.readouterr().err
    monkeypatch.setattr(dev.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit):
        dev.redis(install=True)
    assert "REDIS_SERVER=/path/to/redis-server" in capsys.readouterr().err
    assert commands == []


def test_nginx_is_unpacked_if_that_is_allowed_and_never_installed(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Installed, it would serve port 80 of a developer's machine."""
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: str(path) != "/usr/sbin/nginx" and exists(path))
    monkeypatch.setattr(dev, "is_root", lambda: True)
    monkeypatch.setattr(
        dev.shutil, "which", lambda name: f"/bin/{name}" if name in ("apt-get", "dpkg") else None
    )
    with pytest.raises(SystemExit):
        dev.nginx(install=False)
    assert "apt-get download nginx && dpkg -x nginx_*.deb ." in capsys.readouterr().err
    assert commands == []
    with pytest.raises(SystemExit):  # nothing comes really
        dev.nginx(install=True)
    assert "NGINX=/path/to/nginx" in capsys.readouterr().err
    assert [command.split()[:2] for command in commands] == [["apt-get", "update"], ["apt-get", "download"]]
    program = dev.NGINX / "usr" / "sbin" / "nginx"
    program.parent.mkdir(parents=True)
    program.touch()
    assert dev.nginx(install=False) == str(program)


@pytest.mark.parametrize("said", ["--install", "CI"])
def test_installing_is_allowed_by_a_word(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(dev, "is_root", lambda: True)
    if said == "CI":
        monkeypatch.setenv("CI", "true")
    asked = ["setup", *([said] if said == "--install" else [])]
    with pytest.raises(SystemExit):  # nothing is installed really, so no browser is found in the end
        dev.main(asked)
    assert "apt-get install -y chromium -qq" in commands
    monkeypatch.setenv("CHROMIUM_PATH", "/a/browser")
    with pytest.raises(SystemExit):
        dev.main(asked)
    assert "apt-get install -y redis-server -qq" in commands


def test_what_follows_test_goes_to_pytest(
    dev: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", "/a/browser")
    monkeypatch.setenv("REDIS_SERVER", "/a/server")
    monkeypatch.setenv("NGINX", sys.executable)
    assert dev.main(["test", "-m", "slow", "tests/physics", "--durations=3"]) == 0
    assert commands[-1].endswith("-m pytest -m slow tests/physics --durations=3")
    assert dev.main(["test"]) == 0
    assert commands[-1].endswith("-m pytest -n 2 --dist worksteal")
    assert dev.main(["interpreted"]) == 0
    assert "-m pytest tests/engine" in commands[-1]
    with pytest.raises(SystemExit):
        dev.main(["check", "--unknown"])


def test_the_audit_is_asked_of_what_is_set_up(dev: ModuleType, commands: list[str]) -> None:
    assert dev.main(["audit"]) == 0
    assert commands[-1] == f"{dev.python_of(dev.VENV)} tools/audit.py"


def test_an_unsupported_python_is_told(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "OLDEST", (4, 0))
    with pytest.raises(SystemExit):
        dev.main(["run"])
    assert "Python 4.0 to" in capsys.readouterr().err


def test_a_python_that_does_not_start_is_not_found(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pyenv's stand-ins do for versions that are not chosen."""
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(
        dev.shutil, "which", lambda name: sys.executable if name == "python3.14" else "/nowhere"
    )
    monkeypatch.setattr(dev, "version_of", lambda python: "3.14.2 (main)" if python == sys.executable else "")
    assert dev.find_python("3.14") == sys.executable
    assert dev.find_python("3.13") is None
