"""What the project needs, offers and forbids itself, read from its own files."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

import engine
from app import physics as bridge

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKS = {
    "constraints.txt": PROJECT["dependencies"],
    "constraints-server.txt": PROJECT["dependencies"] + EXTRAS["cluster"] + EXTRAS["redis"],
    "constraints-dev.txt": PROJECT["dependencies"] + [want for extra in EXTRAS.values() for want in extra],
}
OURS = {"engine", "app", "saddlesurf", "tests"}


def name_of(requirement: str) -> str:
    """The distribution that a requirement names, as locks write it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ ]", requirement)[0]).lower()


def locked(lock: str) -> dict[str, set[str]]:
    """Versions by name: more than one where a marker chooses."""
    found: dict[str, set[str]] = {}
    text = (ROOT / lock).read_text(encoding="utf-8")
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def imports(*places: str) -> Iterator[tuple[Path, ast.AST, int, str]]:
    """Every import of the sources there: file, statement, number of dots, dotted name."""
    for place in places:
        for file in sorted((ROOT / place).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from ((file, node, 0, alias.name) for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    yield file, node, node.level, node.module or ""


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE)  # no option: neither an index nor a folder of wheels
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert {name_of(want) for want in LOCKS[lock]} <= set(locked(lock))


def test_what_runs_is_a_part_of_what_develops() -> None:
    runs, develops = locked("constraints.txt"), locked("constraints-dev.txt")
    assert runs.items() <= develops.items()  # the same versions: the tests test what runs
    tools = {name_of(want) for want in EXTRAS["test"]}
    assert not tools & set(runs)


def test_python_ends_where_numba_ends() -> None:
    oldest, end = (int(minor) for minor in re.findall(r"3\.(\d+)", PROJECT["requires-python"]))
    assert PROJECT["requires-python"] == f">=3.{oldest},<3.{end}"
    numba = metadata.metadata("numba").get_all("Classifier") or []
    known = [int(found[1]) for line in numba if (found := re.fullmatch(r"Programming .* :: 3\.(\d+)", line))]
    assert end == max(known) + 1
    for dependency in PROJECT["dependencies"]:
        if "platform_system" not in dependency:  # its oldest Python is not newer than ours
            said = metadata.metadata(name_of(dependency)).get("Requires-Python") or ">=3.0"
            assert max(int(minor) for minor in re.findall(r">=3\.(\d+)", said)) <= oldest, dependency
    tool = (ROOT / "tools" / "dev.py").read_text(encoding="utf-8")
    assert f"OLDEST, NEWEST = (3, {oldest}), (3, {end - 1})" in tool
    assert f"Python 3.{oldest} to 3.{end - 1}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["engine", "app", "saddlesurf", "tests", "tools"])
def test_what_is_imported_is_asked_for(place: str) -> None:
    distributions = metadata.packages_distributions()
    wanted = {
        "engine": ["numpy", "scipy", "numba"],
        "app": PROJECT["dependencies"] + EXTRAS["cluster"] + EXTRAS["redis"],
    }
    asked = {name_of(want) for want in wanted.get(place, PROJECT["dependencies"] + EXTRAS["test"])}
    for file, node, dots, module in imports(place):
        top = module.split(".")[0]
        if dots or top in OURS or top in sys.stdlib_module_names:
            continue
        by_command = {"tqdm", "distributed"} if place == "engine" and file.parent.name == "atlas" else set()
        found = {name_of(name) for name in distributions.get(top, [top])}
        assert found & (asked | by_command), (file, ast.unparse(node))


def test_the_tool_that_sets_up_needs_nothing_set_up() -> None:
    for file, node, _, module in imports("tools"):
        if file.name == "dev.py":
            assert module.split(".")[0] in sys.stdlib_module_names, ast.unparse(node)


@pytest.mark.parametrize("place", ["engine", "app"])
def test_a_package_names_its_own_modules_relatively(place: str) -> None:
    """Else they would not be found inside `saddlesurf`, or a stranger's module of that name would."""
    for file, node, dots, module in imports(place):
        if file != ROOT / "app" / "physics.py":
            assert dots or module.split(".")[0] not in OURS, (file, ast.unparse(node))
        depth = len(file.relative_to(ROOT).parts) - 1
        bridge = file == ROOT / "app" / "physics.py" and module.split(".")[0] == "engine"
        assert dots <= depth or bridge, (file, ast.unparse(node))


def test_the_bridge_offers_the_same_both_ways() -> None:
    there: dict[int, set[tuple[str, str, str]]] = {0: set(), 2: set()}
    for file, node, dots, module in imports("app"):
        if file.name == "physics.py" and module.split(".")[0] == "engine":
            assert isinstance(node, ast.ImportFrom)
            there[dots] |= {(module, alias.name, alias.asname or alias.name) for alias in node.names}
    assert there[0] == there[2]
    assert {name for _, _, name in there[0]} - {"__version__"} | {"VERSION"} == set(bridge.__all__)
    assert engine.__version__ == bridge.VERSION


def test_every_command_is_described() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):\s+##", makefile, re.MULTILINE)
    assert set(targets) == set(re.findall(r"[a-z]+", re.search(r"\.PHONY:(.*)", makefile)[1]))  # type: ignore[index]
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    for target in targets:
        assert f"make {target}" in text, target
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    steps = re.findall(r"^make ([a-z]+)", script, re.MULTILINE)
    assert {"check", "interpreted", "test"} <= set(steps) <= set(targets)
    assert steps[-1] == "test"  # whoever reads the last line reads the summary of all tests
