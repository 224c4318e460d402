"""The numerical choices of a simulation and their checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..checks import check_count, check_number, check_range
from ..errors import ParameterError
from ..model import AnyLandscape
from ..words import say
from .couplings import noise_orders, steepest

MAX_STEPS: Final = 20_000
LEAST_MEMORY: Final = 1_000_000  # bytes


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Checked choices of a simulation.

    Attributes
    ----------
    seed : int
    t_max : float
        Time up to which it has been asked for.
    step : float
        Time step.
    tolerance : float
        Distance from the visited directions, in units of √N, up to which a new direction is put off.
    n_hessians : int
        Number of moments at which the Hessian is drawn.
    memory : int or None
        Bytes that the run may take at its peak; None: `room.MEMORY`.
    """

    seed: int
    t_max: float
    step: float
    tolerance: float
    n_hessians: int
    memory: int | None = None

    @property
    def n_steps(self) -> int:
        """Whole steps that fit into ``t_max``."""
        return int(self.t_max / self.step * (1 + 1e-12))


def settings_of(
    model: AnyLandscape,
    *,
    n_dim: int,
    seed: int,
    overlap_0: float | None,
    t_max: float,
    step: float | None,
    tolerance: float | None,
    n_hessians: int,
    memory: int | None = None,
) -> Settings:
    """Check the choices and fill in the defaults.

    The default step is 0.15/σ, or 1/(μ + 2σ) of the steepest minimum if that is shorter. The default tolerance is
    1e-3 (noise of order >= 5: 1e-2), lowered to the initial overlap (N^(-1/2) for a random start), which the path has
    to resolve if its escape is to be timed, but not below 1e-6.

    Raises
    ------
    ParameterError
        If a choice is out of range.
    """
    limit = 1.8 / steepest(model)
    if step is None:
        step = min(0.15 / model.sigma, 1 / steepest(model))
    sentence = f"The time step must be positive and at most {say(limit, 3)}: longer ones overshoot."
    step = check_number("step", step, sentence)
    if not 0 < step <= limit:
        raise ParameterError("step", sentence)
    if tolerance is None:
        largest = 1e-3 if noise_orders(model)[-1] < 5 else 1e-2
        resolved = n_dim**-0.5 if overlap_0 is None else abs(overlap_0)
        tolerance = min(max(resolved, 1e-6), largest)
    tolerance = 0.0 if tolerance == 0 else check_range("tolerance", tolerance, key="path_tolerance")
    if memory is not None and (memory != int(memory) or memory < LEAST_MEMORY):
        raise ParameterError(
            "memory", "The memory of a run must be a whole number of bytes, at least a million."
        )
    settings = Settings(
        seed=check_count("seed", seed),
        t_max=check_range("t_max", t_max),
        step=step,
        tolerance=tolerance,
        n_hessians=check_count("n_hessians", n_hessians),
        memory=None if memory is None else int(memory),
    )
    check_length(settings)
    return settings


def check_length(settings: Settings) -> None:
    """Raise `ParameterError` if the run would take too many steps."""
    if settings.n_steps > MAX_STEPS:
        raise ParameterError(
            "t_max",
            f"A run may take {MAX_STEPS} steps, which at a time step of {say(settings.step, 3)} is"
            f" t = {say(MAX_STEPS * settings.step, 4)}: ask for a shorter time or a longer step.",
        )
