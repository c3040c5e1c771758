"""A face that lies on the network's template pixel by pixel, so that every answer is known."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from faceswap.mesh import OVAL, Mesh
from faceswap.model_folder import EngineEntry, ModelFolder, ModelFolderError
from faceswap.one_shot import read_interface
from faceswap.onnx_engine import EDGE, OnnxEngine, load
from faceswap.parameters import Parameters
from faceswap.pose import turn
from faceswap.proportions import MODES, Proportions
from faceswap.steps import Steps
from faceswap.templates import TEMPLATES
from faceswap.track import Face
from tests.prediction_routine import tiny_onnx

#: Where the crop's first pixel is in the frame.
X, Y = 210, 90
FRAME = np.random.default_rng(5).integers(40, 200, (360, 480, 3), dtype=np.uint8)
PLAIN = Parameters(mark=False, preset="best")
SOURCE = np.zeros((1, 512), np.float32)
#: Red, green and blue, as the networks count.
SOURCE[0, :3] = (0.1, -0.05, 0.2)
ADDED = np.array([0.2, -0.05, 0.1]) * 255


def settings(source: str = "unit", template: str = "arcface_128", side: int = 128, **more: Any) -> dict[str, Any]:
    return {"source": source, "template": template, "side": side, **more}


def face_on(template: str, side: int, mesh: Mesh) -> Face:
    """From the front, its five points exactly where the template has them, the crop's first pixel being (X, Y)."""
    places, of = TEMPLATES[template]
    places = places * np.float32(side / of) + np.float32((X, Y))
    points = mesh.vertices * np.array([1, -1, -1], np.float32)
    middles = [points[list(pair)].mean(0)[:2] for pair in ((33, 133), (362, 263), (1,), (61,), (291,))]
    scale = np.linalg.norm(places[1] - places[0]) / np.linalg.norm(middles[1] - middles[0])
    points = points * np.float32(scale)
    points[:, :2] += places.mean(0) - np.mean(middles, axis=0) * scale
    for pair, place in zip(((33, 133), (362, 263), (1,), (61,), (291,)), places, strict=True):
        points[list(pair), :2] += place - points[list(pair), :2].mean(0)
    assert turn(points, mesh) < 15
    proportions = Proportions(np.zeros((2, MODES), np.float32), 1)
    return Face(1, points.astype(np.float32), np.zeros((2, 3), np.float32), proportions, np.zeros(3), 1.0, 1.0)  # type: ignore[arg-type]


class Seen:
    """An occlusion network that sees all of every face but for what is left of this column of its crop."""

    def __init__(self, hidden: float = 0.0) -> None:
        self._hidden = hidden

    def __call__(self, crop: np.ndarray) -> np.ndarray:
        side = crop.shape[0]
        return np.repeat((np.arange(side) >= self._hidden * side).astype(np.float32)[None], side, 0)


def engine(path: Path, given: dict[str, Any] | None = None) -> OnnxEngine:
    return OnnxEngine("tiny", read_interface(given or settings()), path, encoder=None)  # type: ignore[arg-type]


def painted(
    made: OnnxEngine, face: Face, seen: Seen | None = None, options: Parameters = PLAIN, prepared: np.ndarray = SOURCE
) -> tuple[bool, np.ndarray]:
    frame = FRAME.copy()
    done = made.painter(seen or Seen())(frame, FRAME, face, prepared, options, Steps())  # type: ignore[arg-type]
    return done, frame


def core(face: Face) -> np.ndarray:
    """Which pixels of FRAME are well inside both the face and the crop."""
    oval = np.zeros(FRAME.shape[:2], np.uint8)
    cv2.fillPoly(oval, [face.landmarks[list(OVAL), :2].astype(np.int32)], 255)
    inside = cv2.erode(oval, np.ones((41, 41), np.uint8)) > 0
    edge = int(np.ceil(EDGE * 128)) + 1
    window = np.zeros_like(inside)
    window[Y + edge : Y + 128 - edge, X + edge : X + 128 - edge] = True
    return inside & window


@pytest.mark.parametrize(
    ("template", "side", "more"),
    [
        ("arcface_128", 128, {}),
        ("arcface_112_v1", 112, {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "restored": True}),
        ("arcface_112_v2", 112, {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "restored": True}),
        ("arcface_128", 128, {"colours": "bgr"}),
    ],
)
def test_a_network_that_changes_nothing_changes_no_pixel(
    template: str, side: int, more: dict[str, Any], tmp_path: Path, mesh: Mesh
) -> None:
    made = engine(tiny_onnx.swapper(tmp_path / "x.onnx", side), settings(template=template, side=side, **more))
    done, frame = painted(made, face_on(template, side, mesh))
    assert done
    assert (frame == FRAME).all()


def test_what_the_network_adds_is_added_where_the_face_is_and_nowhere_else(tmp_path: Path, mesh: Mesh) -> None:
    face = face_on("arcface_128", 128, mesh)
    done, frame = painted(engine(tiny_onnx.swapper(tmp_path / "x.onnx", gain=1.0)), face)
    change = frame.astype(float) - FRAME
    assert done
    inside = core(face)
    assert inside.sum() > 1000
    assert np.abs(change[inside] - ADDED).max() <= 1
    outside = np.ones(FRAME.shape[:2], bool)
    outside[Y : Y + 128, X : X + 128] = False
    assert not change[outside].any()
    left, top, width, height = face.box
    rows, columns = np.nonzero(change.any(2))
    assert left - 1 <= columns.min() <= columns.max() <= left + width + 1
    assert top - 1 <= rows.min() <= rows.max() <= top + height + 1
    # nowhere more than what was added, nowhere the other way
    assert ((np.abs(change) <= np.abs(ADDED) + 1) & (change * np.sign(ADDED) >= -1)).all()


def test_half_the_opacity_adds_half(tmp_path: Path, mesh: Mesh) -> None:
    face = face_on("arcface_128", 128, mesh)
    made = engine(tiny_onnx.swapper(tmp_path / "x.onnx", gain=1.0))
    _, frame = painted(made, face, options=Parameters(mark=False, opacity=0.5))
    assert np.abs((frame.astype(float) - FRAME)[core(face)] - ADDED / 2).max() <= 1.5


def test_the_source_as_a_picture_is_what_the_network_is_given(tmp_path: Path, mesh: Mesh) -> None:
    face = face_on("arcface_128", 128, mesh)
    path = tiny_onnx.swapper(tmp_path / "x.onnx", source=(1, 3, 112, 112), gain=0.5)
    picture = np.zeros((1, 3, 112, 112), np.float32)
    picture[0, 0] = 0.2
    _, frame = painted(engine(path, settings(source="picture")), face, prepared=picture)
    assert np.abs((frame.astype(float) - FRAME)[core(face)] - (0, 0, 25.5)).max() <= 1


def test_the_networks_mask_limits_what_shows(tmp_path: Path, mesh: Mesh) -> None:
    face = face_on("arcface_128", 128, mesh)
    for mask, share in ((0.0, 0.0), (0.75, 0.75), (7.0, 1.0)):
        path = tiny_onnx.swapper(tmp_path / f"{mask}.onnx", gain=1.0, mask=mask)
        _, frame = painted(engine(path, settings(masked=True)), face)
        assert np.abs((frame.astype(float) - FRAME)[core(face)] - ADDED * share).max() <= 1.5


def test_what_is_in_front_of_the_face_stays(tmp_path: Path, mesh: Mesh) -> None:
    face = face_on("arcface_128", 128, mesh)
    _, frame = painted(engine(tiny_onnx.swapper(tmp_path / "x.onnx", gain=1.0)), face, Seen(hidden=0.5))
    middle = int(face.landmarks[1, 0])
    change = np.abs(frame.astype(float) - FRAME)
    assert not change[:, : middle - 12].any()
    right = core(face)
    right[:, : middle + 12] = False
    assert np.abs(change[right] - np.abs(ADDED)).max() <= 1


def test_the_users_mouth_stays_when_it_is_to(tmp_path: Path, mesh: Mesh) -> None:
    face = face_on("arcface_128", 128, mesh)
    made = engine(tiny_onnx.swapper(tmp_path / "x.onnx", gain=1.0))
    x, y = face.landmarks[13, :2].astype(int)
    mouth = np.s_[y - 1 : y + 2, x - 6 : x + 6]
    for lips, stays in (("user", True), ("source", False)):
        _, frame = painted(made, face, options=Parameters(mark=False, mouth=lips))
        assert (np.abs(frame[mouth].astype(int) - FRAME[mouth]).max() <= 2) == stays


@pytest.mark.parametrize("broken", ["nan", "error"])
def test_what_is_no_picture_leaves_the_frame_as_it_was(
    broken: str, tmp_path: Path, mesh: Mesh, caplog: pytest.LogCaptureFixture
) -> None:
    made = engine(tiny_onnx.swapper(tmp_path / "x.onnx", broken=broken))
    done, frame = painted(made, face_on("arcface_128", 128, mesh), prepared=np.full((1, 512), 5, np.float32))
    assert not done
    assert (frame == FRAME).all()
    assert ("the engine tiny failed" in caplog.text) == (broken == "error")


def test_a_face_outside_the_frame_is_nothing_to_do(tmp_path: Path, mesh: Mesh) -> None:
    face = face_on("arcface_128", 128, mesh)
    face.landmarks[:, 0] += 10_000
    done, frame = painted(engine(tiny_onnx.swapper(tmp_path / "x.onnx", gain=1.0)), face)
    assert done
    assert (frame == FRAME).all()


class TestLoad:
    def entry(self, files: dict[str, Path], given: dict[str, Any]) -> EngineEntry:
        return EngineEntry("tiny", "onnx", files, given)

    def test_no_network_is_refused(self, model_folder: ModelFolder) -> None:
        with pytest.raises(ModelFolderError, match="tiny names no file of the role network"):
            load(self.entry({}, settings()), model_folder)

    def test_settings_that_are_none_are_refused(self, tmp_path: Path, model_folder: ModelFolder) -> None:
        files = {"network": tiny_onnx.swapper(tmp_path / "x.onnx")}
        with pytest.raises(ModelFolderError, match="settings of the engine tiny: side: a whole number"):
            load(self.entry(files, settings(side=0)), model_folder)

    def test_a_network_of_other_shapes_is_refused(self, tmp_path: Path, model_folder: ModelFolder) -> None:
        files = {
            "network": tiny_onnx.swapper(tmp_path / "x.onnx", 256),
            "embedding": tiny_onnx.embedder(tmp_path / "e.onnx")[0],
        }
        with pytest.raises(ModelFolderError, match=r"x\.onnx: an input of float32 1x3x128x128 was expected"):
            load(self.entry(files, settings()), model_folder)

    def test_one_that_fits_says_what_computes_it(
        self, tmp_path: Path, model_folder: ModelFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ONNX_PROVIDER", "cpu")
        files = {"network": tiny_onnx.swapper(tmp_path / "x.onnx"), "embedding": tiny_onnx.embedder(tmp_path / "e.onnx")[0]}
        assert load(self.entry(files, settings()), model_folder).facts == {"provider": "cpu"}
