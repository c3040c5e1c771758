"""What a caller may ask of the swap, as JSON schemas, and the checked result."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from faceswap.errors import InstanceError
from faceswap.mark import MAX_LETTERS, POSITIONS, SHORT
from faceswap.model_folder import MESH

#: Cells a side of the grid on which map, light and mask are computed, as a share of the face's size in pixels.
PRESETS = {"fast": 0.25, "balanced": 0.35, "best": 0.6}

_MOST_REMEMBERED = 100
_SCHEMAS: dict[str, dict[str, object]] = {
    "quality": {"type": "integer", "minimum": 1, "maximum": 100, "default": 90, "title": "JPEG quality"},
    "preset": {"enum": list(PRESETS), "default": "balanced", "title": "Speed or finish"},
    "engine": {"title": "Swap engine"},
    "faces": {"enum": ["largest", "all"], "default": "largest", "title": "Faces to swap"},
    "no_face": {"enum": ["pass", "blur", "hold"], "default": "pass", "title": "When no face is in the frame"},
    "opacity": {"type": "number", "minimum": 0, "maximum": 1, "default": 1.0, "title": "Strength"},
    "shape": {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "default": 0.5,
        "title": "How much of the source's face shape",
    },
    "harmoniser": {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "default": 0.4,
        "title": "How much the learned harmoniser changes light and skin",
    },
    "tone": {"enum": ["user", "source"], "default": "user", "title": "Whose skin tone the face has"},
    "eyes": {"enum": ["source", "user"], "default": "source", "title": "Whose eyes; gaze and blinks are the user's"},
    "mouth": {"enum": ["source", "user"], "default": "source", "title": "Whose lips; what is between them is the user's"},
    "mark": {"type": "boolean", "default": True, "title": "Mark the result as AI-made"},
    "mark_position": {"enum": list(POSITIONS), "default": POSITIONS[0], "title": "Corner of the visible mark"},
    "mark_text": {
        "type": "string",
        "maxLength": MAX_LETTERS,
        # Printable ASCII, which is what the font has; single spaces within.
        "pattern": r"^[!-~]+( [!-~]+)*$(?!\n)",
        "default": SHORT,
        "title": "What the visible mark says",
    },
}


@dataclass(frozen=True)
class Parameters:
    quality: int = 90
    preset: str = "balanced"
    engine: str = MESH
    faces: str = "largest"
    no_face: str = "pass"
    opacity: float = 1.0
    shape: float = 0.5
    harmoniser: float = 0.4
    tone: str = "user"
    eyes: str = "source"
    mouth: str = "source"
    mark: bool = True
    mark_position: str = POSITIONS[0]
    mark_text: str = SHORT


class ParameterRules:
    """`schemas`: what a caller may ask of a model that has these engines, by name."""

    def __init__(self, engines: Sequence[str] = (MESH,), default_engine: str = MESH) -> None:
        engine = {**_SCHEMAS["engine"], "enum": list(engines), "default": default_engine}
        self.schemas = {**_SCHEMAS, "engine": engine}
        self._validator = Draft202012Validator(
            {"type": "object", "properties": self.schemas, "additionalProperties": False},
        )
        self._defaults = {"engine": default_engine}
        #: What was found right, by how it is written: every frame of a stream comes with the same parameters.
        self._found_right: dict[str, Parameters] = {}

    def check(self, values: Mapping[str, object]) -> Parameters:
        """Raises InstanceError bad_parameter naming the first parameter that does not fit its schema."""
        written = repr(values)
        parameters = self._found_right.get(written)
        if parameters is None:
            parameters = self._checked(values)
            if len(self._found_right) >= _MOST_REMEMBERED:
                self._found_right.clear()
            self._found_right[written] = parameters
        return parameters

    def _checked(self, values: Mapping[str, object]) -> Parameters:
        for name, value in values.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise InstanceError("bad_parameter", f"{name}: {value} is not a number")
            if name not in self.schemas:
                known = ", ".join(self.schemas)
                raise InstanceError("bad_parameter", f"{name}: there is no such parameter; there are {known}")
        error = next(iter(self._validator.iter_errors(dict(values))), None)
        if error is not None:
            raise InstanceError("bad_parameter", f"{'.'.join(map(str, error.path))}: {error.message}")
        checked: dict[str, Any] = {**self._defaults, **values}
        if "quality" in checked:
            checked["quality"] = int(checked["quality"])  # JSON Schema counts 90.0 as an integer
        return Parameters(**checked)
