"""What the server says on its error stream."""

from __future__ import annotations

import logging
import sys

import pytest

from app.log import DEEPEST, LONGEST, MARK, OneLine, Sparing, plain


def record(text: str, *arguments: object, wrong: bool = False) -> logging.LogRecord:
    info = None
    if wrong:
        try:
            raise ValueError("first\nERROR app: forged\x1b[2J" + 5000 * "y")
        except ValueError:
            info = sys.exc_info()
    return logging.LogRecord("app.x", logging.WARNING, __file__, 1, text, arguments, info)


@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[1A", "\x00", "\ud800"]
)
def test_what_a_client_writes_never_begins_a_line(end: str) -> None:
    said = OneLine().format(record("asked for %s", f"x{end}ERROR app: all is lost"))
    assert len(said.splitlines()) == 1
    assert said.isprintable()
    assert said.startswith("WARNING app.x: asked for x\\")
    said.encode()


def test_a_line_is_cut() -> None:
    assert len(OneLine().format(record("%s", 10**6 * "x"))) == LONGEST
    assert len(plain(1000 * "\n")) == LONGEST
    assert plain("Δ₂ = ∞ “x”") == "Δ₂ = ∞ “x”"


def test_a_traceback_is_marked_and_bounded() -> None:
    first, *rest = OneLine().format(record("no", wrong=True)).split("\n")
    assert first == "WARNING app.x: no"
    assert rest
    assert len(rest) <= DEEPEST
    assert all(line.startswith(MARK) and len(line) <= LONGEST + len(MARK) for line in rest)
    assert all(line.isprintable() for line in rest)


def test_a_flood_is_told_in_one_number() -> None:
    now = [0.0]
    sparing, formatter = Sparing(2, lambda: now[0]), OneLine()
    passed = [sparing.filter(record("refused")) for _ in range(10)]
    assert passed == [True, True] + 8 * [False]
    now[0] = 61.0
    after = record("refused %s", "x")
    assert sparing.filter(after)
    assert formatter.format(after) == "WARNING app.x: (after 8 like it that are not shown) refused x"
    assert sparing.filter(last := record("refused"))
    assert "after" not in formatter.format(last)
