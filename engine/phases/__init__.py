"""The phase diagram: its lines, its regions in words, and where a model lies in it."""

from .bayes import BayesLines, BayesPhase, bayes_lines
from .classification import Classification, classify
from .langevin import is_langevin_boundary, paramagnet_line
from .lines import (
    amp_line,
    decay_line,
    good_well_line,
    gradient_flow_line,
    langevin_line,
    mirror_line,
    trivialization_line,
    typical_line,
)
from .regions import ANNEALED_NOTE, Phase
from .threshold import threshold_multiplier, threshold_overlap, threshold_response

__all__ = [
    "ANNEALED_NOTE",
    "BayesLines",
    "BayesPhase",
    "Classification",
    "Phase",
    "amp_line",
    "bayes_lines",
    "classify",
    "decay_line",
    "good_well_line",
    "gradient_flow_line",
    "is_langevin_boundary",
    "langevin_line",
    "mirror_line",
    "paramagnet_line",
    "threshold_multiplier",
    "threshold_overlap",
    "threshold_response",
    "trivialization_line",
    "typical_line",
]
