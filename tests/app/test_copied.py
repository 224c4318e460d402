"""What is copied of a view: Python that draws what the page draws, and how to cite it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.cards import DECK
from app.compute.compute import Compute
from app.figures.complexity import symlog
from app.main import create_app, create_compute
from app.page.citation import bibtex
from app.page.plots import PLOTS, plot_lines
from app.page.state import Parameters, Point
from app.physics import VERSION
from app.settings import Settings
from tests.app.pictures import drawn, request_for, trace, values

ROOT = Path(__file__).resolve().parents[2]
POINT = Parameters(d2=0.4, dp=1.7, m0=1e-4, tmax=1e3)
MOMENT = 0.7
#: By view: a curve of the page's picture, and the call that draws it: its name, and which of that name.
CURVES: dict[str, tuple[str, str, int]] = {
    "flow:overlap": ("flow", "semilogx", 0),
    "flow:log_overlap": ("flow", "loglog", 0),
    "flow:energy": ("flow", "semilogx", 0),
    "flow:multiplier": ("flow", "semilogx", 0),
    "flow:growth": ("rate", "semilogx", 0),
    "flow:fluctuation": ("flow", "plot", 0),
    "flow:scan_d2": ("θ", "semilogx", 0),
    "flow:scan_dp": ("θ", "semilogx", 0),
    "spectrum:moment": ("bulk", "plot", 0),
    "spectrum:edge": ("bulk", "plot", 0),
    "spectrum:surfing": ("bulk's lower edge", "semilogx", 0),
    "landscape:curves": ("minima", "plot", 1),
    "landscape:map": ("flow", "plot", 0),
    "landscape:equator": ("outlier at zero", "plot", 2),
    "landscape:ladder": ("minima", "plot", 1),
    "phase": ("gradient flow", "loglog", 2),
}


class Axes(ModuleType):
    """Takes every call of matplotlib and remembers it."""

    def __init__(self) -> None:
        super().__init__("matplotlib.pyplot")
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*args: Any, **_: Any) -> Any:
            self.calls.append((name, args))
            return Axes() if name == "twinx" else None

        return call

    def of(self, name: str) -> list[tuple[Any, ...]]:
        """What was given to the calls of that name."""
        return [args for called, args in self.calls if called == name]


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


def run(lines: str, monkeypatch: pytest.MonkeyPatch) -> Axes:
    """Run copied lines with a matplotlib that draws nothing."""
    plt = Axes()
    package = ModuleType("matplotlib")
    package.pyplot = plt  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "matplotlib", package)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", plt)
    exec(lines, {})
    return plt


def views() -> list[str]:
    """Every view of every picture, as the page names it."""
    found = []
    for card in DECK.cards:
        look = card.description.look
        if card.description.has_picture and look is not None:
            name = card.description.name
            found += [name] if look.many else [f"{name}:{view.name}" for view in look.views]
    return found


def picture(compute: Compute, view: str, parameters: Parameters = POINT) -> Any:
    name, _, way = view.partition(":")
    card = next(card for card in DECK.cards if card.description.name == name)
    assert card.description.look is not None
    looks: dict[str, Any] = {card.description.look.name: way} if way else {}
    return drawn(card.draw(compute, request_for(parameters, moment=MOMENT, **looks)))


def test_every_view_of_every_picture_has_its_lines() -> None:
    assert sorted(PLOTS) == sorted(views())
    assert set(CURVES) == set(PLOTS) - {"flow:correlation"}


@pytest.mark.parametrize("view", CURVES)
def test_the_lines_draw_what_the_page_draws(
    compute: Compute, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    """The page's points lie on the copied curve, within a pixel of some hundred."""
    name, call, which = CURVES[view]
    time = 0.1 * (POINT.tmax / 0.1) ** MOMENT
    plt = run(plot_lines(view, POINT, time, "figure"), monkeypatch)
    x, y = (np.asarray(axis, float) for axis in plt.of(call)[which][:2])
    shown = trace(picture(compute, view), name)
    u, v = (np.asarray(values(axis), float) for axis in (shown.x, shown.y))
    if view == "landscape:curves":
        y = symlog(y)
    log = [call in ("semilogx", "loglog"), call == "loglog"]
    (x, u), (y, v) = (
        (np.log10(a), np.log10(b)) if is_log else (a, b)
        for is_log, (a, b) in zip(log, ((x, u), (y, v)), strict=True)
    )
    at = np.linspace(0, x.size - 1, 10 * x.size)  # along the line, between its points too
    x, y = (np.interp(at, np.arange(axis.size), axis) for axis in (x, y))
    seen = np.isfinite(u) & np.isfinite(v) & (u >= x.min()) & (u <= x.max())
    assert seen.sum() > 20
    spans = [np.ptp(axis[seen]) for axis in (u, v)]
    gaps = np.hypot((u[seen, None] - x) / spans[0], (v[seen, None] - y) / spans[1])
    assert np.nanmin(gaps, axis=1).max() < 0.01
    assert plt.of("savefig") == [("figure.pdf",)]
    assert plt.of("xlabel")
    assert plt.of("ylabel")


def test_the_lines_of_the_correlation_draw_its_map(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    plt = run(plot_lines("flow:correlation", POINT, 10.0, "figure"), monkeypatch)
    x, y, z = plt.of("pcolormesh")[0]
    shown = trace(picture(compute, "flow:correlation"), "correlation")
    for axis, ours in ((shown.x, x), (shown.y, y), (shown.z, z)):
        np.testing.assert_allclose(values(axis), ours, atol=6e-5, rtol=1e-6)


@pytest.mark.parametrize("view", PLOTS)
@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(d2=1.25, tmax=30.0),
        Parameters(d2=0.6, dp=np.inf, m0=1e-3, tmax=30.0),
        Parameters(p=4, d2=0.5, dp=2.0, m0=-1e-2, T=0.5, tmax=30.0),
    ],
)
def test_the_lines_run_anywhere(monkeypatch: pytest.MonkeyPatch, view: str, parameters: Parameters) -> None:
    assert run(plot_lines(view, parameters, 20.0, "figure"), monkeypatch).of("savefig")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    client: FlaskClient = create_app(
        Settings(cache_folder=tmp_path_factory.mktemp("cache"))
    ).server.test_client()
    return client


def test_the_page_is_given_the_lines_of_a_view(client: FlaskClient) -> None:
    message = {"point": Point(POINT).to_store(), "view": "flow:overlap", "time": 12.5}
    answer = client.post("/python", json=message).json
    assert answer == {
        "code": plot_lines(
            "flow:overlap", POINT, 12.5, "saddlesurf-flow-overlap-p3-d2_0.4-dp_1.7-m0_0.0001-tmax_1000"
        )
    }
    for wrong in ({"view": "flow"}, {"view": None}, {"time": "x"}, {"time": True}):
        refused = client.post("/python", json=message | wrong)
        assert refused.status_code == 400
        assert "not one of this page's" in refused.json["sentence"]


def test_a_view_is_cited_with_its_address(client: FlaskClient) -> None:
    address = "https://host.test/x/?v=1&d2=0.4&lines=flow,bayes"
    code = client.post("/cite", json={"address": address}).json["code"]
    assert code == bibtex(address)
    assert f"url     = {{{address}}}" in code
    assert f"version = {{{VERSION}}}" in code
    said = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    software, paper, *_ = re.split(r"^  - type", said, flags=re.MULTILINE)
    title, authors = (re.findall(pattern, software)[0] for pattern in (r'title: "(.*)"', r'name: "(.*)"'))
    assert f"title   = {{{title}}}" in code
    assert f"{{{{{authors}}}}}" in code
    names = re.findall(r'family-names: "(.*?)"', paper)
    assert len(names) == 5
    assert all(name.replace("á", "{\\'a}") in code for name in names)
    assert re.findall(r'title: "(.*)"', paper)[0].lower() in re.sub("[{}]", "", code).lower()
    assert code.count("{") == code.count("}")


@pytest.mark.parametrize("address", ["http://h/?a={x}", "http://h/?a=b c\\", "http://h/?a=ü\n}"])
def test_an_address_cannot_end_its_entry(address: str) -> None:
    url = re.search(r"url     = \{(.*)\},\n\}", bibtex(address))
    assert url
    assert re.fullmatch(r"[!-z~|]*", url[1]), url[1]
    assert not set(url[1]) & set("{}\\ ")


@pytest.mark.parametrize(
    "message", [None, {}, {"address": 3}, {"address": "javascript:x"}, {"address": "http://" + 3000 * "x"}]
)
def test_what_is_no_address_is_not_cited(client: FlaskClient, message: Any) -> None:
    assert client.post("/cite", json=message).status_code == 400
