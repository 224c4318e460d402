"""Files: what comes is saved; what does not is said where the button stands, and the page stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

EXPORTS = "page/exports.mjs"
BODY = """<section class="card" id="flow-card"><p>words</p><figure class="card-body"><div id="flow-graph"></div>
<figcaption><span id="flow-caption"></span><span id="flow-note"></span></figcaption></figure>
<div class="export-row" data-needs="" data-timed="false">
<button data-export="flow:flow.csv">CSV</button><button data-export="flow:flow.json">JSON</button>
<button data-export="flow:flow.npz">NPZ</button><button data-export="flow:table:flow">Table</button></div>
<button data-export="flow:png:8.6">PNG</button><button data-export="flow:svg:screen">SVG</button></section>
<dialog id="table"><div id="table-body"></div></dialog>"""
NAME = "saddlesurf-flow-p3-d2_0.9-dp_1"
LOGIN = "<!DOCTYPE html><form>Sign in</form>"
CSV = {"Content-Type": "text/csv; charset=utf-8"}
NPZ = {"Content-Type": "application/octet-stream"}
FILES: dict[str, tuple[Any, ...]] = {
    "csv": (200, b"time,overlap\n0.1,1e-10\n", CSV),
    "json": (200, {"columns": {"time": [0.1, None]}}),
    "npz": (200, b"PK\x03\x04and so on", NPZ),
}


def begin(blank: Any) -> Any:
    page = blank.open("?v=1&d2=0.9", body=BODY)
    blank.run(EXPORTS, "start();")
    blank.run("page/state.mjs", "change({ point: { d2: 0.9 } }, 'test');")
    return page


def said(page: Any) -> str:
    page.wait_for_function("document.documentElement.dataset.page === 'settled'")
    return str(page.locator("#flow-card .order").inner_text())


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_fetched_checked_and_saved(blank: Any, tmp_path: Path, kind: str) -> None:
    page = begin(blank)
    blank.answers[f"data/flow.{kind}"] = lambda _: FILES[kind]
    with page.expect_download() as download:
        page.get_by_role("button", name=kind.upper()).click()
    assert download.value.suggested_filename == f"{NAME}.{kind}"
    assert download.value.url.startswith("blob:")
    download.value.save_as(tmp_path / "file")
    if kind != "json":
        assert (tmp_path / "file").read_bytes() == FILES[kind][1]
    assert said(page) == ""
    assert page.url.endswith("?v=1&d2=0.9")


@pytest.mark.parametrize("kind", [*FILES, "table"])
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "does not answer"),
        (
            (400, b"The final time must be a number.\n", {"Content-Type": "text/plain; charset=utf-8"}),
            "The final time",
        ),
        ((400, {"sentence": "No such point."}), "No such point."),
        ((401, LOGIN), "sign in again"),
        ((200, LOGIN), "sign in again"),
        ((200, LOGIN, {"Content-Type": "application/octet-stream"}), "sign in again"),
        ((302, "", {"Location": "/sign-in"}), "sign in again"),
        ((404, LOGIN), "not this page's server"),
        ((404, LOGIN, {"Saddlesurf-Build": "newer"}), "new version"),
        ((502, LOGIN), "does not answer"),
    ],
)
def test_what_goes_wrong_is_said_on_the_card(blank: Any, kind: str, answer: Any, words: str) -> None:
    page = begin(blank)
    blank.answers[f"data/flow.{'json' if kind == 'table' else kind}"] = lambda _: answer
    page.get_by_role("button", name=kind, exact=False).click()
    sentence = said(page)
    assert sentence.startswith("Nothing was saved. ")
    assert words in sentence
    assert page.evaluate("location.pathname + location.search") == "/?v=1&d2=0.9"
    if kind != "table":
        blank.answers[f"data/flow.{kind}"] = lambda _: FILES[kind]
        with page.expect_download():
            page.get_by_role("button", name=kind.upper()).click()
        assert said(page) == ""  # what was said is over


def test_too_many_requests_are_asked_again_by_themselves(blank: Any) -> None:
    page = begin(blank)
    blank.answers["data/flow.csv"] = lambda _: (429, "") if len(blank.asked) < 3 else FILES["csv"]
    with page.expect_download():
        page.get_by_role("button", name="CSV").click()
    assert len(blank.asked) == 3


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_picture_that_is_not_there_is_said_too(blank: Any, kind: str) -> None:
    page = begin(blank)
    page.get_by_role("button", name=kind).click()
    assert said(page) == "Nothing was saved. There is no picture yet."


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_picture_that_cannot_be_made_is_said_too(blank: Any, kind: str) -> None:
    page = begin(blank)
    page.evaluate("""() => { const plot = Object.assign(document.createElement("div"), { className: "js-plotly-plot" });
        Object.assign(plot, { data: [{}], layout: {}, on() {}, removeAllListeners() {} });
        requestAnimationFrame(() => { plot._fullLayout = {}; });
        document.getElementById("flow-graph").append(plot);
        window.Plotly = { newPlot: () => Promise.reject(new Error("out of memory")), purge() {},
            Plots: { resize: () => Promise.resolve() } }; }""")
    blank.run(
        "page/paint.mjs",
        """window.dash_clientside = { set_props() {} };
        const figure = { data: [], layout: { margin: { l: 1, r: 1, t: 1, b: 1 }, font: {} } };
        paint({ flow: { figure, caption: "", note: "", failed: false, work: null } }); arrive();""",
    )
    page.get_by_role("button", name=kind).click()
    assert said(page) == "Nothing was saved. The browser could not do it: out of memory"


def test_of_two_orders_on_a_card_the_newer_is_served(blank: Any) -> None:
    page = begin(blank)
    late: list[Any] = []
    page.route("**/data/flow.csv*", lambda route: late.append(route))
    page.get_by_role("button", name="CSV").click()
    page.wait_for_function("document.querySelector('.order').textContent === 'Preparing …'")
    blank.answers["data/flow.npz"] = lambda _: FILES["npz"]
    with page.expect_download() as download:
        page.get_by_role("button", name="NPZ").click()
    late[0].abort()
    assert download.value.suggested_filename == f"{NAME}.npz"
    assert said(page) == ""
    page.unroute("**/data/flow.csv*")


def test_a_table_is_shown(blank: Any) -> None:
    page = begin(blank)
    blank.answers["data/flow.json"] = lambda _: FILES["json"]
    page.get_by_role("button", name="Table").click()
    page.wait_for_function("document.getElementById('table').open")
    assert page.locator("#table-body td").all_inner_texts() == ["0.1", "–"]
