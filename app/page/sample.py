"""Which real instance is shown beside the theory: its size, its noise, where the descent starts and how far it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

from ..physics import ParameterError, checks
from .reading import changed, read_number, read_whole

LARGEST_SEED: Final = 2**32 - 1
TIMES: Final = (1.0, 1e3)
STARTS: Final = ("m0", "random")
#: What may follow a run on the same landscape: another random start, or the mirror image of where it ended.
STEPS: Final[Mapping[str, str]] = {"o": "other", "f": "flipped"}
MOST_STEPS: Final = 8
SEEDS: Final = (20, 50, 100, 200)  # instances of each size in an ensemble
LADDER: Final = (100, 1_000, 10_000, 100_000, 1_000_000)  # its sizes

SENTENCES: Final[Mapping[str, str]] = {
    "N": "N must be a whole number from 16 to 1e12, or 0 for no instance.",
    "seed": "The seed must be a whole number from 0 to 4294967295.",
    "until": "The instance's final time must lie between 1 and 1000.",
    "start": "The start of an instance is m0 or random.",
    "then": "What follows on the same landscape is a word of at most 8 letters o (other start) and f (flipped).",
}


class Sample(BaseModel):
    """One sample of the disorder and a descent on it; field names are those of an address.

    Parameters
    ----------
    N : int
        Dimension, 16 to 10¹²; 0: no instance is shown.
    seed : int
        Of the noise and of what is random in the start.
    start : {"m0", "random"}
        Start at the overlap m₀ of the flow, or at a uniformly random point.
    then : str
        Later runs on the same landscape, a letter each (`STEPS`).
    until : float
        Final time of every run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    N: int = 0
    seed: int = 1
    start: str = "m0"
    then: str = ""
    until: float = 20.0

    @model_validator(mode="after")
    def _in_range(self) -> Sample:
        _require("N", self.N == 0 or checks.SMALLEST_N <= self.N <= checks.LARGEST_N)
        _require("seed", 0 <= self.seed <= LARGEST_SEED)
        _require("start", self.start in STARTS)
        _require("then", len(self.then) <= MOST_STEPS and set(self.then) <= set(STEPS))
        _require("until", TIMES[0] <= self.until <= TIMES[1])
        return self

    @property
    def is_shown(self) -> bool:
        """Whether there is an instance on the page."""
        return self.N > 0


def _require(name: str, holds: bool) -> None:
    if not holds:
        raise ParameterError(name, SENTENCES[name])


NAMES: Final = tuple(Sample.model_fields)
NO_SAMPLE: Final = Sample()


def read_part(name: str, text: str) -> Any:
    """Read one part of a sample from text; raises `ParameterError` with a sentence if it is not valid."""
    text = text.strip()
    if name in ("start", "then"):
        value: Any = text
    else:
        value = (read_number if name == "until" else read_whole)(name, text, SENTENCES[name])
    return getattr(changed(NO_SAMPLE, **{name: value}), name)


def sample_from(data: Mapping[str, Any]) -> Sample:
    """Read the part of the page's store that concerns the instance."""
    return changed(NO_SAMPLE, **{name: data[name] for name in NAMES if name in data})
