"""Sets everything up and runs it, with the standard library alone: ``python3 tools/dev.py run|test|check|lock``.

``make run`` and ``make test`` call this. What is set up already is not set up again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "constraints.txt"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
READY_WITHIN = 60  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="make .venv and install everything, locked")
    commands.add_parser("run", help="set up, start the dashboard, print its address")
    test = commands.add_parser("test", help="set up, run every test, the browser's too")
    test.add_argument("pytest", nargs=argparse.REMAINDER, help="arguments for pytest")
    commands.add_parser("check", help="set up, then format, lint, types and import contracts")
    commands.add_parser("lock", help="write constraints.txt anew from pyproject.toml (needs uv)")
    asked = parser.parse_args(arguments)
    if sys.version_info < OLDEST:
        fail(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    if asked.command == "lock":
        return lock()
    setup()
    if asked.command == "run":
        return run()
    if asked.command == "test":
        return test_all(asked.pytest)
    return check() if asked.command == "check" else 0


def setup() -> None:
    """Make the environment and install what the lock says, unless that is done."""
    stamp = VENV / "setup-done"
    content = LOCK.read_bytes() + sys.version.encode()
    wanted = hashlib.sha256(content).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    uv = shutil.which("uv")
    say("Setting up .venv" + (" with uv" if uv else " with pip (about a minute)"))
    if uv:
        call([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
        call([uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", str(LOCK)])
    else:
        make_venv()
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        call([*pip, "--require-hashes", "-r", str(LOCK)])
    stamp.write_text(wanted)


def make_venv() -> None:
    """Make .venv with the standard library; where Debian has split ensurepip off, install or name its package."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        install = ["apt-get", "install", "-y", package]
        if not (shutil.which("apt-get") and is_root()):
            fail(f"Python's venv module is incomplete here. Install it with:  sudo {' '.join(install)}")
        apt(package)
    venv.create(VENV, with_pip=True, clear=True)


def run() -> int:
    """Start the dashboard, wait until it answers, print its address, stay until it ends."""
    warm_up()
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8050")
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"
    server = subprocess.Popen([str(PYTHON), "-m", "app"], cwd=ROOT, env=environment())
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        wait_for(address, server)
        say(f"Saddlesurf is ready: {address}   (Ctrl-C ends it)")
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait(10)
        return 0


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the server's health address answers; fail when it has ended or stays silent."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            fail(
                "The server has ended; its message is above. Is the port taken? Choose another: PORT=8051 make run"
            )
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    server.terminate()
    fail(f"The server did not answer within {READY_WITHIN} s.")


def warm_up() -> None:
    """Compile the kernels once for this source; numba keeps them on disk."""
    sources = sorted((ROOT / "engine").rglob("*.py"))
    wanted = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    stamp = VENV / "kernels-done"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Compiling the kernels (once, under a minute)")
    call([str(PYTHON), "-m", "app", "--warm-up"])
    stamp.write_text(wanted)


def test_all(arguments: Sequence[str]) -> int:
    """Run pytest with a browser at hand."""
    env = environment() | {"CHROMIUM_PATH": browser()}
    return subprocess.call([str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT, env=env)


def check() -> int:
    """Format, lint, types, import contracts."""
    tools: list[list[str]] = [
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
    ]
    failed = [tool[0] for tool in tools if subprocess.call([str(BIN / tool[0]), *tool[1:]], cwd=ROOT)]
    if failed:
        print("failed: " + ", ".join(failed), file=sys.stderr)
    return int(bool(failed))


def lock() -> int:
    """Resolve pyproject.toml into names, versions and hashes, for every platform, without any address."""
    uv = shutil.which("uv") or fail("uv is needed to write the lock.")
    command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--all-extras"]
    options = [
        "--generate-hashes",
        "--no-header",
        "--no-emit-index-url",
        "--upgrade",
        "--output-file",
        str(LOCK),
    ]
    return subprocess.call([*command, *options, "pyproject.toml"], cwd=ROOT)


def browser() -> str:
    """Path of a Chromium or Chrome: named, found or installed; never silently absent."""
    named = os.environ.get("CHROMIUM_PATH")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    if shutil.which("apt-get") and is_root():
        say("Installing Chromium for the browser tests")
        apt("chromium")
        found = shutil.which("chromium")
    else:
        subprocess.call([str(PYTHON), "-m", "playwright", "install", "chromium"], cwd=ROOT)
        found = installed_by_playwright()
    return found or fail(
        "No Chromium or Chrome was found. Install one, or name it: CHROMIUM_PATH=/path/to/chromium"
    )


def installed_by_playwright() -> str | None:
    """Path of playwright's own Chromium, if it is there."""
    script = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([str(PYTHON), "-c", script], capture_output=True, text=True, check=False)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def apt(package: str) -> None:
    """Install a Debian package."""
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.check_call(["apt-get", "update", "-qq"], env=env)
    subprocess.check_call(["apt-get", "install", "-y", "-qq", package], env=env)


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
