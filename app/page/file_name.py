"""Names of saved files: what is in them and at which point, safe on every file system."""

from __future__ import annotations

from typing import Final

from .sample import NO_SAMPLE
from .state import DEFAULTS, Point

ALWAYS: Final = ("p", "d2", "dp")
WORDS: Final = {"T": "temp"}  # t and T are one letter where case does not count
DIGITS: Final = 6


def file_stem(what: str, point: Point, *, time: float | None = None, instance: bool = False) -> str:
    """The name of a file without its ending: ``saddlesurf-flow-p3-d2_0.5-dp_1``.

    Letters, digits, ``-``, ``_`` and points between digits alone; at most 140 characters.

    Parameters
    ----------
    what : str
        Which table or picture.
    point : Point
        p and both noises are always said, the other parameters where they are not the defaults.
    time : float, optional
        The moment of the flow that is shown.
    instance : bool
        Whether it is of the real instance, so that size and seed count too.

    Examples
    --------
    >>> file_stem("flow", Point())
    'saddlesurf-flow-p3-d2_0.4348-dp_1'
    """
    parameters, sample = point
    said = {name: value for name, value in parameters if name in ALWAYS or value != getattr(DEFAULTS, name)}
    parts = [
        f"p{said.pop('p')}",
        *(f"{WORDS.get(name, name)}_{short(value)}" for name, value in said.items()),
    ]
    if time is not None:
        parts.append(f"t_{short(time)}")
    if instance:
        parts += [f"N_{sample.N}", f"seed_{sample.seed}"]
        parts += [
            f"{name}_{value if isinstance(value, str) else short(value)}"
            for name, value in sample
            if name in ("start", "then", "until") and value != getattr(NO_SAMPLE, name)
        ]
    return "-".join(["saddlesurf", what.replace("_", "-"), *parts])


def short(value: float) -> str:
    """A number in a file's name: six digits, no plus sign: ``0.4348``, ``1e-10``, ``inf``."""
    mantissa, _, exponent = f"{value:.{DIGITS}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa
