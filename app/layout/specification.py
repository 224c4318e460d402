"""What the page's scripts have to know, once: controls, cards, looks, story, limits, colours, times.

It stands in the page as a block of JSON before every script, so that a script never runs without it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson

from ..compute.sources import APP_DIGEST, digest
from ..figures.theme import DARK, LIGHT
from ..figures.timeline import FIRST_TIME
from ..page import glossary
from ..page.catalogue import Catalogue
from ..page.pins import MOST_PINS
from ..page.sample import LARGEST_SEED, MOST_STEPS, TIMES
from ..page.state import ORIGIN, PUBLIC_NAMES
from ..page.story import STORY
from ..physics import VERSION, checks
from .cards import GRAPH_CONFIG
from .controls import BOXES, CONTROLS, SAMPLE_CONTROLS

FIRST_SIZE: Final = 10_000  # of the instance that the switch shows first
#: Milliseconds: without a change until what moves has come to rest, and until words are told to who hears them;
#: until an old picture is dimmed; until the server is asked what keeps it; until a silent request is given up, and one
#: for a file; until a lost one is asked again, at first and at the longest.
PACE: Final = {
    "settle": 250,
    "announce": 500,
    "late": 400,
    "look": 1_500,
    "patience": 20_000,
    "download": 120_000,
    "again": 2_000,
    "longest": 60_000,
}
LARGEST_FILE: Final = 5_000_000  # bytes of one's own data
ASSETS: Final = Path(__file__).resolve().parents[2] / "assets"
#: What page and server were made from: a page whose server has another one is told that there is a new version.
BUILD: Final = digest(APP_DIGEST, sorted(ASSETS.rglob("*.[mc]*s")))


def specification(catalogue: Catalogue, base: str) -> dict[str, Any]:
    """All of it.

    Parameters
    ----------
    catalogue : Catalogue
        The cards and their looks.
    base : str
        Path under which the page is seen.
    """
    limits: dict[str, Any] = {
        short: (checks.RANGES[public].lower, checks.RANGES[public].upper)
        for short, public in PUBLIC_NAMES.items()
    }
    return {
        "version": VERSION,
        "build": BUILD,
        "base": base,
        "controls": [asdict(control) for control in (*CONTROLS, *SAMPLE_CONTROLS)],
        "boxes": BOXES,
        "defaults": ORIGIN.to_store(),
        "looks": {
            name: {"default": look.default, "many": look.many, "control": name in catalogue.choices}
            for name, look in catalogue.looks.items()
        },
        "cards": {name: card.specification() for name, card in catalogue.cards.items()},
        "stories": [point.specification() for point in STORY],
        "pins": {"most": MOST_PINS, "parameters": tuple(PUBLIC_NAMES)},
        "graph": GRAPH_CONFIG,
        "limits": limits
        | {"N": (checks.SMALLEST_N, checks.LARGEST_N), "until": TIMES, "seed": (0, LARGEST_SEED)},
        "instance": {"first_size": FIRST_SIZE, "most_runs": MOST_STEPS},
        "moment": {
            "first": FIRST_TIME,
            "colour": {look.name: look.outlier for look in (LIGHT, DARK)},
        },
        "own": {
            "most_bytes": LARGEST_FILE,
            "colour": {look.name: look.ink for look in (LIGHT, DARK)},
        },
        "pace": PACE,
        "glossary": glossary.specification(),
    }


def as_block(data: dict[str, Any]) -> str:
    """The JSON as it may stand in a page: nothing in it can end the block."""
    return orjson.dumps(data).decode().replace("<", "\\u003c")
