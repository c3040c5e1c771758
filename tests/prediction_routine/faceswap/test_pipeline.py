from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faceswap import mesh_engine
from faceswap.images import is_grey, without_colour
from faceswap.landmarks import FaceLandmarker
from faceswap.mesh import OVAL
from faceswap.model_folder import ModelFolder, read_model_folder
from faceswap.parameters import Parameters
from faceswap.pipeline import Frame, FrameSwapper, Likeness, SwappedFrame
from faceswap.source import Source
from tests.footage import ASTRONAUT, HOPPER, carphone, decoded, jpeg
from tests.prediction_routine.conftest import MODEL_DIR

PLAIN = Parameters(mark=False)


def swapped(
    swappers: Sequence[FrameSwapper], frames: Sequence[bytes], source: Source, options: Parameters
) -> list[SwappedFrame]:
    """Each frame by the next of the swappers, with the state of the frame before the last: two are in flight."""
    done: list[SwappedFrame] = []
    for n, frame in enumerate(frames):
        state = done[n - 2].state if n >= 2 else None
        given = Frame(frame, "s", {}, state, 33.3 * n)
        done.append(swappers[n % len(swappers)].swap(given, lambda _: Likeness(source), options))
    return done


@pytest.fixture(scope="module")
def hoppers_face(swapper: FrameSwapper) -> Source:
    return swapper.source(swapper.portraits([HOPPER.read_bytes()]))


class TestSwap:
    @pytest.mark.parametrize("size", [(1, 1), (16, 16), (8000, 40), (40, 8000), (2, 3000)])
    @pytest.mark.parametrize(
        "options", [PLAIN, Parameters(faces="all"), Parameters(no_face="blur"), Parameters(no_face="hold")]
    )
    def test_a_frame_of_any_shape_is_answered_in_it(
        self, swapper: FrameSwapper, hoppers_face: Source, size: tuple[int, int], options: Parameters
    ) -> None:
        frame = jpeg(np.full((size[1], size[0], 3), 90, np.uint8))
        (answer,) = swapped([swapper], [frame], hoppers_face, options)
        assert decoded(answer.jpeg).shape == (size[1], size[0], 3)
        assert answer.faces == ()

    @pytest.mark.parametrize("wanted", ["largest", "all"])
    def test_three_replicas_in_turn_give_the_very_frames_of_one(
        self, model_folder: ModelFolder, swapper: FrameSwapper, hoppers_face: Source, wanted: str
    ) -> None:
        frames = [jpeg(frame) for frame in carphone(14)]
        options = Parameters(mark=False, faces=wanted)
        alone = swapped([swapper], frames, hoppers_face, options)
        in_turn = swapped([swapper, FrameSwapper(model_folder), FrameSwapper(model_folder)], frames, hoppers_face, options)
        for one, other in zip(alone, in_turn, strict=True):
            assert one.jpeg == other.jpeg
            assert one.state == other.state
            assert [face.face.id for face in one.faces] == [face.face.id for face in other.faces]

    @pytest.mark.parametrize("harmoniser", [0.0, 0.4])
    @pytest.mark.parametrize("light", [1, 0.5, 0.25, 0.1])
    def test_however_dark_the_room_the_face_is_as_bright_as_the_users(
        self, swapper: FrameSwapper, hoppers_face: Source, light: float, harmoniser: float
    ) -> None:
        frame = jpeg(np.asarray(carphone(1)[0] * light, np.uint8))
        (answer,) = swapped([swapper], [frame], hoppers_face, Parameters(mark=False, harmoniser=harmoniser))
        (found,) = answer.faces
        outline = found.face.landmarks[list(OVAL), :2].round().astype(np.int32)
        inside = cv2.fillPoly(np.zeros((480, 640), np.uint8), [outline], 255)
        before, after = (np.array(cv2.mean(decoded(picture), mask=inside)[:3]) for picture in (frame, answer.jpeg))
        assert after.sum() == pytest.approx(before.sum(), rel=0.15)
        assert after / after.sum() == pytest.approx(before / before.sum(), abs=0.04)

    @pytest.mark.parametrize("tone", ["user", "source"])
    def test_black_and_white_stays_black_and_white(self, swapper: FrameSwapper, astronaut: bytes, tone: str) -> None:
        frame = jpeg(without_colour(carphone(1)[0]))
        source = swapper.source(swapper.portraits([astronaut]))
        (answer,) = swapped([swapper], [frame], source, Parameters(mark=False, tone=tone))
        assert np.abs(decoded(answer.jpeg).astype(int) - decoded(frame)).max() > 50
        assert is_grey(decoded(answer.jpeg))

    @pytest.mark.parametrize("edge", [(0, 0.5), (1, 0.5), (0.5, 0), (0.5, 1), (0, 0), (1, 1)])
    def test_a_face_that_goes_half_out_of_the_frame_stays_swapped_and_leaves_the_rest_alone(
        self, swapper: FrameSwapper, hoppers_face: Source, edge: tuple[float, float]
    ) -> None:
        portrait = decoded(ASTRONAUT.read_bytes())
        frames = []
        for share in np.linspace(0, 1, 25):
            x, y = (place * share + 0.5 * (1 - share) for place in edge)
            move = np.array([[0.8, 0, 640 * x - 0.8 * 226], [0, 0.8, 480 * y - 0.8 * 150]])
            frames.append(cv2.warpAffine(portrait, move, (640, 480), borderMode=cv2.BORDER_REPLICATE))
        answers = swapped([swapper], [jpeg(np.asarray(frame, np.uint8), 95) for frame in frames], hoppers_face, PLAIN)
        within = [answer for answer in answers[:17] if len(answer.faces) == 1]
        assert len(within) == 17  # up to a quarter of the frame from its edge
        assert len({answer.faces[0].face.id for answer in within}) == 1
        for frame, answer in zip(frames, answers, strict=True):
            near = np.zeros((480, 640), np.uint8)
            for found in answer.faces:
                left, top, width, height = found.face.box
                low, high = (
                    (int(left - 0.3 * width), int(top - 0.3 * height)),
                    (int(left + 1.3 * width), int(top + 1.3 * height)),
                )
                cv2.rectangle(near, low, high, 255, -1)
            change = np.abs(decoded(answer.jpeg).astype(np.int16) - frame).mean(2)
            assert change[near == 0].mean() < 4

    def test_the_swapped_face_behind_is_not_taken_for_something_before_the_front_one(
        self, swapper: FrameSwapper, hoppers_face: Source
    ) -> None:
        """One walks before the other; what is painted on the one behind must not show through the one in front."""
        robot = swapper.source(swapper.portraits([(ASTRONAUT.parent / "robot.jpg").read_bytes()]))
        sources = {"hopper": Likeness(hoppers_face), "robot": Likeness(robot)}
        state = None
        for n in range(12):
            frame = np.full((480, 640, 3), (150, 160, 150), np.uint8)
            _show(frame, HOPPER, 0.65, (253, 260), 270)
            _show(frame, ASTRONAUT, 0.95, (226, 150), 450 - 7 * n)
            answers = []
            for behind in ("robot", None):
                given = Frame(jpeg(frame, 95), "hopper", {"1": behind}, state, 33.3 * n)
                answers.append(swapper.swap(given, sources.__getitem__, Parameters(mark=False, faces="all")))
            state = answers[0].state
            # By their places: at times one is as large as the other and comes first.
            back, front = sorted(answers[0].faces, key=lambda found: found.face.box[0])
            assert (back.source, front.source) == ("robot", "hopper")
            oval = np.zeros(frame.shape[:2], np.uint8)
            cv2.fillConvexPoly(oval, cv2.convexHull(front.face.landmarks[:, :2].astype(np.int32)), 255)
            inside = cv2.erode(oval, np.ones((21, 21), np.uint8)) > 0
            both, alone = (decoded(answer.jpeg).astype(int) for answer in answers)
            assert np.abs(both - alone)[inside].mean() < 1.2


def _show(frame: np.ndarray, photo: Path, scale: float, face: tuple[int, int], x: int) -> None:
    """A head out of a photo, the middle of its face at column x."""
    place = np.array([[scale, 0, x - scale * face[0]], [0, scale, 240 - scale * face[1]]])
    head = cv2.warpAffine(decoded(photo.read_bytes()), place, (640, 480), flags=cv2.INTER_AREA)
    shape = np.zeros((480, 640), np.uint8)
    cv2.ellipse(shape, (x, 225), (int(110 * scale), int(165 * scale)), 0, 0, 360, 255, -1)
    cv2.copyTo(head, shape, frame)


class _Answer:
    """A landmark network that says these points of every picture, and that it is sure."""

    side = 256

    def __init__(self, points: np.ndarray) -> None:
        self._points = points

    def __call__(self, pixels: np.ndarray) -> list[np.ndarray]:
        return [self._points, np.array([[20.0]], np.float32)]


@lru_cache
def wild() -> tuple[FrameSwapper, Source, np.ndarray]:
    """A swapper to play with, a source, and the real landmarks of a face in a square of 256 pixels."""
    swapper = FrameSwapper(read_model_folder(MODEL_DIR))
    source = swapper.source(swapper.portraits([HOPPER.read_bytes()]))
    (face,), _ = swapper._track(carphone(1)[0], None, None, "largest")
    points = np.concatenate([face.landmarks, np.repeat(np.c_[face.irises[:, :2], [0, 0]], 5, axis=0)])
    points -= face.landmarks.mean(0)
    return swapper, source, points * np.float32(170 / np.ptp(face.landmarks[:, 1]))


stretches = st.sampled_from([0.0, 1e-4, 0.02, 0.3, 1.0, 1.7, -1.0])
places = st.tuples(st.integers(0, 477), st.floats(-380, 380, width=32), st.floats(-380, 380, width=32))


@settings(max_examples=60, deadline=None)
@given(
    stretches, stretches, stretches, st.floats(-200, 400), st.lists(places, max_size=6),
    st.sampled_from([PLAIN, Parameters(eyes="user", shape=1.0, preset="best"), Parameters(mouth="user", tone="source")]),
)  # fmt: skip
def test_whatever_the_landmarks_no_pixel_is_made_of_nothing(
    x: float, y: float, z: float, middle: float, moved: list[tuple[int, float, float]], options: Parameters
) -> None:
    """Points on a line, in one place, mirrored, far away, single ones anywhere: what reaches the blend is finite."""
    swapper, source, points = wild()
    answer = points * np.array([x, y, z], np.float32) + np.array([middle, middle, 0], np.float32)
    for number, *place in moved:
        answer[number, :2] = place
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(swapper._track, "_landmarker", FaceLandmarker(_Answer(answer)))
        patch.setattr(mesh_engine, "blend", _checked(mesh_engine.blend))
        for swap in swapped([swapper], [jpeg(frame) for frame in carphone(3)], source, options):
            assert decoded(swap.jpeg).shape == (480, 640, 3)


def _checked(blend):
    def checked(frame, box, to_frame, texture, *grids):
        assert all(np.isfinite(array).all() for array in (to_frame, *grids) if array is not None)
        blend(frame, box, to_frame, texture, *grids)

    return checked
