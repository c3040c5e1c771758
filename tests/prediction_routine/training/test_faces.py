from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.footage import carphone
from training.faces import GLASSES, HIDDEN, SIDE, FaceSet, Note, certain, collect, load, read_notes
from training.prepare import finder


def notes_file(folder: Path, text: str) -> Path:
    path = folder / "notes.csv"
    path.write_text(text)
    return path


def test_no_notes_are_none(tmp_path: Path) -> None:
    assert read_notes(notes_file(tmp_path, "clip,first,last,note\n")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clip,first,last,note\na,x,3,hidden\n", "line 2: expected the columns clip, first, last, note"),
        ("clip,first,last,note\na,1,3,hidden\na,1,3,hat\n", "line 3: the note is 'hat'; it is hidden or glasses"),
        ("name;from\na;1\n", "line 2: expected the columns"),
    ],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_notes(notes_file(tmp_path, text))


def test_notes_are_read_by_clip(tmp_path: Path) -> None:
    text = "clip,first,last,note\na,1,3,hidden\nb,0,9,glasses\na,7,8,glasses\n"
    assert read_notes(notes_file(tmp_path, text)) == {
        "a": [Note(1, 3, HIDDEN), Note(7, 8, GLASSES)],
        "b": [Note(0, 9, GLASSES)],
    }


def test_a_file_that_was_not_prepared_is_refused(tmp_path: Path, two_faces: FaceSet) -> None:
    np.savez(tmp_path / "other.npz", pictures=two_faces.pictures)
    with pytest.raises(ValueError, match=r"lacks certain, people, points, scrap_people, scraps; make it with"):
        load(tmp_path / "other.npz")
    small = {**vars(two_faces), "pictures": two_faces.pictures[:, ::2, ::2]}
    np.savez(tmp_path / "small.npz", **small)
    with pytest.raises(ValueError, match="another size"):
        load(tmp_path / "small.npz")


def test_faces_are_kept_in_a_file_and_chosen_by_person(tmp_path: Path, two_faces: FaceSet) -> None:
    two_faces.save(tmp_path / "faces.npz")
    loaded = load(tmp_path / "faces.npz")
    assert all((vars(loaded)[name] == value).all() for name, value in vars(two_faces).items())
    assert loaded.of(["hopper"]).people.tolist() == ["hopper"]
    assert len(loaded.of([]).pictures) == 0


def test_no_clips_are_an_empty_set(model_dir: Path) -> None:
    faces = collect([], finder(model_dir), {}, per_clip=4)
    assert faces.pictures.shape == (0, SIDE, SIDE, 3)
    assert faces.scraps.shape == (0, SIDE, SIDE, 3)


def test_the_faces_of_a_clip_are_cut_out_upright_and_hidden_ones_left_out(tmp_path: Path, model_dir: Path) -> None:
    clip = tmp_path / "man.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 25, (640, 480))
    for frame in carphone(8):
        writer.write(frame)
    writer.release()
    (tmp_path / "empty.avi").write_bytes(b"")
    find = finder(model_dir)
    clips = [tmp_path / "empty.avi", clip]
    every = collect(clips, find, {}, per_clip=6)
    assert every.people.tolist() == ["man"] * 6
    assert every.scrap_people.tolist() == ["man"] * 3
    eyes = every.points[:, [33, 263]]
    assert np.abs(eyes[:, 0, 1] - eyes[:, 1, 1]).max() < 1  # upright
    assert np.abs(every.points.mean(1) - SIDE / 2).max() < 0.15 * SIDE
    assert len(collect(clips, find, {"man": [Note(2, 7, HIDDEN)]}, per_clip=6).pictures) == 2


def test_nothing_is_said_about_the_band_of_the_eyes_behind_glasses(two_faces: FaceSet) -> None:
    picture, points = two_faces.pictures[1], two_faces.points[1]
    x, y = points[[159, 386]].astype(int).T
    assert (certain(picture, points, glasses=False)[y, x] == 255).all()
    assert (certain(picture, points, glasses=True)[y, x] == 0).all()
    assert certain(picture, points, glasses=True)[int(points[17, 1]), int(points[17, 0])] == 255
