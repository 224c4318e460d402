"""`docs/operate.md` against the program: every variable with its default, both ways."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.settings import Settings, variables_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
ROWS = {
    frozenset(re.findall(r"`([A-Z_]+)`", first)): default.strip()
    for first, default in re.findall(r"^\| (`[A-Z].*?) \| (.*?) \|", PAGE, re.MULTILINE)
}
ELSEWHERE = {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}
INTERNAL = {"HOME", "OPENBLAS_NUM_THREADS", "NUMBA_CACHE_LOCATOR_CLASSES"}


def test_the_page_names_every_variable_and_no_other() -> None:
    fields = [frozenset(variables_of(name)) for name in Settings.model_fields]
    assert set(ROWS) == {*fields, *(frozenset({name}) for name in ELSEWHERE)}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_page_says_the_default(name: str) -> None:
    said = ROWS[frozenset(variables_of(name))]
    default = Settings.model_fields[name].default
    if name == "cache_folder":
        assert said == "`saddlesurf` in `XDG_CACHE_HOME` or `~/.cache`"
    elif default is None:
        assert said == "none"
    else:
        assert said == f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_every_variable_that_the_program_reads_is_on_the_page() -> None:
    known = {name for names in ROWS for name in names} | INTERNAL
    found = set()
    for folder in ("app", "engine", "saddlesurf"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= set(
                        re.findall(r"\b(?:SADDLESURF|NUMBA|XDG|WEB|OPENBLAS)_[A-Z_]*[A-Z]\b", node.value)
                    )
    assert found <= known
    assert {"NUMBA_CACHE_DIR", "SADDLESURF_CACHE_FOLDER", "XDG_CACHE_HOME"} <= found


def test_the_readme_links_the_page_and_names_what_it_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(docs/operate.md)" in readme
    for name in {name for names in ROWS for name in names} - {"XDG_CACHE_HOME"}:
        assert f"`{name}`" in readme, name
