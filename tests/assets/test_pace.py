"""Play's pace: moments at equal distances along what is seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PACE = "page/pace.mjs"
PACES = st.lists(st.floats(1e-3, 1), min_size=2, max_size=60).map(
    lambda gaps: [0.0, *(sum(gaps[: k + 1]) / sum(gaps) for k in range(len(gaps)))]
)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pace=PACES, share=st.floats(0, 1))
def test_a_moment_has_its_share_and_back(blank: Any, pace: list[float], share: float) -> None:
    moment, back = blank.run(
        PACE,
        "const moment = momentAt(argument[0], argument[1]); return [moment, shareOf(moment, argument[1])];",
        [share, pace],
    )
    assert 0 <= moment <= 1 + 1e-12
    assert back == pytest.approx(share, abs=1e-6)


def test_equal_shares_are_the_steps_of_the_pace(blank: Any) -> None:
    pace = [0, 0.1, 0.15, 0.2, 1]
    moments = blank.run(
        PACE, "return [0, 0.25, 0.5, 0.75, 1].map((share) => momentAt(share, argument));", pace
    )
    assert moments == pytest.approx(pace)


def test_without_a_pace_it_is_even(blank: Any) -> None:
    for none in (None, [], [0.3]):
        assert blank.run(
            PACE, "return [momentAt(0.3, argument), shareOf(0.7, argument)];", none
        ) == pytest.approx([0.3, 0.7])


def test_steps_go_from_one_to_the_next_and_stay_inside(blank: Any) -> None:
    pace = [0, 0.1, 0.15, 0.2, 1]
    code = "return argument[0].map(([moment, by]) => stepped(moment, by, argument[1]));"
    asked = [[0.1, 1], [0.12, 1], [0.12, -1], [0.15, -1], [1, 1], [0, -1]]
    assert blank.run(PACE, code, [asked, pace]) == pytest.approx([0.15, 0.15, 0.1, 0.1, 1, 0])
