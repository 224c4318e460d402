"""The table of what was measured, at the end of a run."""

from __future__ import annotations

from typing import Any

from tests.load import table


def pytest_terminal_summary(terminalreporter: Any) -> None:
    found = list(table.lines())
    if found:
        terminalreporter.section("what was measured on this machine")
        for line in found:
            terminalreporter.write_line(line)
