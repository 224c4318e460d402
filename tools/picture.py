"""Makes the README's picture: starts the dashboard, opens it in headless Chromium, writes docs/page.png.

Run it with the project's Python: ``.venv/bin/python tools/picture.py`` (Chromium as for the browser tests).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "page.png"
QUERY = "?v=1&d2=0.4651&hess=edge"
MOMENT = 350  # steps of the moment's slider from the left
READY = "() => document.documentElement.dataset.page === 'settled'"


def main() -> None:
    """Start, look, write, stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {"HOST": "127.0.0.1", "PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "app"], cwd=ROOT, env=env)
    try:
        wait(f"http://127.0.0.1:{port}/health")
        look(f"http://127.0.0.1:{port}/{QUERY}")
    finally:
        server.terminate()
        server.wait(20)


def wait(address: str) -> None:
    """Return when the server answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the server did not answer")


def look(address: str) -> None:
    """Open the page at the moment just before the escape and write what is seen."""
    chromium = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
        page.goto(address)
        page.wait_for_function(READY)
        page.locator("#moment [role=slider]").focus()
        page.keyboard.press("Home")
        for _ in range(MOMENT):
            page.keyboard.press("ArrowRight")
        page.evaluate("document.activeElement.blur()")
        page.wait_for_function(READY)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()
