"""A real nginx with the example of ``deploy/``, for tests: a process in the foreground with a folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNPACKED = ROOT / ".cache" / "nginx" / "usr" / "sbin" / "nginx"  # by tools/dev.py
PREFIX = "/saddlesurf/"  # as in the example
WITHIN = 60.0  # seconds for it to answer
NOBODY = 65534

#: What an installed nginx has around its sites.
AROUND = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {sites}
}}
"""


def program() -> str:
    """Path of nginx, from $NGINX or the system; its absence is a failure, never a skip."""
    places = (os.environ.get("NGINX"), shutil.which("nginx"), "/usr/sbin/nginx", str(UNPACKED))
    found = next((place for place in places if place and Path(place).exists()), None)
    assert found, "No nginx was found; `make test` fetches one, or name it in NGINX."
    return found


@contextmanager
def nginx(upstream: Sequence[str], file: str = "nginx-upstream.conf") -> Iterator[str]:
    """The address of the example's site in front of servers at ``host:port``.

    Parameters
    ----------
    upstream : sequence of str
        Takes the place of the example's own servers, one by one.
    file : str
        In which of the examples these stand.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    own = iter(upstream)
    servers = re.sub(r"(?<=server )[\w.-]+:\d+", lambda _: next(own), (DEPLOY / file).read_text())
    assert next(own, None) is None
    site = re.sub(r"listen \[::\]:80;", "", (DEPLOY / "nginx.conf").read_text())
    site, count = re.subn(r"(?<=listen )80(?=;)", f"127.0.0.1:{port}", site)
    assert count == 1
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, sites=servers + site))
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
    process = subprocess.Popen(
        [program(), "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"], user=NOBODY if is_root else None
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}{PREFIX.rstrip('/')}"
    finally:
        process.terminate()
        process.wait(20)
        print((folder / "error.log").read_text())  # pytest shows it with a failure
        shutil.rmtree(folder)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, "nginx has ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
            return
        time.sleep(0.02)
    raise AssertionError("nginx did not answer")
