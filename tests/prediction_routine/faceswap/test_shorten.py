import struct
from pathlib import Path

import build_model
import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faceswap.arrays import Floats, Image
from faceswap.detect import FaceDetector
from faceswap.geometry import Region, crop, region_of
from faceswap.graph import Graph, Kind
from faceswap.landmarks import FaceLandmarker
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network
from faceswap.shorten import WeightsError, first_stage, read_weights, shorten, weights_of, without_blocks, write_weights
from tests.footage import ROOT, carphone, carphone_path
from training.landmarks.measure import answers, compare

SHIPPED = build_model.WEIGHTS / "first_stage.npz"
FACES = sorted((ROOT / "client_app" / "static" / "faces").glob("*.jpg"))
#: Mean distance from the whole network's landmarks, pixels of the 256 x 256 input, in which a face is 171 high.
PHOTO_TOLERANCE, PAINTING_TOLERANCE = 1.5, 3.5
PHOTOS = {"astronaut", "grace-hopper"}


def test_what_is_no_network_is_an_error() -> None:
    with pytest.raises(struct.error):
        shorten(b"", [])


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"gone\.npz.*restore"):
        read_weights(tmp_path / "gone.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", SHIPPED.read_bytes()[:-40], SHIPPED.read_bytes()[:9000]])
def test_weights_that_end_early_are_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "short.npz").write_bytes(content)
    with pytest.raises(WeightsError, match=r"short\.npz"):
        read_weights(tmp_path / "short.npz")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, SHIPPED.stat().st_size - 1), change=st.integers(1, 255))
def test_a_changed_byte_never_gives_other_numbers(place: int, change: int, tmp_path: Path) -> None:
    content = bytearray(SHIPPED.read_bytes())
    content[place] ^= change
    (tmp_path / "changed.npz").write_bytes(content)
    try:
        found = read_weights(tmp_path / "changed.npz")
    except WeightsError:
        return
    expected = read_weights(SHIPPED)
    # In the list of names a change can lose an array; `shorten` refuses what is left.
    assert len(found) < len(expected) or all((a == b).all() for a, b in zip(found, expected, strict=True))


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    write_weights(tmp_path / "odd.npz", [np.array([1, np.nan], np.float32)])
    with pytest.raises(WeightsError, match=r"odd\.npz holds no usable weights"):
        read_weights(tmp_path / "odd.npz")


def test_weights_of_another_network_are_refused(published_landmarks: bytes) -> None:
    weights = read_weights(SHIPPED)
    with pytest.raises(WeightsError, match="expected 43, found 42"):
        shorten(published_landmarks, weights[:-1])
    with pytest.raises(WeightsError, match=r"expected \(16, 3, 3, 3\), found \(16,\)"):
        shorten(published_landmarks, [weights[1], weights[0], *weights[2:]])


def test_the_blocks_at_half_the_resolution_go_and_nothing_behind_the_first_stage_changes(published_landmarks: bytes) -> None:
    def spatial(model: bytes) -> dict[int, int]:
        graph = Graph(model)
        sides = [graph.shape(made.outputs[0])[1] for made in graph.operators if graph.kind(made) == Kind.DEPTHWISE_CONV_2D]
        return {side: sides.count(side) for side in sides}

    short = shorten(published_landmarks, read_weights(SHIPPED))
    before, after = spatial(published_landmarks), spatial(short)
    assert before.pop(128) == 4
    assert after == before
    count = len(first_stage(Graph(short)).operators)
    kept = [Graph(model).operators for model in (published_landmarks, short)]
    behind = len(kept[1]) - count
    assert [made.inputs for made in kept[0][-behind:]] == [made.inputs for made in kept[1][-behind:]]


def test_the_weights_can_be_taken_out_again(published_landmarks: bytes) -> None:
    weights = read_weights(SHIPPED)
    assert sum(array.size for array in weights) == 7376
    found = weights_of(shorten(published_landmarks, weights))
    assert all((a == b).all() for a, b in zip(found, weights, strict=True))
    assert [a.shape for a in weights_of(without_blocks(published_landmarks))] == [a.shape for a in weights]


def test_the_served_network_is_what_the_package_and_the_weights_make(
    published_landmarks: bytes, model_folder: ModelFolder
) -> None:
    assert shorten(published_landmarks, read_weights(SHIPPED)) == model_folder.files["face_landmarks"]


def looked_at(image: Image, region: Region) -> Floats:
    """What the landmark network is given."""
    pixels = cv2.cvtColor(crop(image, region.to_square(256), 256), cv2.COLOR_BGR2RGB)
    return np.asarray(pixels * np.float32(1 / 255), np.float32)


@pytest.fixture(scope="module")
def whole(published_landmarks: bytes) -> Network:
    return Network(published_landmarks)


@pytest.fixture(scope="module")
def short(model_folder: ModelFolder) -> Network:
    return Network(model_folder.files["face_landmarks"])


@pytest.fixture(scope="module")
def detector(model_folder: ModelFolder) -> FaceDetector:
    return FaceDetector(*(Network(model_folder.files[name]) for name in ("face_detector", "full_range_face_detector")))


def face_region(detector: FaceDetector, whole: Network, image: Image) -> Region:
    detections = next(found for found in detector(image) if found)
    landmarks = FaceLandmarker(whole).from_detection(image, detections[0].region)
    assert landmarks is not None
    return region_of(landmarks.points)


@pytest.mark.parametrize("path", FACES, ids=lambda path: path.stem)
def test_faces_of_the_gallery_are_found_where_the_whole_network_finds_them(
    path: Path, whole: Network, short: Network, detector: FaceDetector
) -> None:
    image = np.asarray(cv2.imread(str(path)), np.uint8)
    seen = [looked_at(image, face_region(detector, whole, image))]
    figures = compare(answers(whole, seen), answers(short, seen))
    assert figures.missed == 0
    assert figures.points < (PHOTO_TOLERANCE if path.stem in PHOTOS else PAINTING_TOLERANCE)
    assert figures.irises < 2 * (PHOTO_TOLERANCE if path.stem in PHOTOS else PAINTING_TOLERANCE)


def test_a_filmed_face_small_dark_or_off_its_place_is_found_there_too(
    whole: Network, short: Network, detector: FaceDetector
) -> None:
    seen: list[Floats] = []
    for frame in carphone(40)[::8]:
        region = face_region(detector, whole, frame)
        moved = Region(region.x + 0.05 * region.size, region.y, region.size * 1.1, region.angle + 0.15)
        fewer = cv2.resize(frame, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        apart = Region(region.x / 4, region.y / 4, region.size / 4, region.angle)
        dark = np.asarray(frame * 0.25, np.uint8)
        seen += [looked_at(frame, region), looked_at(frame, moved), looked_at(np.asarray(fewer, np.uint8), apart)]
        seen.append(looked_at(dark, region))
    figures = compare(answers(whole, seen), answers(short, seen))
    assert figures.missed == 0
    assert figures.points < PHOTO_TOLERANCE
    assert figures.irises < 2 * PHOTO_TOLERANCE


def test_noise_and_flat_pictures_hold_no_face(short: Network) -> None:
    rng = np.random.default_rng(0)
    seen = [np.full((256, 256, 3), level, np.float32) for level in (0, 0.25, 0.5, 1)]
    for cells in (2, 3, 5, 9, 16, 32, 64, 128, 256):
        coarse = rng.random((cells, cells, 3), np.float32)
        seen.append(np.asarray(np.clip(cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_CUBIC), 0, 1), np.float32))
    assert not answers(short, seen).faces.any()


def test_streets_hold_no_face(short: Network) -> None:
    video = cv2.VideoCapture(str(carphone_path().with_name("bikes.mp4")))
    frames = []
    while video.grab():
        frames.append(np.asarray(video.retrieve()[1], np.uint8))
    assert frames
    height, width = frames[0].shape[:2]
    rng = np.random.default_rng(1)
    seen = [
        looked_at(frame, Region(rng.uniform(0, width), rng.uniform(0, height), rng.uniform(60, height), 0))
        for frame in frames[::50]
        for _ in range(20)
    ]
    assert answers(short, seen).faces.mean() < 0.02
