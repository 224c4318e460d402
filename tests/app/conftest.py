"""What several tests of the app begin with."""

from __future__ import annotations

import pytest

from app.cards import measured
from app.compute.compute import Compute
from app.main import create_compute
from app.settings import Settings
from tests.app.atlases import Door, Jobs


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Compute:
    """The shelves of a server."""
    return create_compute(Settings(cache_folder=tmp_path_factory.mktemp("cache")))


@pytest.fixture
def door(shelves: Compute, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A door whose long work is made up, and no atlas comes with the package."""
    monkeypatch.setattr(measured, "shipped", lambda _: None)
    made = Door(shelves._cache)
    made.work = Jobs()
    return made
