"""A real Dask scheduler and its workers, for tests; they can be killed, halted, and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOUND = 60.0  # seconds for a killed process to be gone


class Processes:
    """A scheduler at a fixed address and its workers, as an operator starts and loses them."""

    def __init__(self, log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._log = log.open("w")
        self._running: list[subprocess.Popen[bytes]] = []

    def _start(self, program: str, *arguments: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"]
        env = os.environ | {"PYTHONPATH": str(path), "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "20s"}
        started = subprocess.Popen(command, cwd=path, env=env, stdout=self._log, stderr=self._log)
        self._running.append(started)
        return started

    def scheduler(self) -> subprocess.Popen[bytes]:
        return self._start("dask_scheduler", "--host", "127.0.0.1", "--port", self.port)

    def worker(self, path: Path = ROOT) -> subprocess.Popen[bytes]:
        """A worker that imports what lies at a path."""
        alone = ["--nworkers", "1", "--nthreads", "1", "--no-nanny"]
        return self._start("dask_worker", self.address, *alone, path=path)

    def close(self) -> None:
        for process in self._running:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(BOUND)
        self._log.close()
