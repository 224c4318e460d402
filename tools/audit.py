"""Asks whether anything that runs has a known vulnerability: ``make audit``, with pip-audit over constraints.txt.

It claims nothing that it has not been told: what could not be looked up (a registry without a vulnerability service, no
network) is a failure with a sentence, though pip-audit itself would end with 0.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "constraints.txt"
SHOWN = 5  # names of packages in a sentence
NO_REPORT = "Nothing could be audited: pip-audit has given no report (see above)."
NOTHING = "Nothing could be audited: the package registry in use says nothing of vulnerabilities; use one that does."
PARTLY = "{} of {} packages could not be audited: {}."
FINE = "No known vulnerability in {} packages."


def main() -> int:
    """Audit the lock; say what was found."""
    asked = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", *asked, "-r", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines, status = verdict(done.stdout)
    if lines == [NO_REPORT]:
        lines = [*done.stderr.splitlines()[-1:], NO_REPORT]
    print("\n".join(lines), file=sys.stderr if status else sys.stdout)
    return status


def verdict(report: str) -> tuple[list[str], int]:
    """What a report of pip-audit comes to: lines to be read, and the exit status."""
    try:
        found: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        found = []
    if not found:
        return [NO_REPORT], 1
    lines = [
        f"{package['name']} {package['version']}: {wrong['id']}, mended in {', '.join(wrong['fix_versions']) or 'none'}"
        for package in found
        for wrong in package.get("vulns", ())
    ]
    unknown = [package["name"] for package in found if "skip_reason" in package]
    if len(unknown) == len(found):
        return [NOTHING], 1
    if unknown:
        names = ", ".join(unknown[:SHOWN]) + (", …" if len(unknown) > SHOWN else "")
        lines.append(PARTLY.format(len(unknown), len(found), names))
    return (lines, 1) if lines else ([FINE.format(len(found))], 0)


if __name__ == "__main__":
    sys.exit(main())
