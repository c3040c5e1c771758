import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.options import BadOption, OptionRules, Options

SCHEMAS = {
    "opacity": {"type": "number", "minimum": 0, "maximum": 1},
    "faces": {"enum": ["largest", "all"]},
    "mark": {"type": "boolean"},
    "mark_position": {"enum": ["lower-right", "upper-left"]},
    "mark_text": {"type": "string"},
}
RULES = OptionRules(("a", "b"), SCHEMAS)


def test_without_sources_every_face_is_left_alone() -> None:
    assert OptionRules((), {}).default() == Options(None)


def test_the_default_is_the_first_source() -> None:
    assert RULES.default() == Options("a")


def test_changes_add_up() -> None:
    options = RULES.changed(RULES.default(), {"opacity": 0.5})
    options = RULES.changed(options, {"source": "b", "faces": "all", "assign": {"2": None, "3": "a"}})
    assert options == Options("b", {"2": None, "3": "a"}, {"opacity": 0.5, "faces": "all"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mark": False}, "mark: only the operator"),
        ({"mark_position": "upper-left"}, "mark_position: only the operator"),
        ({"mark_text": "x"}, "mark_text: only the operator"),
        ({"colour": 1}, "colour: there is no such option; there are source, assign, opacity, faces"),
        ({"opacity": 2}, "opacity: 2 is greater than the maximum"),
        ({"faces": ["all"]}, "faces: "),
        ({"source": "c"}, 'source: "c" is none of this session\'s sources'),
        ({"source": ["a"]}, "source: "),
        ({"assign": "a"}, "assign: expected an object"),
        ({"assign": {"1": "c"}}, "assign of face 1: "),
        ({"assign": {str(i): None for i in range(65)}}, "at most 64"),
    ],
)
def test_a_bad_option_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadOption, match=message) as refusal:
        RULES.changed(RULES.default(), changes)
    assert refusal.value.option in changes


def test_a_long_name_is_cut() -> None:
    with pytest.raises(BadOption) as refusal:
        RULES.changed(RULES.default(), {"x" * 5000: 1})
    assert refusal.value.option == "x" * 40
    assert len(str(refusal.value)) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(["source", "assign", "opacity", "faces", "mark", "mark_position", "mark_text", "other"]), JSON
    )
)
def test_any_change_is_taken_whole_or_refused(changes: dict[str, object]) -> None:
    try:
        options = RULES.changed(RULES.default(), changes)
    except BadOption:
        return
    assert options.source in ("a", "b", None)
    assert set(options.parameters) <= {"opacity", "faces"}
