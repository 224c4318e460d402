"""Growth of an infinitesimal overlap in landscapes whose signal is not their noise."""

from __future__ import annotations

import pytest

from engine import Landscape, hessian
from engine.dynamics import escape_gain

pytestmark = pytest.mark.jit
RATIOS = {2: 1.3, 3: 1.0}


@pytest.mark.parametrize(
    ("landscape", "by_1e4"),
    [
        (Landscape.of({3: 1.0}, {2: 2.0}), 2.121302),
        (Landscape.of({4: 1.0}, {2: 1.9}), 2.008565),
        (Landscape.spiked(RATIOS, {3: 0.42}), 2.000060),
        (Landscape.spiked(RATIOS), 1.999045),
    ],
)
def test_growth_tends_to_what_the_hessian_of_threshold_states_says(landscape, by_1e4):
    gain = escape_gain(landscape, t_max=1e4)
    assert gain.growth[-1] == pytest.approx(by_1e4, abs=1e-5)
    assert gain.growth[-1] == pytest.approx(float(hessian.late_growth(landscape.theta(0.0))), abs=2e-3)
    assert gain.growth[-1] <= hessian.late_growth(landscape.theta(0.0))
