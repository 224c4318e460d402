"""What is copied of a view: the lines of Python that draw it, and how to cite it; their messages, checked."""

from __future__ import annotations

import math
from typing import Any, Final

from .citation import LONGEST, bibtex
from .file_name import file_stem
from .plots import PLOTS, plot_lines
from .snippet import python_lines
from .wire import MessageError, read_point

NO_VIEW: Final = "The message is not one of this page's: view is missing or wrong."
NO_TIME: Final = "The message is not one of this page's: time is missing or wrong."
NO_ADDRESS: Final = "The message is not one of this page's: address is missing or wrong."


def copied_lines(data: Any) -> str:
    """The answer to ``/python``: the lines that compute what the page shows, or those that draw one view.

    Raises
    ------
    MessageError, ParameterError
        If the message is not one of this page's, or its point is out of range.
    """
    point = read_point(data)
    if "view" not in data:
        return python_lines(point)
    view, time = data["view"], data.get("time")
    if not isinstance(view, str) or view not in PLOTS:
        raise MessageError(NO_VIEW)
    if isinstance(time, bool) or not isinstance(time, int | float) or not math.isfinite(time):
        raise MessageError(NO_TIME)
    parameters = point.parameters
    time = min(max(float(time), 0.0), parameters.tmax)
    return plot_lines(view, parameters, time, file_stem(view.replace(":", "-"), point))


def citation(data: Any) -> str:
    """The answer to ``/cite``: BibTeX of the software, with the address of the view, and of the paper.

    Raises
    ------
    MessageError
        If the message is not one of this page's.
    """
    address = data.get("address") if isinstance(data, dict) else None
    if (
        not isinstance(address, str)
        or not address.startswith(("http://", "https://"))
        or len(address) > LONGEST
    ):
        raise MessageError(NO_ADDRESS)
    return bibtex(address)
