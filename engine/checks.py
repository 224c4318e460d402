"""Ranges and checks of every public parameter, each once; no module of the engine checks a range of its own.

A check returns the value as what it stands for (a float, an int, a float array) or raises `ParameterError` with the
parameter's public name and the sentence of its range. More than 250 lines: whoever asks what may be asked finds it
in one place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ParameterError
from .words import say

Floats: TypeAlias = NDArray[np.float64]
Values: TypeAlias = float | Floats

SMALLEST_N: Final = 16
LARGEST_N: Final = 10**12
MAX_HESSIANS: Final = 64


class Range(NamedTuple):
    """The closed interval of values a parameter may take, and how to say so.

    Attributes
    ----------
    lower, upper : float
        Its ends.
    sentence : str
        What is allowed, ready to be shown to a person.
    """

    lower: float
    upper: float
    sentence: str


RANGES: Final[Mapping[str, Range]] = MappingProxyType(
    {
        "p": Range(3, 10, "p must be an integer from 3 to 10."),
        "delta_2": Range(
            1e-4, 1e8, "Δ₂ must be a number from 0.0001 to 1e8, or inf to switch the matrix off."
        ),
        "delta_p": Range(
            1e-4, 1e8, "Δp must be a number from 0.0001 to 1e8, or inf to switch the tensor off."
        ),
        "temperature": Range(0.0, 2.0, "The temperature must be a number from 0 to 2."),
        "temperature_0": Range(
            1e-4, 1e8, "T₀ must be a number from 0.0001 to 1e8, or inf for a random configuration."
        ),
        "order": Range(1, 12, "An order must be a whole number from 1 to 12."),
        "coupling": Range(1e-12, 1e8, "A coupling must be 0 or have a size from 1e-12 to 1e8."),
        "overlap_0": Range(
            1e-100, 0.999, "The initial overlap must have a size from 1e-100 to 0.999; its sign is free."
        ),
        "overlap": Range(-1.0, 1.0, "The overlap must be a number between -1 and 1, the ends excluded."),
        "target_overlap": Range(0.0, 1.0, "The target overlap must lie between 0 and 1."),
        "negative_fraction": Range(
            0.0, 1.0, "The fraction must be a number between 0 and 1, the ends excluded."
        ),
        "t_max": Range(1.0, 1e6, "The final time must be a number from 1 to 1e6."),
        "tolerance": Range(1e-8, 1e-2, "The tolerance must be a number from 1e-8 to 1e-2."),
        "path_tolerance": Range(
            1e-8, 0.1, "The tolerance must be 0 (each step its own direction) or a number from 1e-8 to 0.1."
        ),
        "n_dim": Range(SMALLEST_N, LARGEST_N, "N must be a whole number from 16 to 1e12."),
        "seed": Range(0, 2**64, "The seed must be a whole number, 0 or more."),
        "n_hessians": Range(
            0, MAX_HESSIANS, f"The number of Hessians must be a whole number from 0 to {MAX_HESSIANS}."
        ),
        "resolution": Range(8, 1024, "The resolution must be a multiple of 8 from 8 to 1024."),
        "n_steps": Range(0, 10**5, "The number of steps must be a whole number from 0 to 100000."),
        "n_times": Range(2, 2000, "The number of times must be a whole number from 2 to 2000."),
        "n_waiting_times": Range(
            50, 5000, "The number of waiting times must be a whole number from 50 to 5000."
        ),
        "index": Range(
            0,
            10**6,
            "The index must be a whole number from 0 (minima) to 1000000, or None for all stationary points.",
        ),
    }
)


def check_number(name: str, value: float, sentence: str) -> float:
    """Return ``value`` as a float.

    Parameters
    ----------
    name : str
        Public name of the parameter, put into the error.
    value : float
        What was given.
    sentence : str
        The error's sentence.

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        If it is not a number at all.
    """
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):  # a whole number may be too large for a float
        raise ParameterError(name, sentence) from None


def check_range(name: str, value: float, *, magnitude: bool = False, key: str | None = None) -> float:
    """Return ``value`` as a float if it lies in the range of ``name``.

    Parameters
    ----------
    name : str
        Public name of the parameter, put into the error.
    value : float
        The value to check.
    magnitude : bool, optional
        Whether the range is one of ``abs(value)``.
    key : str, optional
        Key of `RANGES`, by default the name.

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        If it does not, or is not a number at all.
    """
    lower, upper, sentence = RANGES[key or name]
    number = check_number(name, value, sentence)
    if not lower <= (abs(number) if magnitude else number) <= upper:
        raise ParameterError(name, sentence)
    return number


def check_ranges(name: str, value: ArrayLike, *, magnitude: bool = False) -> Floats:
    """Return ``value`` as a float array if every entry lies in the range of ``name``.

    Parameters
    ----------
    name : str
        A key of `RANGES`.
    value : array_like
        The values to check.
    magnitude : bool, optional
        Whether the range is one of ``abs(value)``.

    Returns
    -------
    ndarray
        Of the shape of ``value``.

    Raises
    ------
    ParameterError
        If an entry does not, or is not a number at all.
    """
    lower, upper, sentence = RANGES[name]
    array = _array(name, value, sentence)
    size = np.abs(array) if magnitude else array
    if not ((size >= lower) & (size <= upper)).all():
        raise ParameterError(name, sentence)
    return array


def check_inside(name: str, value: ArrayLike, *, key: str | None = None) -> Floats:
    """Return ``value`` as a float array if every entry lies strictly inside the range of ``name``.

    Parameters
    ----------
    name : str
        Public name of the parameter, put into the error.
    value : array_like
        The values to check.
    key : str, optional
        Key of `RANGES`, by default the name.

    Returns
    -------
    ndarray
        Of the shape of ``value``.

    Raises
    ------
    ParameterError
        If an entry does not, or is not a number at all.
    """
    lower, upper, sentence = RANGES[key or name]
    array = _array(name, value, sentence)
    if not ((array > lower) & (array < upper)).all():
        raise ParameterError(name, sentence)
    return array


def check_overlaps(value: ArrayLike) -> Floats:
    """Return overlaps as a float array; `ParameterError` unless all lie strictly between -1 and 1."""
    return check_inside("overlap", value)


def check_count(name: str, value: int, *, key: str | None = None) -> int:
    """Return ``value`` as an int if it is a whole number in the range of ``name``.

    Parameters
    ----------
    name : str
        Public name of the parameter, put into the error.
    value : int
        What was given; a float that is a whole number will do, a bool will not.
    key : str, optional
        Key of `RANGES`, by default the name.

    Returns
    -------
    int

    Raises
    ------
    ParameterError
        If it is not.
    """
    lower, upper, sentence = RANGES[key or name]
    try:
        count = int(value)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError(name, sentence) from None
    if count != value or isinstance(value, bool) or not lower <= count <= upper:
        raise ParameterError(name, sentence)
    return count


def check_order(p: int) -> int:
    """Return the tensor order as an int, or raise `ParameterError`."""
    return check_count("p", p)


def check_planted_overlap(overlap_0: float | None) -> float:
    """Return the overlap 1 with which a planted landscape starts; `ParameterError` if another one is given."""
    if overlap_0 not in (None, 1.0):
        raise ParameterError(
            "overlap_0", "A planted landscape starts at overlap 1 with its start: give no other one."
        )
    return 1.0


def check_index(index: int | None) -> int:
    """Return the index of stationary points, -1 standing for all of them (None)."""
    return -1 if index is None else check_count("index", index)


def check_noise(name: str, value: float) -> float:
    """Return a noise variance as a float: in range, or infinite (its channel switched off)."""
    return math.inf if value == math.inf else check_range(name, value)


def check_noises(name: str, value: ArrayLike) -> Floats:
    """Return noise variances as a float array; each in its range or infinite (its channel switched off)."""
    lower, upper, sentence = RANGES[name]
    array = _array(name, value, sentence)
    if not (((array >= lower) & (array <= upper)) | np.isposinf(array)).all():
        raise ParameterError(name, sentence)
    return array


def check_channels(delta_2: ArrayLike, delta_p: ArrayLike) -> None:
    """Raise `ParameterError` if both channels are switched off anywhere; the arrays broadcast."""
    if np.any((np.asarray(delta_2) == np.inf) & (np.asarray(delta_p) == np.inf)):
        raise ParameterError("delta_p", "Δ₂ and Δp cannot both be inf: one channel must carry the signal.")


def check_couplings(name: str, value: Iterable[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """Return couplings by order in increasing order and without zeros.

    Parameters
    ----------
    name : str
        Public name of the parameter, put into the error; those of the signal may be negative.
    value : iterable of (int, float)
        Orders and couplings.

    Returns
    -------
    tuple of (int, float)

    Raises
    ------
    ParameterError
        If it is none, an order or a coupling is out of range, or an order is given twice.
    """
    try:
        pairs = [(order, coupling) for order, coupling in value]
    except (TypeError, ValueError):
        raise ParameterError(name, "Give couplings as pairs (order, coupling).") from None
    found: dict[int, float] = {}
    for order, coupling in pairs:
        try:
            k = check_count("order", order)
            sentence = RANGES["coupling"].sentence
            number = check_number("coupling", coupling, sentence)
            size = number and check_range("coupling", number, magnitude=name == "signal")
        except ParameterError as error:  # whoever asked knows the couplings by their name
            raise ParameterError(name, str(error)) from None
        if k in found:
            raise ParameterError(name, f"The order {k} is given twice.")
        found[k] = size
    return tuple((k, found[k]) for k in sorted(found) if found[k] != 0)


def check_finite(name: str, value: ArrayLike, what: str) -> Floats:
    """Return ``value`` as a float array if it is made of finite numbers.

    Parameters
    ----------
    name : str
        Public name of the parameter, put into the error.
    value : array_like
        What was given.
    what : str
        The subject of the error's sentence, e.g. ``"The energy"``.

    Returns
    -------
    ndarray
        Of the shape of ``value``.

    Raises
    ------
    ParameterError
        If an entry is not a finite number.
    """
    sentence = f"{what} must be a finite number."
    array = _array(name, value, sentence)
    if not np.isfinite(array).all():
        raise ParameterError(name, sentence)
    return array


def check_times(value: ArrayLike, t_max: float) -> Floats:
    """Return times as a float array of one dimension; `ParameterError` unless all lie in [0, t_max]."""
    sentence = f"Times must lie between 0 and t_max = {say(t_max, 6)}."
    times = np.atleast_1d(np.array(_array("time", value, sentence)))
    if times.ndim != 1 or not np.all((times >= 0) & (times <= t_max * (1 + 1e-12))):
        raise ParameterError("time", sentence)
    return times


def as_values(array: Floats) -> Values:
    """Return a float for an array of no dimension, else the array itself."""
    return float(array) if array.ndim == 0 else array


def read_only(array: Floats) -> Floats:
    """Return the array, closed for writing: caches share results."""
    array.setflags(write=False)
    return array


def _array(name: str, value: ArrayLike, sentence: str) -> Floats:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError(name, sentence) from None
