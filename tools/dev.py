"""Sets everything up and runs it, with the standard library alone: ``python3 tools/dev.py run|test|check|…``.

``make run`` and ``make test`` call this. What is set up already is not set up again. Three locks: ``constraints.txt``
holds what runs, ``constraints-server.txt`` that and what a cluster and a Redis need (the Dockerfile installs it),
``constraints-dev.txt`` all that and what tests and checks it. A package of the system is named, not
installed, unless ``--install`` or the environment of a CI (``CI=true``) says so.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "constraints.txt"
SERVER_LOCK = ROOT / "constraints-server.txt"
DEV_LOCK = ROOT / "constraints-dev.txt"
OLDEST, NEWEST = (3, 11), (3, 15)  # as in pyproject.toml
REDIS = ("redis-server", "valkey-server")
NGINX = ROOT / ".cache" / "nginx"  # unpacked here, where the system has none
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
INTERPRETED = ("tests/engine", "-q", "-rfE", "-m", "not jit and not slow")
#: The tests wait for browsers and servers half of the time, so two processes share them; a measurement has no company.
SIDE_BY_SIDE = ("-n", "2", "--dist", "worksteal")
READY_WITHIN = 60  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--install", action="store_true", help="install packages of the system too (as root)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "setup", help="make .venv, install everything, locked, and see to what the tests need"
    )
    commands.add_parser("run", help="set up what runs, start the dashboard, print its address")
    commands.add_parser("test", help="set up, run every test, the browser's too; more arguments go to pytest")
    commands.add_parser("interpreted", help="set up, run the engine's tests with its kernels as plain Python")
    commands.add_parser(
        "pythons", help="run engine and app tests under every other supported Python found here"
    )
    commands.add_parser("check", help="set up, then format, lint, types and import contracts")
    commands.add_parser("audit", help="set up, then ask whether anything that runs has a known vulnerability")
    commands.add_parser(
        "lock", help="write the locks anew from pyproject.toml (needs uv); --upgrade for newer"
    )
    asked, rest = parser.parse_known_args(arguments)
    install = asked.install or "--install" in rest or os.environ.get("CI") == "true"
    rest = [argument for argument in rest if argument != "--install"]
    if rest and asked.command not in ("test", "interpreted", "lock"):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        wanted = f"Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]} is needed"
        fail(f"{wanted}; this is {sys.version.split()[0]}. Choose another: make PYTHON=/path/to/python3")
    if asked.command == "run":
        return run(setup(LOCK, install=install))
    if asked.command == "lock":
        return lock(rest)
    if asked.command == "pythons":
        return pythons()
    setup(DEV_LOCK, install=install)
    if asked.command == "test":
        needs = {"CHROMIUM_PATH": browser(install=install), "REDIS_SERVER": redis(install=install)}
        return pytest(python_of(VENV), rest or SIDE_BY_SIDE, **needs, NGINX=nginx(install=install))
    if asked.command == "interpreted":
        return pytest(python_of(VENV), [*INTERPRETED, *SIDE_BY_SIDE, *rest], NUMBA_DISABLE_JIT="1")
    if asked.command == "check":
        return check()
    if asked.command == "audit":
        return subprocess.call([str(python_of(VENV)), "tools/audit.py"], cwd=ROOT)
    used = (browser(install=install), redis(install=install), nginx(install=install))
    say(f"Ready; the tests use {', '.join(used)}")
    return 0


def setup(
    lock: Path, place: Path | None = None, python: str = sys.executable, *, install: bool = False
) -> Path:
    """Make an environment and install what the lock says, unless that is done; return its Python."""
    place = place or VENV
    inside, stamp = python_of(place), place / "setup-done"
    wanted, runs = fingerprint(lock, python), fingerprint(LOCK, python)
    done = stamp.read_text().split() if inside.exists() and stamp.exists() else []
    if wanted in done:
        return inside
    uv = shutil.which("uv")
    say(f"Setting up {place.name}" + (" with uv" if uv else " with pip (about a minute)"))
    if runs not in done:  # else the tools are added to what runs already, perhaps at this moment
        stamp.unlink(missing_ok=True)
        make_venv(place, python, uv, install=install)
    if uv:
        pip = [uv, "pip", "install", "--quiet", "--python", str(inside)]
    else:
        pip = [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call([*pip, "--require-hashes", "-r", str(lock)])
    stamp.write_text(f"{runs}\n{wanted}\n")
    return inside


def fingerprint(lock: Path, python: str) -> str:
    """Of what an environment holds: the lock's content, for this very Python."""
    return hashlib.sha256(lock.read_bytes() + version_of(python).encode()).hexdigest()


def version_of(python: str) -> str:
    """What that Python says of itself; nothing if it does not run."""
    if python == sys.executable:
        return sys.version
    try:
        asked = [python, "-c", "import sys; print(sys.version)"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def python_of(place: Path) -> Path:
    """Path of an environment's Python."""
    return inside_of(place, "python")


def inside_of(place: Path, name: str) -> Path:
    """Path of a program in an environment."""
    return place / "Scripts" / f"{name}.exe" if os.name == "nt" else place / "bin" / name


def make_venv(place: Path, python: str, uv: str | None, *, install: bool) -> None:
    """Make an environment with uv or the standard library; where Debian has split ensurepip off, see to its package."""
    if uv:
        return call([uv, "venv", "--quiet", "--clear", "--python", python, str(place)])
    if python == sys.executable and importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        system_package(package, "Python's venv module is incomplete here.", install=install)
    return call([python, "-m", "venv", "--clear", str(place)])


def run(python: Path) -> int:
    """Start the dashboard, wait until it answers, print its address, stay until it ends."""
    warm_up(python)
    server = subprocess.Popen(
        [str(python), "-m", "app"], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    said: list[str] = []
    threading.Thread(target=hand_on, args=(server, said), daemon=True).start()
    try:
        say(f"Saddlesurf is ready: {wait_for(server, said)}   (Ctrl-C ends it)")
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait(10)
        return 0


def hand_on(server: subprocess.Popen[str], said: list[str]) -> None:
    """Keep the address that the server says it listens at, print whatever else it says."""
    for line in server.stdout or ():
        found = re.search(r" listens on (http://\S+)$", line)
        if found and not said:
            said.append(found[1])
        else:
            print(line, end="", flush=True)


def wait_for(server: subprocess.Popen[str], said: Sequence[str]) -> str:
    """The server's address, once its health address answers; fail when it has ended or stays silent."""
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({})
    )  # a proxy does not know this machine
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        status = server.poll()
        if status is not None:
            fail("The server has ended; its message is above.", status or 1)
        try:
            if said:
                address = within(said[0])
                direct.open(f"{address}/health", timeout=2).close()
                return address
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    server.terminate()
    return fail(f"The server did not answer within {READY_WITHIN} s.")


def within(address: str) -> str:
    """An address as this machine reaches it: every address is none."""
    return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def warm_up(python: Path) -> None:
    """Compile the kernels once for this source; numba keeps them on disk."""
    sources = sorted((ROOT / "engine").rglob("*.py"))
    wanted = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    stamp = VENV / "kernels-done"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Compiling the kernels (once, under a minute)")
    call([str(python), "-m", "app", "--warm-up"])
    stamp.write_text(wanted)


def pythons() -> int:
    """Run the tests of engine and app under every other supported Python that this machine has."""
    failed = []
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        name = f"{OLDEST[0]}.{minor}"
        python = find_python(name)
        if minor == sys.version_info.minor:
            say(f"Python {name}: this one, which `make test` tests")
        elif python is None:
            say(f"Python {name}: not on this machine, not tested")
        else:
            say(f"Python {name}: {version_of(python).split()[0]}")
            inside = setup(DEV_LOCK, ROOT / f".venv-{name}", python)
            if pytest(inside, ["tests/engine", "tests/app", "-q"]):
                failed.append(name)
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return int(bool(failed))


def find_python(name: str) -> str | None:
    """A Python of that version that starts: on the path, or one of pyenv's."""
    pyenv = Path(os.path.expanduser(os.environ.get("PYENV_ROOT") or "~/.pyenv")) / "versions"
    found = [
        shutil.which(f"python{name}") or "",
        *map(str, sorted(pyenv.glob(f"{name}.*/bin/python"), reverse=True)),
    ]
    return next((python for python in found if python and version_of(python).startswith(f"{name}.")), None)


def pytest(python: Path, arguments: Sequence[str], **variables: str) -> int:
    """Run pytest in the project's folder."""
    return subprocess.call([str(python), "-m", "pytest", *arguments], cwd=ROOT, env=environment() | variables)


def check() -> int:
    """Format, lint, types, import contracts."""
    tools: list[list[str]] = [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
    ]
    failed = [
        tool[0] for tool in tools if subprocess.call([str(inside_of(VENV, tool[0])), *tool[1:]], cwd=ROOT)
    ]
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return int(bool(failed))


def lock(options: Sequence[str]) -> int:
    """Resolve pyproject.toml into names, versions and hashes, for every platform, without any address.

    What is locked stays as it is unless ``--upgrade`` says otherwise; what runs, and what serves, is a part of what
    develops.
    """
    uv = shutil.which("uv") or fail("uv is needed to write the locks.")
    compile_ = [uv, "pip", "compile", "--quiet", "--universal", f"--python-version={OLDEST[0]}.{OLDEST[1]}"]
    compile_ += ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "pyproject.toml"]
    call([*compile_, "--all-extras", *options, "--output-file", DEV_LOCK.name])
    part = [*compile_, "--constraint", DEV_LOCK.name, *options]
    call([*part, "--output-file", LOCK.name])
    call([*part, "--extra=cluster", "--extra=redis", "--output-file", SERVER_LOCK.name])
    return 0


def browser(*, install: bool) -> str:
    """Path of a Chromium or Chrome: named, found or installed; never silently absent."""
    named = os.environ.get("CHROMIUM_PATH")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    if shutil.which("apt-get") and is_root():
        system_package("chromium", "The browser tests need Chromium or Chrome.", install=install)
        found = shutil.which("chromium")
    else:
        subprocess.call([str(python_of(VENV)), "-m", "playwright", "install", "chromium"], cwd=ROOT)
        found = installed_by_playwright()
    return found or fail(
        "No Chromium or Chrome was found. Install one, or name it: CHROMIUM_PATH=/path/to/chromium"
    )


def redis(*, install: bool) -> str:
    """Path of a Redis server: named, found or installed; never silently absent."""
    found = os.environ.get("REDIS_SERVER") or next(filter(None, map(shutil.which, REDIS)), None)
    if not found and shutil.which("apt-get"):
        system_package("redis-server", "The tests of the shared cache need a Redis server.", install=install)
        found = shutil.which("redis-server")
    return found or fail(
        "No redis-server was found. Install one, or name it: REDIS_SERVER=/path/to/redis-server"
    )


def nginx(*, install: bool) -> str:
    """Path of nginx: named, found, or unpacked from Debian's package; never silently absent.

    Installed by apt it would serve this machine's port 80 from then on; the tests need its program alone.
    """
    unpacked = NGINX / "usr" / "sbin" / "nginx"
    places = (os.environ.get("NGINX"), shutil.which("nginx"), "/usr/sbin/nginx", str(unpacked))
    found = next((place for place in places if place and Path(place).exists()), None)
    if not found and shutil.which("apt-get") and shutil.which("dpkg"):
        fetch_nginx(install=install)
        found = str(unpacked) if unpacked.exists() else None
    return found or fail("No nginx was found. Install one, or name it: NGINX=/path/to/nginx")


def fetch_nginx(*, install: bool) -> None:
    """Unpack Debian's package if that was allowed, else end with the line that does it."""
    if not install:
        line = f"mkdir -p {NGINX} && cd {NGINX} && apt-get download nginx && dpkg -x nginx_*.deb ."
        fail(
            f"The tests of the proxy's example need nginx. Unpack it, which starts no service, with:  {line}\n"
            "or let it be done:  python3 tools/dev.py --install setup"
        )
    say("The tests of the proxy's example need nginx. Unpacking it; nothing is installed, no service started")
    shutil.rmtree(NGINX, ignore_errors=True)
    NGINX.mkdir(parents=True)
    if is_root():
        subprocess.check_call(["apt-get", "update", "-qq"])
    quietly = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=", "nginx"]
    subprocess.check_call(quietly, cwd=NGINX)
    for package in NGINX.glob("nginx_*.deb"):
        subprocess.check_call(["dpkg", "-x", str(package), str(NGINX)])


def installed_by_playwright() -> str | None:
    """Path of playwright's own Chromium, if it is there."""
    script = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([str(python_of(VENV)), "-c", script], capture_output=True, text=True, check=False)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def system_package(package: str, why: str, *, install: bool) -> None:
    """Install a Debian package if that was allowed, else end with the line that does it."""
    apt = ["apt-get", "install", "-y", package]
    if not (install and is_root() and shutil.which("apt-get")):
        line = ("" if is_root() else "sudo ") + " ".join(apt)
        fail(
            f"{why} Install it with:  {line}\nor as root let it be done:  python3 tools/dev.py --install setup"
        )
    say(f"{why} Installing {package}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.check_call(["apt-get", "update", "-qq"], env=env)
    subprocess.check_call([*apt, "-qq"], env=env)


def environment() -> dict[str, str]:
    """The environment of what is started: one BLAS thread, since the web server has its own."""
    return os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def is_root() -> bool:
    """Whether packages may be installed without asking."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def call(command: Sequence[str]) -> None:
    """Run a command in the project's folder; end with its failure."""
    status = subprocess.call(command, cwd=ROOT, env=environment())
    if status:
        fail(f"This failed: {' '.join(command)}", status)


def say(text: str) -> None:
    """Tell the user, at once."""
    print(text, flush=True)


def fail(text: str, status: int = 1) -> str:
    """End with a sentence (the return type lets it stand where a value is needed)."""
    print(text, file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    sys.exit(main())
