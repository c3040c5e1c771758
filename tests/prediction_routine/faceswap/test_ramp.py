import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.ramp import ramp, ramps


@pytest.mark.parametrize(
    ("value", "ends", "share"),
    [
        (math.nan, (1, 3), 0),
        (-math.inf, (1, 3), 0),
        (1, (1, 3), 0),
        (1.5, (1, 3), 0.25),
        (3, (1, 3), 1),
        (math.inf, (1, 3), 1),
        (1.5, (3, 1), 0.75),
    ],
)
def test_it_rises_from_one_end_to_the_other(value: float, ends: tuple[float, float], share: float) -> None:
    assert ramp(value, *ends) == share


@given(st.lists(st.floats(-10, 10, width=32), min_size=1), st.sampled_from([(-1.0, 2.0), (2.0, -1.0)]))
def test_many_are_as_one(values: list[float], ends: tuple[float, float]) -> None:
    assert ramps(np.array(values, np.float32), *ends) == pytest.approx([ramp(value, *ends) for value in values], abs=1e-6)
