"""The atlases that the package brings: what they are, where they come from, and that the engine still says the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.compute.sources import ENGINE_DIGEST
from app.quantities.formats import CITATION
from engine import Status, atlas
from engine.atlas import __main__ as command
from engine.atlas import files, options

DATA = Path(__file__).resolve().parents[2] / "app" / "data"
ORDERS = (3, 4)
N_SAMPLES = 16


def shipped(p: int) -> tuple[atlas.Atlas, dict[str, object]]:
    return atlas.unpack((DATA / f"atlas_p{p}.npz").read_bytes())


@pytest.mark.parametrize("p", ORDERS)
def test_it_is_the_pages_own_plane_and_says_how_it_was_made(p: int) -> None:
    found, about = shipped(p)
    assert found.plane == atlas.Plane(p=p)
    assert found.resolution == 128
    assert found.is_complete
    asked = options.options(
        str(about["command"]).removeprefix("saddlesurf atlas ").split(), "saddlesurf atlas"
    )
    assert (asked.plane, asked.resolution, asked.out) == (found.plane, 128, f"atlas_p{p}.npz")
    assert {"engine_version", "sources", "numpy", "numba", "scipy", "date"} <= set(about)
    assert (about["licence"], about["citation"]) == ("MIT", CITATION)


def test_they_take_a_megabyte_at_most() -> None:
    assert {file.name for file in DATA.iterdir()} == {f"atlas_p{p}.npz" for p in ORDERS}
    assert sum(file.stat().st_size for file in DATA.iterdir()) <= 1e6


@pytest.mark.jit
@pytest.mark.parametrize("p", ORDERS)
def test_its_samples_are_what_the_engine_says_today(p: int) -> None:
    """Within the solver's own error, five times its tolerance of 1e-4; another processor rounds otherwise."""
    found, _ = shipped(p)
    rows, columns = np.random.default_rng(p).integers(0, found.resolution, (2, N_SAMPLES))
    plane = found.plane
    today = atlas.tile(
        p, found.delta_p[columns], found.delta_2[rows], overlap_0=plane.overlap_0, t_max=plane.t_max
    )
    np.testing.assert_array_equal(found.status_code[rows, columns], today.status_code)
    np.testing.assert_allclose(found.final_overlap[rows, columns], today.final_overlap, rtol=0, atol=5e-4)
    np.testing.assert_allclose(found.escape_time[rows, columns], today.escape_time, rtol=2e-3)
    assert 3 <= np.isfinite(today.escape_time).sum() <= N_SAMPLES - 3  # some escape, some do not


@pytest.mark.parametrize("p", ORDERS)
def test_it_escapes_where_the_landscape_is_easy_and_not_where_it_is_hard(p: int) -> None:
    found, _ = shipped(p)
    assert found.final_overlap[0].min() > 0.9  # 1/Δ₂ = 20
    assert found.final_overlap[-1].max() < 0.1  # 1/Δ₂ = 0.3
    assert np.isnan(found.escape_time[-1]).all()
    cut = found.status_code == tuple(Status).index(Status.STOPPED_EARLY)
    assert (np.isnan(found.final_overlap) == cut).all()


def test_the_command_line_and_the_page_say_the_same_of_a_version() -> None:
    assert files.sources_digest() == ENGINE_DIGEST
    assert command.CITATION == CITATION
