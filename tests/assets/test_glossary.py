"""Words of the field in a sentence become buttons, and a press or the focus tells what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from app.page.glossary import ABOUT, TERMS

GLOSSARY = "page/glossary.mjs"
MEANING = {term.name: term.meaning for term in TERMS}
BODY = """<p id="sentence"></p><button id="other">other</button>
<button id="about" data-about="spectrum" aria-expanded="false">?</button>
<div id="explained" hidden></div>"""
WRITE = "document.getElementById('sentence').replaceChildren(...marked(argument)); start();"
SEEN = "const box = document.getElementById('explained'); return box.hidden ? null : box.textContent;"


def marks(blank: Any, text: str) -> list[str]:
    blank.open(body=BODY)
    blank.run(GLOSSARY, WRITE, text)
    assert blank.page.locator("#sentence").text_content() == text  # nothing is lost
    return [str(one) for one in blank.page.locator(".term").all_text_contents()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The flow stays at threshold states.", ["threshold states"]),
        ("The overlap m = 0.3, and overlaps again.", ["overlap"]),  # a term once
        ("Σ of minima, the annealed complexity Σ(m).", ["Σ", "annealed"]),
        ("θ(0) = 1: the outlier is born.", ["θ(0)", "outlier"]),
        ("Overlapping bulky saddlesurf.", []),
        ("", []),
    ],
)
def test_the_first_of_each_term_is_marked(blank: Any, text: str, expected: list[str]) -> None:
    assert marks(blank, text) == expected


def test_terms_that_were_told_are_not_told_again(blank: Any) -> None:
    blank.open(body=BODY)
    count = """const told = new Set();
    const parts = [marked('An outlier.', told), marked('The outlier, the bulk.', told)];
    return parts.map((nodes) => nodes.filter((node) => node.dataset).map((node) => node.textContent));"""
    assert blank.run(GLOSSARY, count) == [["outlier"], ["bulk"]]


def test_a_press_tells_and_another_hides(blank: Any) -> None:
    marks(blank, "An outlier below the bulk.")
    page = blank.page
    for word in ("outlier", "bulk"):
        page.get_by_role("button", name=word).click()
        assert blank.run(GLOSSARY, SEEN) == f"{word}: {MEANING[word]}"
        assert page.get_by_role("button", name=word).get_attribute("aria-expanded") == "true"
    assert page.get_by_role("button", name="outlier").get_attribute("aria-expanded") == "false"
    page.get_by_role("button", name="bulk").click()
    assert blank.run(GLOSSARY, SEEN) is None
    page.get_by_role("button", name="bulk").click()
    page.locator("#other").click()
    assert blank.run(GLOSSARY, SEEN) is None


def test_the_focus_tells_and_escape_hides_and_keeps_the_focus(blank: Any) -> None:
    marks(blank, "An outlier below the bulk.")
    page = blank.page
    page.keyboard.press("Tab")
    assert blank.run(GLOSSARY, SEEN) == f"outlier: {MEANING['outlier']}"
    page.keyboard.press("Tab")
    assert blank.run(GLOSSARY, SEEN) == f"bulk: {MEANING['bulk']}"
    page.evaluate("window.heard = []; addEventListener('keydown', ({ key }) => heard.push(key))")
    page.keyboard.press("Escape")
    assert blank.run(GLOSSARY, SEEN) is None
    assert page.evaluate("document.activeElement.textContent") == "bulk"
    assert page.evaluate("heard") == []  # nothing else was closed by it
    page.keyboard.press("Escape")
    assert page.evaluate("heard") == ["Escape"]


def test_a_picture_is_explained_by_the_view_that_is_looked_at(blank: Any) -> None:
    marks(blank, "")
    page = blank.page
    for view in ("moment", "surfing"):
        page.evaluate(
            "async (view) => { (await import('/assets/page/state.mjs')).change({ looks: { hess: view } }); }",
            view,
        )
        page.locator("#about").click()
        told = ABOUT["spectrum"][view]
        assert blank.run(GLOSSARY, SEEN) == f"{told.axes}Notice: {told.notice}"
        page.locator("#about").click()


def test_what_is_told_stays_on_the_screen(blank: Any) -> None:
    marks(blank, "x " * 400 + "outlier")
    page = blank.page
    page.set_viewport_size({"width": 320, "height": 400})
    page.get_by_role("button", name="outlier").click()
    box = page.locator("#explained").bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
