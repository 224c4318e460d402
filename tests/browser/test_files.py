"""Stories of files: every export is saved from memory; when it cannot be, the card says why and the page stays."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

NewVisit = Callable[..., Any]
QUERY = "?v=1&d2=0.4&dp=1.7&m0=1e-4&tmax=1000"
KINDS = ("csv", "json", "npz", "png", "svg")


def export(page: Page, card: str, label: str) -> None:
    """Press the first button of that name that the card's menu offers: of a table the one that is drawn."""
    page.locator(f"#{card}-export > summary").click()
    page.locator(f"#{card}-export .export-row:visible button", has_text=label).first.click()


@pytest.mark.parametrize("kind", KINDS)
def test_each_export_is_a_file_that_opens(visit: NewVisit, tmp_path: Path, kind: str) -> None:
    seen = visit()
    page = seen.open(QUERY)
    for card in ("flow", "phase", "spectrum", "landscape"):
        with page.expect_download() as download:
            export(page, card, kind.upper())
        assert download.value.url.startswith("blob:")
        file = tmp_path / card
        download.value.save_as(file)
        body = file.read_bytes()
        if kind == "csv":
            assert len(pd.read_csv(io.BytesIO(body), comment="#")) > 50
        elif kind == "json":
            assert json.loads(body)["columns"]
        elif kind == "npz":
            with np.load(io.BytesIO(body), allow_pickle=False) as entries:
                assert len(entries.files) > 2
        else:
            assert body.startswith(b"\x89PNG" if kind == "png" else b"<svg")
    assert page.locator(".order:visible").count() == 0


@pytest.mark.parametrize("label", ["CSV", "JSON", "NPZ", "Show"])
def test_offline_the_page_stays_and_the_card_says_why(visit: NewVisit, label: str) -> None:
    seen = visit()
    page = seen.open(QUERY)
    page.context.set_offline(True)
    export(page, "flow", label)
    expect(page.locator("#flow-card .order")).to_contain_text(
        "Nothing was saved. The server does not answer."
    )
    expect(page.locator("#flow-caption")).to_be_visible()
    page.context.set_offline(False)
    if label == "Show":
        export(page, "flow", label)
        expect(page.locator("#table")).to_be_visible()
    else:
        with page.expect_download():
            export(page, "flow", label)
    expect(page.locator("#flow-card .order")).to_be_hidden()
    seen.complaints.clear()  # the failed request is the browser's own error, wanted here


@pytest.mark.parametrize("label", ["PNG", "SVG"])
def test_pictures_need_no_server(visit: NewVisit, label: str) -> None:
    seen = visit()
    page = seen.open(QUERY)
    page.context.set_offline(True)
    with page.expect_download():
        export(page, "flow", label)
    page.context.set_offline(False)


def test_a_refusal_is_the_server_s_own_sentence(visit: NewVisit) -> None:
    seen = visit()
    page = seen.open(QUERY)
    page.route("**/data/**", lambda route: route.continue_(url=route.request.url + "&p=99"))
    export(page, "flow", "CSV")
    expect(page.locator("#flow-card .order")).to_contain_text(
        "Nothing was saved. p must be an integer from 3 to 10."
    )
    assert seen.query().startswith("?v=1&d2=0.4")
    seen.complaints.clear()
