"""What the command line can be asked, and its defaults."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final, NoReturn

from .blocks import Plane
from .nesting import check_resolution

DEFAULT: Final = Plane()
MOST_THREADS: Final = 256


class OptionError(ValueError):
    """What was asked cannot be; the text says why."""


@dataclass(frozen=True)
class Options:
    """What was asked, checked."""

    plane: Plane
    resolution: int
    out: str
    n_threads: int
    scheduler: str | None
    quiet: bool

    def command(self, prog: str, name: str) -> str:
        """The line that asks for the same, every default said and no folder named."""
        plane = self.plane
        said: dict[str, Sequence[float]] = {
            "p": [plane.p],
            "resolution": [self.resolution],
            "overlap-0": [plane.overlap_0],
            "t-max": [plane.t_max],
            "temperature": [plane.temperature],
            "delta-p": plane.delta_p_range,
            "delta-2": plane.delta_2_range,
        }
        words = [prog, *(f"--{key} {' '.join(map(repr, values))}" for key, values in said.items())]
        return " ".join([*words, f"--out {name}"])


def options(arguments: Sequence[str], prog: str) -> Options:
    """Read a command line; `OptionError` or `ParameterError` if it is wrong."""
    asked = _parser(prog).parse_args(list(_joined(arguments)))
    return Options(
        plane=Plane(
            p=asked.p,
            overlap_0=asked.overlap_0,
            t_max=asked.t_max,
            temperature=asked.temperature,
            delta_p_range=tuple(asked.delta_p),
            delta_2_range=tuple(asked.delta_2),
        ),
        resolution=check_resolution(asked.resolution),
        out=asked.out,
        n_threads=_n_threads(asked),
        scheduler=asked.scheduler,
        quiet=asked.quiet,
    )


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise OptionError(f"{message[:1].upper()}{message[1:].rstrip('.')}; --help says what there is.")


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=prog,
        allow_abbrev=False,
        description="Measure the phase diagram: one flow at each point of the (Δp, Δ₂) plane, coarse ones first.",
        epilog="Finished blocks are kept beside the file until it is there: after Ctrl-C, or worse, the same command "
        "goes on. A finished atlas of lower resolution in the file is made finer.",
    )
    option = parser.add_argument
    option("--p", type=_number, default=DEFAULT.p, help="order of the tensor, 3 to 10 (default: 3)")
    option(
        "--resolution", type=_number, default=128, help="points along each side, 8, 16, … 1024 (default: 128)"
    )
    option("--overlap-0", type=_number, default=DEFAULT.overlap_0, help="overlap at t = 0 (default: 1e-10)")
    option("--t-max", type=_number, default=DEFAULT.t_max, help="final time (default: 1e4)")
    option("--temperature", type=_number, default=DEFAULT.temperature, help="0 to 2 (default: 0)")
    ends: dict[str, Any] = {"type": _number, "nargs": 2, "metavar": ("LOW", "HIGH")}
    option("--delta-p", **ends, default=DEFAULT.delta_p_range, help="ends of the plane (default: 0.03 100)")
    option("--delta-2", **ends, default=DEFAULT.delta_2_range, help="ends of the plane (default: 0.05 3.333)")
    option("--out", metavar="FILE", required=True, help="file to write, NPZ")
    option("--workers", type=_number, metavar="N", help="threads of this process (default: cores)")
    option(
        "--scheduler",
        metavar="ADDRESS",
        help="of a Dask scheduler, such as tcp://127.0.0.1:8786, to use its workers",
    )
    option("--quiet", action="store_true", help="say nothing but what is wrong")
    return parser


def _joined(arguments: Sequence[str]) -> Iterator[str]:
    """The arguments, a negative overlap joined to its option: older Pythons take ``-1e-3`` for another option."""
    waiting = iter(arguments)
    for argument in waiting:
        following = next(waiting, None) if argument == "--overlap-0" else None
        yield argument if following is None else f"{argument}={following}"


def _number(text: str) -> int | float | str:
    """A number; what is none is told by whoever checks its range."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def _n_threads(asked: argparse.Namespace) -> int:
    count = asked.workers
    if asked.scheduler is not None:
        if count is not None:
            raise OptionError("Give --workers or --scheduler, not both: a cluster has its own workers.")
        if find_spec("distributed") is None:
            raise OptionError(
                "--scheduler needs the extra `cluster`, which is not installed: pip install 'saddlesurf[cluster]'."
            )
        return 0
    if count is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not isinstance(count, int) or not 1 <= count <= MOST_THREADS:
        raise OptionError("--workers must be a whole number from 1 to 256.")
    return count
