"""`python -m bench.quality` on a photograph that moves, and on what cannot be scored."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.quality import __main__ as quality
from bench.quality.crossing import crossed
from bench.quality.judge import Judge
from bench.quality.material import FEWEST, MaterialError, read_clips, read_portraits
from bench.table import markdown
from faceswap.model_folder import read_model_folder
from tests.footage import ASTRONAUT, HOPPER, ROOT, Frame, decoded

MODEL = ROOT / "prediction_routine" / "model"
SIDE = 320
Write = Callable[[str, Sequence[Frame]], Path]


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge(read_model_folder(MODEL))


@pytest.fixture
def portraits(tmp_path: Path) -> Path:
    folder = tmp_path / "portraits"
    folder.mkdir()
    (folder / "hopper.jpg").write_bytes(HOPPER.read_bytes())
    return folder


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    return folder


@pytest.fixture
def write(clips: Path) -> Write:
    def write(name: str, frames: Sequence[Frame]) -> Path:
        height, width = frames[0].shape[:2]
        writer = cv2.VideoWriter(str(clips / name), cv2.VideoWriter.fourcc(*"MJPG"), 25, (width, height))
        for frame in frames:
            writer.write(frame)
        writer.release()
        return clips / name

    return write


def nodding(count: int) -> list[Frame]:
    photo = decoded(ASTRONAUT.read_bytes())
    return [np.roll(photo, 3 * (n % 3), axis=0) for n in range(count)]


def black(count: int) -> list[Frame]:
    return [np.zeros((240, 320, 3), np.uint8)] * count


def test_a_folder_that_is_none_is_named(judge: Judge, tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="nowhere is no folder"):
        read_clips(tmp_path / "nowhere", judge, 6, SIDE)


def test_a_folder_without_clips_says_what_was_expected(judge: Judge, clips: Path) -> None:
    (clips / "notes.txt").write_text("no clip")
    with pytest.raises(MaterialError, match=r"holds no clips with a face \(.*\.mp4"):
        read_clips(clips, judge, 6, SIDE)


def test_each_clip_that_will_not_do_is_named_with_the_reason(judge: Judge, clips: Path, write: Write) -> None:
    (clips / "broken.mp4").write_bytes(b"no video")
    write("short.avi", black(FEWEST - 1))
    write("empty.avi", black(FEWEST))
    with pytest.raises(MaterialError) as raised:
        read_clips(clips, judge, 6, SIDE)
    lines = str(raised.value).splitlines()[1:]
    assert lines == [
        "broken.mp4 is left out: it is no video that OpenCV can read",
        "empty.avi is left out: in 6 of its first 6 frames no face is found",
        "short.avi is left out: it has 5 frames; at least 6 are needed",
    ]


def test_portraits_without_a_face_are_named(judge: Judge, portraits: Path) -> None:
    (portraits / "black.png").write_bytes(cv2.imencode(".png", black(1)[0])[1].tobytes())
    (portraits / "torn.jpg").write_bytes(b"\xff\xd8")
    found, remarks = read_portraits(portraits, judge)
    assert [portrait.name for portrait in found] == ["hopper"]
    assert remarks[0] == "black.png is left out: no face is found in it"
    assert remarks[1].startswith("torn.jpg is left out: source photo:")


def test_the_command_names_a_folder_without_clips(clips: Path, portraits: Path) -> None:
    with pytest.raises(SystemExit, match="holds no clips with a face"):
        quality.main(["--clips", str(clips), "--portraits", str(portraits)])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--compare", "[1]"], "expected a JSON object"),
        (["--compare", "{"], "expected a JSON object"),
        (["--frames", "0"], "expected a whole number above 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(given: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        quality.main(["--clips", "c", "--portraits", "p", *given])
    assert expected in capsys.readouterr().err


def test_parameters_that_the_routine_does_not_take_are_named(clips: Path, portraits: Path) -> None:
    with pytest.raises(SystemExit, match="shapes: there is no such parameter"):
        quality.main(["--clips", str(clips), "--portraits", str(portraits), "--compare", '{"shapes": 1}'])


def test_a_swap_is_scored_beside_one_that_changes_nothing(
    clips: Path, portraits: Path, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("astronaut.avi", nodding(7))
    sheet = tmp_path / "sheet.png"
    folders = ["--clips", str(clips), "--portraits", str(portraits)]
    small = ["--frames", "6", "--side", str(SIDE), "--sheet", str(sheet)]
    quality.main([*folders, *small, "--compare", "{}", '{"opacity": 0}'])
    lines = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    swapped, untouched = ({name: float(row[column]) for name, *row in lines[2:]} for column in (0, 1))
    assert lines[0][-2:] == ["as it comes", "opacity 0"]
    assert swapped["identity, cosine to the source"] > untouched["identity, cosine to the source"] + 0.2
    assert swapped["retrieval"] == 1
    assert swapped["occluder PSNR, dB"] > 15
    assert untouched["identity, cosine to the user"] > 0.95
    assert untouched["retrieval"] == untouched["occluder PSNR, dB"] == 0
    assert untouched["jitter"] == untouched["flicker"] == untouched["detail"] == pytest.approx(1, abs=0.05)
    assert untouched["background PSNR, dB"] > 35
    assert untouched["head pose error, degrees"] < 1
    assert cv2.imread(str(sheet)).shape[1] == quality.SHOWN * 5


def test_a_portrait_that_is_refused_counts_as_the_worst(
    clips: Path, portraits: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    """A face is found in it, and too blurred for a source."""
    photo = cv2.GaussianBlur(decoded(HOPPER.read_bytes()), (0, 0), 14)
    (portraits / "hopper.jpg").write_bytes(cv2.imencode(".jpg", photo)[1].tobytes())
    write("astronaut.avi", nodding(6))
    quality.main(["--clips", str(clips), "--portraits", str(portraits), "--frames", "6", "--side", str(SIDE)])
    printed = capsys.readouterr()
    assert "hopper on astronaut is refused: The face in the photo is too blurred" in printed.err
    assert "| found | 0.000 |" in printed.out
    assert "| flicker | refused |" in printed.out


def test_a_bar_crosses_the_face_and_changes_nothing_else(judge: Judge) -> None:
    frames = [cv2.resize(frame, (320, 400)) for frame in nodding(3)]
    faces = [face for frame in frames if (face := judge.face(frame))]
    covered, bars = crossed(frames, faces, seed=1)
    for frame, picture, bar, face in zip(frames, covered, bars, faces, strict=True):
        assert bar.any()
        assert (picture[bar] != frame[bar]).any()
        x, y, width, height = (int(value) for value in face.box)
        assert bar[y : y + height, x : x + width].sum() == bar.sum()


def test_an_empty_markdown_table_is_its_head() -> None:
    assert markdown(["", "a"], []) == "|  | a |\n| --- | --- |"
