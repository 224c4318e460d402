"""One process of several that share a folder: ``python -m tests.app.worker_process CACHE FOLDER N`` does N numbers."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.compute.jobs import Jobs
from app.main import create_compute
from app.settings import Settings
from tests.app.long_work import parts


def main(cache: str, folder: str, n: str) -> None:
    """Ask as a page does, until all is there; then say so."""
    jobs = Jobs(create_compute(Settings(cache_folder=Path(cache))), lambda: ThreadPoolExecutor(2))
    work = parts(Path(folder), *range(int(n)))
    while not jobs.ask(work, "me").is_complete:
        time.sleep(0.01)
    print("complete", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
