"""Data of one's own: how they are read, what is said of those that cannot be, and that they stay in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.layout.own import own_body, own_button
from app.main import create_compute
from app.page.state import Parameters, Point
from app.quantities.formats import to_csv
from app.quantities.tables import flow_table
from app.settings import Settings
from tests.assets.markup import markup_of

CSV, OWN = "page/csv.mjs", "page/own.mjs"
PARSE = """return argument.map((text) => { try { return parse(text); } catch (error) { return error.message; } });"""
FIGURE = {
    "data": [{"type": "scatter", "name": "flow"}],
    "layout": {"annotations": [{"text": "a"}], "meta": {"timed": True, "overlap": "linear"}},
}
GOOD = "time,overlap\n1,0.1\n10,-0.2\n"


def parsed(blank: Any, *texts: str) -> list[Any]:
    found: list[Any] = blank.run(CSV, PARSE, list(texts))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "1,0.1\n10,-0.2",
        "time,overlap\n1,0.1\n10,-0.2\n",
        "\ufefft;m\r\n1;0,1\r\n10;-0,2\r\n",
        "# by hand\n\n1 0.1\n\n# more\n10  \u22120.2\n",
        '"time"\t"energy"\t"overlap"\n1\t9\t0.1\n10\t9\t-2e-1\n',
        "overlap,time\n-.2,1e1\n0.1,1.\n",
        "time,overlap\n0,0\n1,0.1\n2,\n3,nan\n10,-0.2\n",
    ],
)
def test_it_is_read_as_people_and_programs_write_it(blank: Any, text: str) -> None:
    assert parsed(blank, text) == [{"time": [1, 10], "overlap": [0.1, -0.2]}]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing in it."),
        ("# nothing\n\n", "There is nothing in it."),
        ("PK\x03\x00\x00", "This is not a file of text."),
        ("1\n2\n", "There must be two columns, time and overlap; there is one."),
        ("1,2,3\n4,5,6", "Of 3 columns one must be named time and one overlap, in the first line."),
        ("a,b,c\n1,2,3", "Of 3 columns one must be named time and one overlap, in the first line."),
        ("time,overlap\n1,0.1\n2,much", "Line 3: “much” is not a number."),
        ("time,overlap\n1,0.1\n\n2", "Line 4 has too few columns."),
        ("1,0.1\n-2,0.1", "Line 2: a time is not negative."),
        ("1,0.1\n2,1.5", "Line 2: an overlap lies between −1 and 1, not at 1.5."),
        ("0,0.1\n5,0.2", "There are no two rows with a time above 0 and an overlap."),
    ],
)
def test_what_cannot_be_read_is_a_sentence(blank: Any, text: str, sentence: str) -> None:
    assert parsed(blank, text) == [sentence]


def test_the_page_s_own_file_is_read_to_the_last_bit(blank: Any, tmp_path: Path) -> None:
    point = Point(Parameters(m0=1e-2, tmax=10.0))
    made = flow_table(create_compute(Settings(cache_folder=tmp_path)), point)
    (found,) = parsed(blank, to_csv(made, point.parameters).decode())
    np.testing.assert_array_equal(found["time"], made.columns["time"])
    np.testing.assert_array_equal(found["overlap"], made.columns["overlap"])


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(
        st.text(alphabet='0123456789.,;\t\n -+eEtmn#"\u2212x', max_size=60), min_size=1, max_size=30
    )
)
def test_no_text_is_too_strange(blank: Any, texts: list[str]) -> None:
    for found in parsed(blank, *texts):
        if isinstance(found, str):
            assert found.endswith(".")
        else:
            assert found["time"] == sorted(found["time"])
            assert min(found["time"]) > 0
            assert max(map(abs, found["overlap"])) <= 1 + 1e-6


@pytest.fixture
def page(blank: Any) -> Any:
    body = f"{markup_of(own_button())}<dialog id='own'>{markup_of(own_body())}</dialog>"
    blank.open(body=body)
    blank.page.evaluate("sessionStorage.clear()")
    blank.run(OWN, "start(); arrive();")
    return blank


def own(page: Any) -> Any:
    return page.run("page/state.mjs", "return state.own;")


def test_a_paste_is_drawn_and_taken_away(page: Any) -> None:
    page.page.click("[data-own=open]")
    page.page.fill("#own-text", GOOD)
    page.page.click("[data-own=text]")
    assert own(page) == {"name": "pasted", "time": [1, 10], "overlap": [0.1, -0.2]}
    assert page.page.locator("#own").is_hidden()
    assert page.page.locator("#own-name").text_content() == "pasted over m(t)"
    page.page.click("[data-own=remove]")
    assert own(page) is None
    assert page.page.locator("[data-own=remove]").is_hidden()
    assert page.page.evaluate("document.activeElement.dataset.own") == "open"
    assert page.asked == []  # nothing of it goes to a server


def test_what_cannot_be_read_is_said_where_it_can_be_mended(page: Any) -> None:
    page.page.click("[data-own=open]")
    page.page.fill("#own-text", "1,x\n2,3")
    page.page.click("[data-own=text]")
    assert page.page.locator("#own").is_visible()
    assert page.page.locator("#own-error").text_content() == "pasted: Line 1: “x” is not a number."
    assert page.page.input_value("#own-text") == "1,x\n2,3"
    page.page.fill("#own-text", GOOD)
    page.page.click("[data-own=text]")
    assert page.page.locator("#own-error").text_content() == ""


DROP = """async ([name, text, size]) => {
    const file = new File([size ? new Uint8Array(size) : text], name);
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    const over = new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true });
    const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(over);
    document.body.dispatchEvent(drop);
    await file.text();
    return [over.defaultPrevented, drop.defaultPrevented]; }"""


def test_a_file_may_be_dropped_anywhere_and_never_replaces_the_page(page: Any) -> None:
    assert page.page.evaluate(DROP, ["mine.csv", GOOD, 0]) == [True, True]
    page.wait("document.getElementById('own-name').textContent === 'mine.csv over m(t)'")
    assert page.page.evaluate(DROP, ["photo.jpg", "", 100]) == [True, True]
    page.wait("document.getElementById('own').open")
    assert page.page.locator("#own-error").text_content() == "photo.jpg: This is not a file of text."
    assert own(page)["name"] == "mine.csv"  # what was there stays
    page.page.evaluate(DROP, ["large.csv", "", page.specification["own"]["most_bytes"] + 1])
    page.wait("document.getElementById('own-error').textContent === 'large.csv: it is larger than 5 MB.'")


def test_a_paste_on_the_page_is_a_table_and_one_into_a_box_is_not(page: Any) -> None:
    paste = """([text, where]) => { const clipboardData = new DataTransfer(); clipboardData.setData("text", text);
        const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
        document.querySelector(where).dispatchEvent(event); return event.defaultPrevented; }"""
    assert page.page.evaluate(paste, [GOOD, "#own-text"]) is False
    assert page.page.evaluate(paste, ["0.5", "body"]) is False
    assert own(page) is None
    assert page.page.evaluate(paste, [GOOD, "body"]) is True
    assert own(page)["time"] == [1, 10]


def test_it_is_a_part_of_every_picture_of_m_and_of_no_other(page: Any) -> None:
    code = """change({ own: argument.own }, "test"); const figure = structuredClone(argument.figure);
        const { prepare } = await import("/assets/page/own.mjs"); prepare(argument.name, figure); return figure;"""

    def prepared(name: str, overlap: str | None, data: Any) -> Any:
        meta = {"timed": True, "overlap": overlap}
        figure = {**FIGURE, "layout": {**FIGURE["layout"], "meta": meta}}
        return page.run("page/state.mjs", code, {"name": name, "figure": figure, "own": data})

    data = {"name": "a<b>", "time": [1, 10, 100], "overlap": [0.1, -0.2, 0.3]}
    linear = prepared("flow", "linear", data)
    assert [trace["name"] for trace in linear["data"]] == ["flow", "own data"]
    assert linear["data"][1]["y"] == data["overlap"]
    assert linear["data"][1]["mode"] == "lines+markers"
    words = linear["layout"]["annotations"][1]
    assert (words["text"], words["x"], words["y"]) == ("a b ", 1, -0.2)
    size = prepared("flow", "size", data)
    assert size["data"][1]["y"] == [0.1, 0.2, 0.3]
    assert size["layout"]["annotations"][1]["y"] == pytest.approx(np.log10(0.2))
    for name, overlap, own_data in (
        ("flow", None, data),
        ("landscape", "linear", data),
        ("flow", "linear", None),
    ):
        assert len(prepared(name, overlap, own_data)["data"]) == 1


def test_many_rows_are_thinned_and_outlast_a_reload_in_this_tab(page: Any) -> None:
    text = "\n".join(f"{k + 1},0.5" for k in range(50_000))
    page.run(OWN, "take(argument, 'a name that is longer than all others');", text)
    assert len(own(page)["time"]) <= 2000
    assert own(page)["name"] == "a name that is longer th"
    page.open()
    page.run(OWN, "start();")
    assert len(own(page)["time"]) <= 2000
    page.run("page/state.mjs", "change({ own: null }, 'test');")
    page.open()
    page.run(OWN, "start();")
    assert own(page) is None
