"""Tests wait on states, not on durations: other work may run on every core. What measures durations is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(file for file in TESTS.rglob("*.py") if not {"benchmark", "load"} & set(file.parts))
SHORTEST_LOOK = 0.1  # seconds between two looks at a state
PATIENCE = 30_000  # ms that a test of the browser waits for a state
MILLISECONDS = 400  # a patience from here on is one of a page; processes are given seconds


def naps(source: str) -> Iterator[str]:
    """Waits of a fixed duration; a short sleep inside a loop that looks at something is none."""
    tree = ast.parse(source)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.While | ast.For)]
    looking = {id(inner) for loop in loops for inner in ast.walk(loop)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        seconds = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if hasty(node) or (name == "wait_for_function" and is_promise(node.args)):
            yield f"line {node.lineno}: {ast.unparse(node)}"
        short = isinstance(seconds, float) and seconds <= SHORTEST_LOOK
        if name == "wait_for_timeout" or (name == "sleep" and not (short and id(node) in looking)):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def hasty(call: ast.Call) -> bool:
    """Whether it gives a page less patience than the tests of the browser have."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "timeout"]
    numbers = [value.value for value in given if isinstance(value, ast.Constant)]
    in_ms = [number for number in numbers if isinstance(number, int | float) and number >= MILLISECONDS]
    return any(number < PATIENCE for number in in_ms)


def is_promise(arguments: list[ast.expr]) -> bool:
    """Whether a condition is asynchronous: a promise counts as true at once, so that nothing is waited for."""
    return any(isinstance(a, ast.Constant) and str(a.value).lstrip().startswith("async") for a in arguments)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TESTS)))
def test_no_test_waits_for_a_duration(file: Path) -> None:
    assert not list(naps(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("source", "is_nap"),
    [
        ("page.wait_for_timeout(10)", True),
        ("time.sleep(1)", True),
        ("while busy():\n    time.sleep(2.0)", True),
        ("while busy():\n    time.sleep(0.02)", False),
        ("submit(time.sleep, 1000.0)", False),
        ("expect(text).to_contain_text('done', timeout=20_000)", True),
        ("expect(text).to_contain_text('done', timeout=60_000)", False),
        ("subprocess.run(command, timeout=120)", False),
        ("page.wait_for_function('async () => true')", True),
        ("page.wait_for_function('() => true')", False),
    ],
)
def test_a_nap_is_seen(source: str, is_nap: bool) -> None:
    assert bool(list(naps(source))) is is_nap
