import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from faceswap.arrays import Image
from faceswap.model_folder import ModelFolder
from tests.footage import ASTRONAUT, carphone
from training.autoencoder import extract as module
from training.autoencoder.errors import TrainingError
from training.autoencoder.extract import STRANGER, extract, sharp
from training.autoencoder.faceset import load
from training.autoencoder.gather import COVERED, CUT_OFF, Gatherer
from training.autoencoder.record import sha256_of

CONSENT = "Carphone Man, by letter, 2025-03-01"
Video = Callable[[str, list[Image]], Path]


@pytest.fixture(scope="module")
def gatherer(model_folder: ModelFolder) -> Gatherer:
    return Gatherer(model_folder)


def stranger() -> Image:
    """A portrait on a frame of the carphone clip's size."""
    photo = cv2.imread(str(ASTRONAUT))
    scale = 480 / photo.shape[0]
    small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:, :640]
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[:, : small.shape[1]] = small
    return frame


def run(videos: list[Path], out: Path, model_dir: Path, person: int = 1) -> None:
    extract(videos, out, CONSENT, model_dir, most=1000, person=person)


def test_a_missing_video_is_named(tmp_path: Path, model_dir: Path) -> None:
    with pytest.raises(TrainingError, match=r"nowhere\.mp4 cannot be read"):
        run([tmp_path / "nowhere.mp4"], tmp_path / "faces.npz", model_dir)


def test_what_is_no_video_is_named(tmp_path: Path, model_dir: Path) -> None:
    (tmp_path / "notes.mp4").write_text("not a video")
    with pytest.raises(TrainingError, match=r"notes\.mp4 cannot be read as a video; check that it plays"):
        run([tmp_path / "notes.mp4"], tmp_path / "faces.npz", model_dir)


def test_a_video_without_faces_says_so(tmp_path: Path, model_dir: Path, video: Video) -> None:
    film = video("wall.avi", [np.full((480, 640, 3), 90, np.uint8)] * 3)
    with pytest.raises(TrainingError, match=r"no usable face was found \(no face in any frame\)"):
        run([film], tmp_path / "faces.npz", model_dir)


def test_too_few_faces_say_how_many_are_needed(tmp_path: Path, model_dir: Path, video: Video) -> None:
    with pytest.raises(TrainingError, match=r"only 3 faces of person 1 will do; 100 are needed"):
        run([video("man.avi", list(carphone(3)))], tmp_path / "faces.npz", model_dir)
    assert not (tmp_path / "faces.npz").exists()


def test_without_consent_no_video_is_opened(tmp_path: Path, model_dir: Path) -> None:
    with pytest.raises(TrainingError, match="state who agreed and when"):
        extract([tmp_path / "nowhere.mp4"], tmp_path / "faces.npz", " ", model_dir, 10, 1)


def test_strangers_are_left_out_and_everything_is_recorded(
    tmp_path: Path, model_dir: Path, video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FEWEST_FACES", 4)
    films = [video("man.avi", list(carphone(6))), video("both.avi", [*carphone(8)[6:], stranger(), stranger()])]
    out = tmp_path / "kept" / "faces.npz"
    run(films, out, model_dir)
    faces = load(out)
    assert len(faces) == 8
    assert faces.videos.tolist() == [0] * 6 + [1] * 2
    assert faces.frames.tolist() == [0, 1, 2, 3, 4, 5, 0, 1]
    record = faces.record
    assert record.consent == CONSENT
    assert record.left_out[STRANGER] == 2
    assert [(footage.file, footage.sha256) for footage in record.footage] == [(f.name, sha256_of(f)) for f in films]
    assert np.linalg.norm(record.embedding) == pytest.approx(1, abs=1e-4)
    assert json.loads(out.with_suffix(".json").read_text()) == json.loads(json.dumps(record.as_json()))
    sheet = cv2.imread(str(out.with_suffix(".png")))
    assert sheet is not None
    with pytest.raises(TrainingError, match="--person 3: the footage shows 2; look at the contact sheet"):
        run(films, out, model_dir, person=3)


def test_faces_are_cut_out_upright_with_what_is_bare(gatherer: Gatherer, video: Video) -> None:
    faces = list(gatherer.faces_of(video("man.avi", list(carphone(3))), every=2))
    assert [face.frame for face in faces] == [0, 2]
    eyes = faces[0].points[[33, 263]]
    assert abs(eyes[0, 1] - eyes[1, 1]) < 1
    nose = faces[0].points[1].astype(int)
    assert faces[0].visible[nose[1], nose[0]] > 200
    assert float(faces[0].embedding @ faces[1].embedding) > 0.8


def test_cut_off_and_covered_faces_are_counted(gatherer: Gatherer, video: Video) -> None:
    gatherer.left_out.clear()
    frame = carphone(1)[0]
    cut = np.zeros_like(frame)
    cut[:, :380] = frame[:, 260:]
    covered = frame.copy()
    covered[250:420, 180:420] = (60, 200, 60)
    films = [video("cut.avi", [cut]), video("covered.avi", [covered])]
    assert [face for film in films for face in gatherer.faces_of(film, every=1)] == []
    assert gatherer.left_out == {CUT_OFF: 1, COVERED: 1}


def test_what_is_blurred_by_movement_is_left_out() -> None:
    assert sharp([100.0, 98.0, 40.0, 102.0]) == [True, True, False, True]
