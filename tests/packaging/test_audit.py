"""`tools/audit.py`: what it makes of pip-audit's reports."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"name": "numpy", "version": "2.4.0", "vulns": []}
BAD = {
    "name": "flask",
    "version": "3.1.0",
    "vulns": [{"id": "CVE-1", "fix_versions": ["3.1.1"], "aliases": []}],
}
UNKNOWN = {
    "name": "dash",
    "skip_reason": "Dependency not found on PyPI and could not be audited: dash (4.4.1)",
}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    found = importlib.util.spec_from_file_location("audit", ROOT / "tools" / "audit.py")
    assert found
    assert found.loader
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    return tool


@pytest.mark.parametrize(
    ("packages", "status", "words"),
    [
        ([GOOD], 0, "No known vulnerability in 1 packages."),
        ([GOOD, BAD], 1, "flask 3.1.0: CVE-1, mended in 3.1.1"),
        ([GOOD, UNKNOWN], 1, "1 of 2 packages could not be audited: dash."),
        ([UNKNOWN, UNKNOWN], 1, "Nothing could be audited: the package registry in use"),
        ([], 1, "Nothing could be audited: pip-audit has given no report"),
    ],
)
def test_only_what_was_looked_up_is_fine(
    audit: ModuleType, packages: list[Any], status: int, words: str
) -> None:
    lines, ended = audit.verdict(json.dumps({"dependencies": packages, "fixes": []}))
    assert ended == status
    assert words in lines[-1]


@pytest.mark.parametrize("report", ["", "not JSON", "[]", "{}", "null"])
def test_no_report_is_a_failure_with_a_sentence(audit: ModuleType, report: str) -> None:
    assert audit.verdict(report) == ([audit.NO_REPORT], 1)


def test_it_ends_as_its_verdict_says(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Done:
        stdout, stderr = "", "resolving\nERROR: no network\n"

    commands: list[list[str]] = []
    monkeypatch.setattr(audit.subprocess, "run", lambda command, **_: commands.append(command) or Done)
    assert audit.main() == 1
    assert capsys.readouterr().err.splitlines() == ["ERROR: no network", audit.NO_REPORT]
    assert commands[0][-2:] == ["-r", str(ROOT / "constraints.txt")]
    assert "--require-hashes" in commands[0]
