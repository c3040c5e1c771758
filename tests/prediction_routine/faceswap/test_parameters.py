import math

import pytest

from faceswap.errors import InstanceError
from faceswap.parameters import ParameterRules, Parameters

RULES = ParameterRules()


def test_nothing_given_is_the_defaults_that_describe_names() -> None:
    assert RULES.check({}) == Parameters()
    assert {name: schema["default"] for name, schema in RULES.schemas.items()} == Parameters().__dict__


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quality", 0), ("quality", 101), ("quality", 50.5), ("quality", "90"), ("quality", True), ("quality", math.nan),
        ("opacity", -0.1), ("opacity", 1.1), ("opacity", math.nan), ("opacity", math.inf), ("opacity", None),
        ("faces", "some"), ("no_face", 3), ("preset", "turbo"), ("engine", "other"), ("mark", "yes"), ("speed", 1),
        ("mark_position", "middle"), ("mark_text", ""), ("mark_text", 7), ("mark_text", "x" * 25),
        ("mark_text", "K\u00fcnstlich"), ("mark_text", "AI\n"), ("mark_text", " AI"),
        ("mark_text", "A  I"), ("mark_text", "A\tI"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InstanceError, match=name) as error:
        RULES.check({name: value})
    assert error.value.code == "bad_parameter"


def test_what_fits_is_taken() -> None:
    given = {"quality": 90.0, "opacity": 0, "faces": "all", "no_face": "blur", "preset": "fast", "mark": False}
    assert RULES.check(given) == Parameters(quality=90, opacity=0, faces="all", no_face="blur", preset="fast", mark=False)


def test_the_engines_are_those_of_the_model() -> None:
    rules = ParameterRules(["mesh", "mine"], "mine")
    assert rules.check({}).engine == "mine"
    assert rules.check({"engine": "mesh"}).engine == "mesh"
    assert rules.schemas["engine"] == {"enum": ["mesh", "mine"], "default": "mine", "title": "Swap engine"}
    with pytest.raises(InstanceError, match=r"engine: 'theirs' is not one of \['mesh', 'mine'\]"):
        rules.check({"engine": "theirs"})
    assert RULES.schemas["engine"]["enum"] == ["mesh"]
