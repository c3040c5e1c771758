import math

import pytest

from faceswap.errors import InstanceError
from faceswap.parameters import SCHEMAS, Parameters, check_parameters


def test_nothing_given_is_the_defaults_that_describe_names() -> None:
    assert check_parameters({}) == Parameters()
    assert {name: schema["default"] for name, schema in SCHEMAS.items()} == Parameters().__dict__


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quality", 0), ("quality", 101), ("quality", 50.5), ("quality", "90"), ("quality", True), ("quality", math.nan),
        ("opacity", -0.1), ("opacity", 1.1), ("opacity", math.nan), ("opacity", math.inf), ("opacity", None),
        ("faces", "some"), ("no_face", 3), ("preset", "turbo"), ("engine", "other"), ("mark", "yes"), ("speed", 1),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InstanceError, match=name) as error:
        check_parameters({name: value})
    assert error.value.code == "bad_parameter"


def test_what_fits_is_taken() -> None:
    given = {"quality": 90.0, "opacity": 0, "faces": "all", "no_face": "blur", "preset": "fast", "mark": False}
    assert check_parameters(given) == Parameters(quality=90, opacity=0, faces="all", no_face="blur", preset="fast", mark=False)
