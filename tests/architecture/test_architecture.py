"""What must stay true of the house itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import engine
from app.cards import DECK
from app.page import ids
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOOR = ("atlas", "complexity", "dynamics", "hessian", "message_passing", "phases", "simulation")


def tracked() -> list[Path]:
    """Files of the project, without what is made."""
    made = {
        ".git",
        ".venv",
        "__pycache__",
        ".cache",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
    }
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if name not in made and not name.startswith(".venv-") and not name.endswith(".egg-info")
        ]
        found += [Path(folder) / name for name in files if name not in made]  # a worktree's .git is a file
    return found


def test_the_top_level_is_what_the_owner_fixed() -> None:
    for name in ("pyproject.toml", "README.md", "app", "engine", "assets", "tests", "Procfile"):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("name", ["engine", *(f"engine.{part}" for part in DOOR)])
def test_all_names_what_a_module_offers(name: str) -> None:
    """Its own classes and functions; of a package, what its ``__init__`` brings to the door, constants included."""
    module = importlib.import_module(name)
    is_package = hasattr(module, "__path__")
    own = {
        item
        for item, value in vars(module).items()
        if not item.startswith("_")
        and not inspect.ismodule(value)
        and (is_package or getattr(value, "__module__", None) == name)
    }
    if name == "engine":
        own.add("__version__")
    assert sorted(module.__all__) == sorted(own)


SECTIONS = ("Parameters", "Returns", "Raises", "Notes", "Examples")


def offered_functions() -> list[tuple[str, Callable[..., object]]]:
    """Functions of the door, and the public methods of its classes."""
    found = []
    for part in DOOR:
        module = importlib.import_module(f"engine.{part}")
        for name in module.__all__:
            value = getattr(module, name)
            members = vars(value).items() if inspect.isclass(value) else [("", value)]
            found += [
                (f"{part}.{name}.{member}".rstrip("."), function)
                for member, function in members
                if inspect.isfunction(function)
                and not member.startswith("_")
                and function.__module__.startswith("engine")
            ]
    return found


def sections_of(function: Callable[..., object]) -> dict[str, str]:
    """Sections of a numpydoc docstring, in their order."""
    parts = re.split(r"^(\w+)\n-{3,}$", inspect.getdoc(function) or "", flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(
    "function", [pytest.param(function, id=name) for name, function in offered_functions()]
)
def test_the_doors_docstrings_are_numpydoc(function: Callable[..., object]) -> None:
    sections = sections_of(function)
    assert list(sections) == [section for section in SECTIONS if section in sections]
    heads = re.findall(r"^(\w[^:\n]*) : ", sections.get("Parameters", ""), re.MULTILINE)
    told = [word.strip() for head in heads for word in head.split(",")]
    signature = inspect.signature(function)
    assert sorted(told) == sorted(parameter for parameter in signature.parameters if parameter != "self")
    assert ("Returns" in sections) == (signature.return_annotation not in (None, "None"))
    if "raise " in inspect.getsource(function):
        assert "Raises" in sections


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("source", modules("engine"), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_engine_module_over_250_lines_says_why(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    if text.count("\n") > 250:
        assert "250 lines" in str(ast.get_docstring(ast.parse(text)))


@pytest.mark.parametrize("source", modules("engine/_kernels"), ids=lambda path: path.stem)
def test_kernels_are_typed_and_have_nine_arguments_at_most(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert "mypy:" not in text
    assert "type: ignore" not in text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            arguments = [argument for argument in node.args.args if argument.arg not in ("self", "cls")]
            assert len(arguments) <= 9, node.name
            assert all(argument.annotation for argument in arguments), node.name
            assert node.returns is not None, node.name


COMMAND_LINE = {
    ROOT / "engine" / "atlas" / f"{name}.py" for name in ("__main__", "options", "files", "workers")
}


def test_the_engine_reads_no_file_clock_or_environment() -> None:
    """Its command line does, which nothing else imports (a contract in pyproject.toml)."""
    forbidden = {"os", "time", "datetime", "pathlib", "random", "socket", "logging"}
    sources = set((ROOT / "engine").rglob("*.py"))
    assert sources > COMMAND_LINE
    for source in sources - COMMAND_LINE:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not forbidden & {name.split(".")[0] for name in names}, source


def test_versions_agree() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {engine.__version__}" in citation


def test_no_file_names_a_registry_or_a_machine() -> None:
    words = [
        "pypi" + ".org",
        "python" + "hosted.org",
        "registry.npm" + "js.org",
        "/work" + "/",
        "/ro" + "ot/",
    ]
    for file in tracked():
        if file.suffix in {".png", ".npz", ".ico", ".pyc", ".nbi", ".nbc"}:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        for word in words:
            assert word not in text, (file, word)


def test_every_component_id_is_unique() -> None:
    named = [value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)]
    assert len(named) == len(set(named))
    assert len(DECK.catalogue.cards) == len(DECK.cards)
    assert not {ids.CardIds(name).card for name in DECK.catalogue.cards} & set(named)


def test_every_setting_says_what_it_is_and_the_readme_names_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        variable = {"host": "HOST", "port": "PORT"}.get(name, f"SADDLESURF_{name.upper()}")
        assert f"`{variable}`" in readme, variable


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for file in (ROOT / "assets").iterdir():
        if file.suffix in {".js", ".css"}:
            assert not re.search(r"https?://", file.read_text(encoding="utf-8")), file
