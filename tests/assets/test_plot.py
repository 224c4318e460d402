"""Pictures and plotly.js: who waits for a picture hears of it, whenever dcc.Graph has drawn its own."""

from __future__ import annotations

from typing import Any

BODY = """<div id="flow-graph"><div class="js-plotly-plot"></div></div>"""
DRAW = """const gd = document.querySelector(".js-plotly-plot");
Object.assign(gd, { _fullLayout: {}, data: [{}], layout: {}, removeAllListeners() {}, on() {} });
window.dash_clientside = { set_props() {} };
await draw("flow", { data: [], layout: {} });
return "drawn";"""


def test_a_picture_that_is_there_already_is_told_of_too(blank: Any) -> None:
    blank.open(body=BODY)
    assert blank.run("page/plot.mjs", DRAW) == "drawn"
