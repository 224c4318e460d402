"""What must stay true of the page's scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cards import DECK
from app.layout.controls import BOXES
from app.layout.specification import specification
from app.page import ids
from app.page.pins import MOST_PINS

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "assets" / "main.mjs"
MODULES = {file.name: file for file in sorted((ROOT / "assets" / "page").glob("*.mjs"))}
SCRIPTS = {"main.mjs": MAIN, **MODULES}
CATALOGUE = DECK.catalogue
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?\bfrom\s+"(\./[^"]+)";""", re.MULTILINE)

#: What is private to plotly or Dash, and the one module that may name it.
PRIVATE = {
    "plot.mjs": (
        r"\bPlotly\b",
        r"js-plotly-plot",
        r"\._\w+",
        r"\b[dp]2[dp]\b",
        r"dash-graph",
        r"plotly_\w+",
    ),
    "server.mjs": (
        r"dash_clientside",
        r"\bset_props\b",
        r"DashRenderer",
        r"callback_context",
        r"_dash-",
        r"\bprop_id\b",
    ),
}


def code_of(file: Path) -> str:
    """A module without its comments."""
    text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(?<![:\"'`])//.*", "", text)


def imports_of(file: Path) -> set[str]:
    return {
        (file.parent / path).resolve().relative_to(ROOT / "assets").as_posix()
        for path in IMPORT.findall(code_of(file))
    }


def known_ids() -> set[str]:
    """Every id that the layout has."""
    named = {value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
    cards = [ids.CardIds(name) for name in CATALOGUE.cards]
    made = {
        getattr(card, part)
        for card in cards
        for part in vars(ids.CardIds)
        if isinstance(vars(ids.CardIds)[part], property)
    }
    made |= {ids.choice(name) for name in CATALOGUE.looks} | {ids.box(name) for name in BOXES}
    made |= {ids.slider(control["name"]) for control in specification(CATALOGUE, "/")["controls"]}
    made |= {ids.pin(k) for k in range(MOST_PINS)}
    return named | made


def named_ids(code: str) -> set[str]:
    """Ids that a script names; what it puts together stands as `{}`."""
    found = re.findall(
        r"""(?:getElementById|setProps|\bshow|\bopen)\(\s*(?:[^"'`,()]*,\s*)?["`]([^"`]+)["`]""", code
    )
    found += re.findall(r"""(?:querySelector|querySelectorAll|closest|matches)\(["`]#([\w${}-]+)""", code)
    found += re.findall(r"""\bcopy\([^"`;]*["`]([\w-]+)["`]\)""", code)
    return {re.sub(r"\$\{\w+\}", "{}", name) for name in found}


def stems(name: str) -> list[str]:
    """What a made id may begin with."""
    parts = [*CATALOGUE.cards, *CATALOGUE.looks, *BOXES, *(str(k + 1) for k in range(MOST_PINS))]
    parts += [control["name"] for control in specification(CATALOGUE, "/")["controls"]]
    return [name.replace("{}", part) for part in parts]


def test_every_id_that_a_script_names_is_an_id_of_the_layout() -> None:
    known = known_ids()
    seen: set[str] = set()
    for file in SCRIPTS.values():
        for name in named_ids(code_of(file)):
            seen.add(name)
            assert name in known or ("{}" in name and set(stems(name)) & known), (file.name, name)
    # the search itself finds what is there
    assert {
        "handle",
        "banner",
        "play",
        "moment-text",
        "address-error",
        "{}-graph",
        "{}-caption",
        "theme",
    } <= seen


def test_what_a_script_puts_together_is_an_id_of_the_layout() -> None:
    known = known_ids()
    for file in SCRIPTS.values():
        for ending in re.findall(r"""\+ "(-[a-z]+)\"""", code_of(file)):
            assert any(name.endswith(ending) for name in known), (file.name, ending)


@pytest.mark.parametrize("owner", PRIVATE)
def test_private_names_stand_in_one_module(owner: str) -> None:
    for pattern in PRIVATE[owner]:
        assert re.search(pattern, MODULES[owner].read_text(encoding="utf-8")), pattern
        for name, file in SCRIPTS.items():
            if name != owner:
                assert not re.search(pattern, code_of(file)), (name, pattern)


def test_nothing_of_ours_hangs_on_the_window_and_nothing_of_the_browser_is_patched() -> None:
    for name, file in SCRIPTS.items():
        code = code_of(file)
        assert "saddlesurf." not in code, name
        assert not re.search(r"\bwindow\.(?!dash_clientside)\w+\s*=[^=]", code), name
    assert not list((ROOT / "assets").rglob("*.js"))  # a classic script would run in the order of its name


def test_every_module_is_imported_and_main_imports_no_cycle() -> None:
    reached: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " > ".join((*path, name))
        if name not in reached:
            for imported in sorted(imports_of(ROOT / "assets" / name)):
                visit(imported, (*path, name))
            reached.add(name)

    visit("main.mjs", ())
    assert reached == {"main.mjs", *(f"page/{name}" for name in MODULES)}


def test_the_queue_is_pure() -> None:
    code = code_of(MODULES["queue.mjs"])
    assert imports_of(MODULES["queue.mjs"]) == set()
    assert not re.search(
        r"\b(document|window|globalThis|setTimeout|Date|performance|fetch|Math\.random|let)\b", code
    )


def test_no_script_names_a_card_but_what_stands_on_it() -> None:
    """Which card is heavy, timed or always asked for is the specification's to say."""
    for name, file in SCRIPTS.items():
        for card in CATALOGUE.cards:
            assert not re.search(rf"""["'`]{card}["'`]""", code_of(file)), (name, card)


def test_a_module_says_what_it_is_and_names_its_exports() -> None:
    for name, file in SCRIPTS.items():
        text = file.read_text(encoding="utf-8")
        assert text.startswith("// "), name
        assert "export default" not in text, name
        assert max(map(len, text.splitlines())) <= 120, name
        assert len(text.splitlines()) <= 250, name


def test_no_script_names_another_host() -> None:
    for name, file in SCRIPTS.items():
        assert "://" not in file.read_text(encoding="utf-8"), name
