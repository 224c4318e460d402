"""Answers on their cards: what is left out leaves everything as it is but the note."""

from __future__ import annotations

from typing import Any

BODY = """<section id="flow-card"><div id="flow-graph"></div><p id="flow-caption"></p><span id="flow-note"></span>
<div id="flow-strip" class="strip" data-on="false"><progress id="flow-progress" value="0" max="1"></progress>
<div id="flow-said"></div></div></section>"""
SHOWN = """const text = (name) => document.getElementById("flow-" + name).textContent;
return [text("caption"), text("note")];"""


def shown(page: Any, caption: str | None, note: str) -> list[str]:
    """Caption and note after an answer without a picture."""
    answer = {"figure": None, "caption": caption, "note": note, "failed": False, "work": None}
    found: list[str] = page.run("page/paint.mjs", f"paint({{ flow: argument }}); {SHOWN}", answer)
    return found


def test_a_card_that_was_left_out_keeps_its_words(blank: Any) -> None:
    blank.open(body=BODY)
    blank.run("page/paint.mjs", "arrive();")
    assert shown(blank, "It rests.", "cached") == ["It rests.", "cached"]
    assert shown(blank, None, "busy: follows") == ["It rests.", "busy: follows"]
    assert shown(blank, "", "cached") == ["", "cached"]
