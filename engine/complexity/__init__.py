"""Annealed Kac-Rice complexity: how many stationary points and minima the loss has, and where the good one is."""

from .bands import energy_bands, equator_band, minima_bands, stationary_bands
from .counts import (
    complexity,
    complexity_by_order,
    complexity_of_energies,
    complexity_of_energy,
    complexity_of_fraction,
)
from .energies import TypicalEnergies, threshold_energy, typical_energies
from .minima import (
    LARGEST_LEVEL,
    GoodMinimum,
    capture_overlap,
    escape_level,
    good_minimum,
    mirror_minimum,
)
from .profiles import ComplexityProfile, Landscape, complexity_profile, landscape_curves

__all__ = [
    "LARGEST_LEVEL",
    "ComplexityProfile",
    "GoodMinimum",
    "Landscape",
    "TypicalEnergies",
    "capture_overlap",
    "complexity",
    "complexity_by_order",
    "complexity_of_energies",
    "complexity_of_energy",
    "complexity_of_fraction",
    "complexity_profile",
    "energy_bands",
    "equator_band",
    "escape_level",
    "good_minimum",
    "landscape_curves",
    "minima_bands",
    "mirror_minimum",
    "stationary_bands",
    "threshold_energy",
    "typical_energies",
]
