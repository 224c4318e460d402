"""The landscape's views, the families of lines and the theory's pages, as plain functions."""

from __future__ import annotations

import re

import numpy as np
import pytest

from app.callbacks.theory import DOCS, PAGES, for_dash, theory_page
from app.cards import DECK, landscape, phase, sentence
from app.compute.compute import Compute
from app.figures.phase_lines import FAMILIES, INVERSE_DELTA_2, LINES
from app.main import create_compute
from app.page.address import query_of
from app.page.proposal import read_address
from app.page.state import DEFAULTS, Parameters
from app.page.story import STORY
from app.quantities.landscape import energy_map, equator_map, ladder
from app.quantities.lines import phase_lines
from app.settings import Settings
from engine import complexity, phases
from tests.app.pictures import drawn, request_for, texts, trace, values

VIEWS = [view.name for view in DECK.catalogue.looks["land"].views]
EXTREMES = (
    Parameters(dp=float("inf")),
    Parameters(d2=float("inf"), dp=0.2),
    Parameters(p=10, dp=1e-3, d2=0.05, tmax=100),
    Parameters(dp=1e6, d2=2),
    Parameters(d2=1 / 3, m0=-1e-4),
    Parameters(p=4, d2=0.4, m0=-1e-4, tmax=100),
    Parameters(T=1, d2=0.3333),
    Parameters(m0=0.999, tmax=1),
    Parameters(m0=-0.5, tmax=100),
    Parameters(T=1, d2=3, tmax=30),
)


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "parameters",
    [*(point.parameters for point in STORY if point.parameters.tmax <= 1e4), *EXTREMES],
    ids=lambda parameters: query_of(parameters) or "default",
)
def test_every_view_draws_every_kind_of_point(compute: Compute, view: str, parameters: Parameters) -> None:
    picture = landscape.CARD.draw(compute, request_for(parameters, land=view))
    figure = drawn(picture)
    assert figure.data
    assert picture.caption.endswith(landscape.CAVEAT)
    assert "nnealed" in picture.caption
    for words in (picture.caption.lower(), texts(picture).lower()):
        assert "nan" not in words
        assert "inf" not in words
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert np.isfinite(axis.range).all()
        assert axis.range[0] < axis.range[1]
    for annotation in figure.layout.annotations:
        assert np.isfinite([annotation.x, annotation.y]).all()
    assert len(figure.to_json()) < 80_000


@pytest.mark.parametrize("view", VIEWS)
def test_dark_and_light_share_the_numbers_but_not_the_ink(compute: Compute, view: str) -> None:
    light, dark = (
        drawn(landscape.CARD.draw(compute, request_for(DEFAULTS, theme=name, land=view)))
        for name in ("light", "dark")
    )
    for one, other in zip(light.data, dark.data, strict=True):
        np.testing.assert_array_equal(values(one.x), values(other.x))
    assert light.layout.font.color != dark.layout.font.color


def test_the_map_is_the_engines_complexity() -> None:
    found = energy_map(DEFAULTS.model)
    value = np.asarray(
        complexity.complexity_of_energy(DEFAULTS.model, found.overlap[None, :], found.energy[:, None])
    )
    assert found.highest == value.max()
    np.testing.assert_allclose(
        found.level[value > 1e-3] / 255, np.sqrt(value[value > 1e-3] / found.highest), atol=0.51 / 255
    )
    assert (found.level[value < 0] == 0).all()


def test_minima_on_the_map_are_where_the_engine_has_them() -> None:
    found = energy_map(DEFAULTS.model)
    m, e = found.minima[:, np.isfinite(found.minima).all(axis=0)]
    bands = complexity.minima_bands(DEFAULTS.model)
    assert m.min() == pytest.approx(bands[0, 0], abs=1e-6)
    assert m.max() == pytest.approx(bands[-1, 1], abs=1e-6)
    on_edge = complexity.complexity_of_energy(DEFAULTS.model, m, e, index=0)
    np.testing.assert_allclose(on_edge[np.abs(m) < 0.03], 0, atol=6e-4)  # zero below, Σ(m, 2σ) above
    assert energy_map(Parameters(d2=0.2).model).minima.shape[1] <= 1 + 2 * 82  # only the mirror side, if any


def test_the_flow_ends_at_the_star_on_the_map(compute: Compute) -> None:
    figure = drawn(landscape.CARD.draw(compute, request_for(DEFAULTS, land="map", moment=1.0)))
    star, path, moment = (trace(figure, name) for name in ("good minimum m*, e*", "flow", "flow's moment"))
    good = complexity.good_minimum(DEFAULTS.model)
    assert good is not None
    assert (star.x[0], star.y[0]) == (good.overlap, good.energy)
    assert values(path.x)[-1] == pytest.approx(good.overlap, abs=1e-4)
    assert values(path.y)[-1] == pytest.approx(good.energy, abs=2e-4)
    assert moment.x[0] == pytest.approx(good.overlap, abs=1e-4)
    assert np.abs(np.diff(values(path.x))).max() < 0.05  # no corners
    picture = landscape.CARD.draw(compute, request_for(DEFAULTS, land="map"))
    words = texts(picture)
    for name in ("good minimum", "threshold, Kac–Rice", "threshold, ageing", "minima", "flow"):
        assert name in words
    assert "m = 0.812, e = −1.997" in str(picture.caption)


def test_a_start_on_the_other_side_is_shown_there(compute: Compute) -> None:
    figure = drawn(landscape.CARD.draw(compute, request_for(Parameters(d2=1 / 3, m0=-1e-4), land="map")))
    assert figure.layout.xaxis.range[0] < -0.9
    assert trace(figure, "mirror minimum").x[0] == pytest.approx(-0.5686, abs=1e-4)


@pytest.mark.parametrize(("p", "delta_p"), [(3, 1.0), (3, 0.05), (4, 1.5), (6, 30.0)])
def test_the_crossings_of_the_equator_are_the_lines_of_the_diagram(p: int, delta_p: float) -> None:
    found = equator_map(p, delta_p)
    assert found.gradient_flow == 1 / phases.gradient_flow_line(p, delta_p)
    assert found.typical == 1 / phases.typical_line(p, delta_p)
    there = np.isfinite(found.bbp)
    assert found.inverse_delta_2[there][0] == pytest.approx(found.gradient_flow, rel=1e-6)
    assert found.bbp[there][0] == pytest.approx(2, abs=1e-9)
    at = int(np.argmin(np.abs(found.inverse_delta_2 - found.typical)))
    assert found.bbp[at] == pytest.approx(found.top_all[at], rel=1e-8)
    beyond = found.inverse_delta_2 > found.trivialization * (1 + 1e-9)
    assert np.isnan(found.top_minima[beyond]).all()
    assert np.isfinite(found.top_minima[~beyond][:-1]).all()


def test_the_equator_marks_the_lines_of_the_diagram(compute: Compute) -> None:
    shown = texts(landscape.CARD.draw(compute, request_for(DEFAULTS, land="equator")))
    assert "gradient flow 2" in shown
    assert f"typical {1 / float(phases.typical_line(3, 1.0)):.3f}" in shown
    assert f"minima end {1 / float(phases.trivialization_line(3, 1.0)):.3f}" in shown


def test_the_ladder_is_ordered_and_has_the_numbers_of_the_story() -> None:
    found = ladder(DEFAULTS.model)
    edge = int(np.argmin(np.abs(found.scaled - 2)))
    assert found.complexity_index[0][edge] == pytest.approx(5.7e-4, abs=1e-5)
    beyond = found.complexity_index[:, edge:]
    assert (np.diff(beyond[1:], axis=0) <= 1e-12).all()  # each further descending direction costs more
    np.testing.assert_allclose(beyond[1], found.complexity_all[edge:])  # θ > 1: typically one
    saddles = ladder(Parameters(d2=1 / 3).model)
    edge = int(np.argmin(np.abs(saddles.scaled - 2)))
    assert saddles.complexity_index[0][edge] == pytest.approx(-4.9e-3, abs=1e-4)
    assert saddles.complexity_all[edge] == pytest.approx(4.6e-4, abs=1e-5)


def test_the_equator_says_what_the_diagram_says(compute: Compute) -> None:
    for inverse, words in (
        (1.8, "typically minima"),
        (2.1, "above it minima"),
        (2.3, "atypical minima"),
        (3, "no minima"),
    ):
        picture = landscape.CARD.draw(compute, request_for(Parameters(d2=1 / inverse), land="equator"))
        assert words in picture.caption
    for dp in (float("inf"), 1e6):
        for view in ("equator", "ladder"):
            picture = landscape.CARD.draw(compute, request_for(Parameters(dp=dp), land=view))
            assert "not exponentially many" in picture.caption


def test_the_families_are_those_that_can_be_chosen() -> None:
    assert tuple(FAMILIES) == tuple(view.name for view in DECK.catalogue.looks["lines"].views)


@pytest.mark.parametrize("p", range(3, 11))
@pytest.mark.parametrize("families", [(), *((family,) for family in FAMILIES), tuple(FAMILIES)])
def test_every_family_of_lines_draws_for_every_order(
    compute: Compute, p: int, families: tuple[str, ...]
) -> None:
    picture = phase.CARD.draw(compute, request_for(Parameters(p=p), lines=list(families)))
    figure = drawn(picture)
    shown = {data.name for data in figure.data}
    assert (values(trace(figure, "matrix alone").y) == 1).all()  # always
    assert ("Langevin dynamics" in shown) == ("langevin" in families)
    assert ("gradient flow" in shown) == ("flow" in families)
    assert ("impossible" in shown) == ("bayes" in families)
    assert ("mirror well stable" in shown) == ("wells" in families and p % 2 == 1)
    assert len(figure.layout.meta["tangents"]) == len(figure.layout.annotations)
    for annotation in figure.layout.annotations:
        assert np.isfinite([annotation.x, annotation.y]).all()
        assert np.log10(INVERSE_DELTA_2[0]) < annotation.y < np.log10(INVERSE_DELTA_2[1])
        assert annotation.textangle is None or np.isfinite(float(annotation.textangle))
    if "wells" in families:
        assert "heuristic" in texts(picture)


def test_every_line_says_under_the_pointer_what_it_is_and_where_to_look(compute: Compute) -> None:
    figure = drawn(phase.CARD.draw(compute, request_for(Parameters(p=5), lines=list(FAMILIES))))
    for data in figure.data:
        if data.hoverinfo != "skip":
            assert re.search(r"card|posterior", data.hovertemplate), data.name
            assert f"<b>{data.name}</b>" in data.hovertemplate
            assert "$" not in data.hovertemplate
    assert all("heuristic" in line.why for name, line in LINES.items() if name == "decay_line")


def test_bayes_is_hatched_and_never_filled(compute: Compute) -> None:
    for p, names in (
        (3, {"impossible", "hard"}),
        (5, {"impossible", "hard", "weak overlap easy, full one hard"}),
    ):
        figure = drawn(phase.CARD.draw(compute, request_for(Parameters(p=p), lines=["bayes"])))
        hatched = {data.name: data for data in figure.data if data.fill == "toself"}
        assert set(hatched) == names
        for data in hatched.values():
            assert data.fillpattern.shape
            assert data.fillpattern.bgcolor == "rgba(0,0,0,0)"


def test_a_temperature_leaves_bayes_and_the_langevin_line_alone(compute: Compute) -> None:
    figure = drawn(phase.CARD.draw(compute, request_for(Parameters(T=1), lines=list(FAMILIES))))
    shown = {data.name for data in figure.data}
    assert "Langevin dynamics" in shown
    assert "impossible" in shown
    assert not shown & {"gradient flow", "trivialization", "good well stable"}


def test_the_sentence_adds_bayes_only_when_it_is_shown(compute: Compute) -> None:
    said = phases.classify(DEFAULTS.model).bayes_sentence
    with_lines = sentence.CARD.draw(compute, request_for(DEFAULTS, lines=["flow", "bayes"])).caption
    assert any(getattr(part, "text", "") == said for part in with_lines)  # a part of its own
    for without in (request_for(DEFAULTS), request_for(DEFAULTS, lines=["flow"])):
        assert said not in str(sentence.CARD.draw(compute, without).caption)


def test_the_table_of_lines_has_the_whole_public_door() -> None:
    found = phase_lines(3)
    np.testing.assert_array_equal(
        found.trivialization_line_all, phases.trivialization_line(3, found.delta_p, overlaps="all")
    )
    bayes = phases.bayes_lines(3, found.delta_p)
    for name in ("dynamic", "information", "algorithmic"):
        np.testing.assert_array_equal(getattr(found, f"bayes_{name}"), getattr(bayes, name))
    np.testing.assert_array_equal(found.decay_line, phases.decay_line(3, found.delta_p))


def test_an_address_chooses_views_and_lines() -> None:
    read = read_address("?v=1&land=map&lines=bayes,flow", DECK.catalogue.looks)
    assert read["looks"]["land"] == "map"
    assert read["looks"]["lines"] == ["flow", "bayes"]
    assert read_address("?v=1&lines=", DECK.catalogue.looks)["looks"]["lines"] == []
    assert "view" in read_address("?v=1&land=volcano", DECK.catalogue.looks)["errors"]["address"]


@pytest.mark.parametrize("name", PAGES)
def test_the_theorys_pages_are_the_documentation(name: str) -> None:
    file = DOCS / PAGES[name]
    text = file.read_text(encoding="utf-8")
    shown = theory_page(name).children
    assert shown == for_dash(text)
    assert len(shown) > 500
    for line in shown.splitlines():
        assert "$$" not in line or line == "$$"  # displayed formulas stand alone
    prose = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", "", shown, flags=re.DOTALL)
    links = re.findall(r"(?<!\\)\[[^\]]*\](?:\([^)]*\))?", prose)
    assert all(link.endswith(")") for link in links)  # a bracket alone would be read as a link to nowhere
    assert theory_page("../../pyproject.toml").children == theory_page("landscape").children
