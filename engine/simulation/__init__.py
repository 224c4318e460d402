"""One real instance of a model or a landscape, of any size from 16 to 1e12: gradient descent on it and its Hessians.

Exact in law at every N. The noise tensors are never formed: their components are drawn on the directions that the
path visits, a few dozen whatever the number of steps, and N enters only through the lengths of random vectors.
Derivation and checks: docs/theory/simulation.md.
"""

from .descent import simulate
from .instance import Instance, NoiseTensor
from .result import Simulation
from .room import MEMORY, SLACK
from .settings import Settings
from .spectrum import HessianSample
from .starts import Start

__all__ = [
    "MEMORY",
    "SLACK",
    "HessianSample",
    "Instance",
    "NoiseTensor",
    "Settings",
    "Simulation",
    "Start",
    "simulate",
]
