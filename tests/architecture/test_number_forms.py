"""Numbers are said in one form: `engine/words.py` writes them, and `assets/page/format.mjs` in the browser."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = sorted(
    path
    for folder in ("app", "engine")
    for path in (ROOT / folder).rglob("*.py")
    if path != ROOT / "engine/words.py" and ROOT / "engine/atlas" not in path.parents  # a command's own lines
)
SCRIPTS: Final = sorted(path for path in (ROOT / "assets").rglob("*.mjs") if path.name != "format.mjs")
NUMBER: Final = re.compile(r"[^{}]*[gGeEfFn%]$")
#: What is written for programs: names of files, colours, a name of a zoom, an axis' corners, a bar's length, a header
#: of an answer, lines of the log.
FOR_PROGRAMS: Final = {
    ("app/figures/theme.py", "opacity"),
    ("app/figures/flow.py", "t_max"),
    ("app/figures/growth.py", "t_max"),
    ("app/figures/surfing.py", "t_max"),
    ("app/figures/energy_map.py", "left"),
    ("app/figures/atlas.py", "delta_p[i]"),
    ("app/figures/atlas.py", "1 / delta_2[i]"),
    ("app/page/file_name.py", "value"),
    ("app/supervise.py", "pause"),
    ("app/quantities/tables.py", "last"),
    ("app/callbacks/ensemble.py", "there.done / there.total"),
}


def formatted(path: Path) -> Iterator[tuple[int, str]]:
    """Lines on which a number is given a form, and what is formatted there; numbers of a hover are plotly's."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            assert isinstance(node.format_spec, ast.JoinedStr)
            spec = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.format_spec.values
            )
            if NUMBER.match(spec):
                yield node.lineno, ast.unparse(node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in re.finditer(r"(?<!%)(?<!%\{)\{(\w*):([^{}]*)\}(?!\})", node.value):
                if NUMBER.match(found[2]):
                    yield node.lineno, found[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_gives_no_number_a_form_of_its_own(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    assert [(line, what) for line, what in formatted(path) if (name, what) not in FOR_PROGRAMS] == []


def test_what_is_allowed_is_still_there() -> None:
    there = {(str(path.relative_to(ROOT)), what) for path in SOURCES for _, what in formatted(path)}
    assert there == FOR_PROGRAMS


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_give_no_number_a_form_of_their_own(path: Path) -> None:
    found = re.findall(
        r"\.(toFixed|toPrecision|toExponential|toLocaleString)\(", path.read_text(encoding="utf-8")
    )
    allowed = ["toFixed"] * 2 if path.name == "controls.mjs" else []  # a slider's steps, read by nobody
    assert found == allowed
