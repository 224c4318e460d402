"""What tests need to see the page: a real server on a free port and a real headless Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, from $CHROMIUM_PATH or the system; its absence is a failure, never a skip."""
    path = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "No Chromium was found; `make test` installs one, or name it in CHROMIUM_PATH."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Server:
    """A running dashboard."""

    address: str
    cache: Path
    process: subprocess.Popen[str]


@contextmanager
def served(cache: Path, root: Path = ROOT, prefix: str = "/") -> Iterator[Server]:
    """The dashboard of a checkout, as a user starts it; its output is shown when a test fails.

    With a prefix its page is made for a proxy that strips it; the address is still the server's own.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SADDLESURF_CACHE_FOLDER": str(cache),
        "SADDLESURF_URL_PREFIX": prefix,
        "OPENBLAS_NUM_THREADS": "1",
    }
    # compiled before, so that no test measures a compiler
    subprocess.run([sys.executable, "-m", "app", "--warm-up"], cwd=root, env=env, check=True)
    process = subprocess.Popen([sys.executable, "-m", "app"], cwd=root, env=env, text=True)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield Server(address, cache, process)
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)  # a process that starts tells nobody else
    raise AssertionError("the server did not answer")
