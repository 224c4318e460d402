"""One real instance of a model or landscape at any size N: gradient descent on it, and the Hessians along the path."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..checks import check_count
from ..model import AnyLandscape
from .couplings import check_orders
from .result import Report, Simulation, run
from .settings import settings_of
from .starts import check_start, first_instance


def simulate(
    model: AnyLandscape,
    *,
    n_dim: int,
    seed: int,
    overlap_0: float | None = None,
    t_max: float,
    step: float | None = None,
    tolerance: float | None = None,
    n_hessians: int = 0,
    memory: int | None = None,
    report: Report | None = None,
    stop: Callable[[], bool] | None = None,
    work: float = math.inf,
) -> Simulation:
    """Run gradient descent on one random instance of size N, exactly in law, at a cost that does not depend on N.

    The instance is of the model or of any Gaussian landscape whose noise has orders up to 10.

    Each step is x ← x - step (∇H + μx), projected back to the sphere. The noise is drawn only on the few directions
    that the path visits.

    Parameters
    ----------
    model : Model or Landscape
    n_dim : int
        Dimension N, 16 to 1e12.
    seed : int
        Seed of the instance and its start; the same seed gives the same path to the last bit.
    overlap_0 : float, optional
        Overlap with the signal at t = 0, of size 1e-100 to 0.999; by default that of a uniformly random point, of
        either sign and about N^(-1/2). Escapes from less than 1e-6 are timed better by `engine.dynamics`. A planted
        landscape starts at its signal, which is its start in equilibrium: give none.
    t_max : float
        Final time, 1 to 1e6, but 20000 steps at most; the run ends at the last whole step.
    step : float, optional
        Time step, by default 0.15/σ (less where the good minimum is so steep that this would overshoot).
    tolerance : float, optional
        Distance of x from the visited directions, in units of √N, up to which a new one is put off; by default 1e-3
        (noise of order >= 5: 1e-2) or the initial overlap if that is smaller, but not below 1e-6. It is only an error
        of the path: all that is returned is exact at its points. 0: each step its own direction, plain descent.
    n_hessians : int, optional
        Number of moments at which the Hessian's spectrum is drawn, 0 to 64.
    memory : int, optional
        Bytes that the run may take at its peak (and 48 MiB for what is computed along its path), by default 256 MiB;
        a run that needs more is cut. The path up to there does not depend on it.
    report : callable, optional
        Called with the `Simulation` so far, now and then; returning False stops the run.
    stop : callable, optional
        Asked every few steps, cheaply; returning True stops the run there.
    work : float, optional
        Numbers that it may go through, about half a nanosecond each, by default as many as it takes. A run for which
        that is not enough is cut, always at the same step, a step from its start at least; `Simulation.resume` goes on.

    Returns
    -------
    Simulation
        Its status is REACHED (hardly any gradient, its own Hessian positive, the minimum near), AGEING (still moving
        at ``t_max``, or slow at a saddle: its message says so) or
        STOPPED_EARLY (the directions no longer fit into memory, the work is done, or stopped by ``report`` or
        ``stop``).

    Raises
    ------
    ParameterError
        If a parameter is out of range, or the landscape has noise of an order above 10.

    Notes
    -----
    Law, sampler and checks: docs/theory/simulation.md, equations (1)-(8); the idea of drawing a Gaussian landscape only
    where it is looked at is old, its reduction to numbers that do not grow with N was derived here.

    Examples
    --------
    >>> from engine import Model
    >>> run = simulate(Model(p=3, delta_2=0.4, delta_p=4.0), n_dim=10**6, seed=1, overlap_0=0.1, t_max=12.0)
    >>> round(float(run.overlap[-1]), 2)
    0.79
    """
    n_dim = check_count("n_dim", n_dim)
    check_orders(model)
    overlap_0 = check_start(model, overlap_0)
    settings = settings_of(
        model,
        n_dim=n_dim,
        seed=seed,
        overlap_0=overlap_0,
        t_max=t_max,
        step=step,
        tolerance=tolerance,
        n_hessians=n_hessians,
        memory=memory,
    )
    return run(
        model, settings, first_instance(model, n_dim, settings.seed, overlap_0), report, stop=stop, work=work
    )
