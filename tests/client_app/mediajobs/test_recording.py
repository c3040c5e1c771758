"""What goes in as any video comes out as MP4 with the same times, the same size, upright, its sound in step."""

from pathlib import Path

import av
import numpy as np
import pytest

from mediajobs.models import State
from tests.client_app.mediajobs.clips import Clip, flash, look_at, number_of
from tests.client_app.mediajobs.conftest import Convert

pytestmark = pytest.mark.django_db

STEP = 0.04


@pytest.mark.parametrize("content", [b"no video", b"", b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"#EXTM3U\n/etc/passwd\n"])
def test_what_is_no_video_says_so(convert: Convert, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    job = convert(path)
    assert (job.state, job.result_type) == (State.FAILED, "")
    assert "no video" in job.message


def test_sound_alone_says_so(convert: Convert, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 48000, 0
        container.mux([*stream.encode(frame), *stream.encode(None)])
    job = convert(path)
    assert (job.state, "only sound" in job.message) == (State.FAILED, True)


@pytest.mark.parametrize(
    ("name", "clip"),
    [
        ("a.mp4", Clip()),
        ("a.mov", Clip(sound_codec="pcm_s16le")),
        ("a.webm", Clip(video_codec="libvpx", sound_codec="libopus")),
        ("a.mkv", Clip(sound_codec="libmp3lame")),
    ],
)
def test_every_container_becomes_mp4_with_its_sound_in_step(
    convert: Convert, tmp_path: Path, done: Path, name: str, clip: Clip
) -> None:
    job = convert(clip.write(tmp_path / name))
    assert (job.state, job.message, job.notes) == (State.DONE, "", [])
    seen = look_at(done)
    assert (seen.video.codec, seen.video.pixels, seen.video.width, seen.video.height) == ("h264", "yuv420p", 320, 240)
    assert seen.sound_codec in ("aac", "mp3", "mp3float")
    assert seen.times == pytest.approx([number * STEP for number in range(25)], abs=0.002)
    assert [number_of(picture) for picture in seen.pictures] == list(range(25))
    assert seen.clicks == pytest.approx([0.25, 0.75], abs=0.012)
    assert (job.frames_done, job.frames_total, job.width, job.height) == (25, 25, 320, 240)


def test_no_sound_is_no_trouble(convert: Convert, tmp_path: Path, done: Path) -> None:
    assert convert(Clip(clicks=None).write(tmp_path / "silent.mp4")).state == State.DONE
    assert look_at(done).sound_codec is None


@pytest.mark.parametrize(("name", "sound_codec"), [("two.mp4", "aac"), ("two.mkv", "libopus")])
def test_of_several_sound_tracks_the_first_is_kept_and_the_job_says_so(
    convert: Convert, tmp_path: Path, done: Path, name: str, sound_codec: str
) -> None:
    job = convert(Clip(sound_codec=sound_codec, silent=1).write(tmp_path / name))
    assert look_at(done).clicks == pytest.approx(Clip.clicks, abs=0.012)
    with av.open(str(done)) as container:
        assert len(container.streams.audio) == 1
    assert job.notes == ["The file has 2 sound tracks; the first was kept, the others were left out."]


def test_a_rate_that_varies_is_kept(convert: Convert, tmp_path: Path, done: Path) -> None:
    times = [0, 33, 40, 120, 121, 400, 433, 466, 900, 960]
    convert(Clip(times, video_codec="libvpx", sound_codec="libopus").write(tmp_path / "varying.webm"))
    seen = look_at(done)
    assert seen.times == pytest.approx([time / 1000 for time in times], abs=0.0015)
    assert seen.clicks == pytest.approx([0.25, 0.75], abs=0.012)


@pytest.mark.parametrize("late", [0.3, 0.5])
@pytest.mark.parametrize("sound_codec", ["aac", "libopus"])
def test_sound_that_starts_late_stays_late(convert: Convert, tmp_path: Path, done: Path, late: float, sound_codec: str) -> None:
    name = "late.mkv" if sound_codec == "libopus" else "late.mp4"
    convert(Clip(sound_from=late, clicks=(0.75,), sound_codec=sound_codec).write(tmp_path / name))
    assert look_at(done).clicks == pytest.approx([0.75], abs=0.012)


def test_a_picture_that_starts_late_stays_late(convert: Convert, tmp_path: Path, done: Path) -> None:
    convert(Clip(range(400, 1400, 40)).write(tmp_path / "late.mp4"))
    seen = look_at(done)
    assert seen.times[0] == pytest.approx(0.4, abs=0.002)
    assert seen.clicks == pytest.approx([0.25, 0.75], abs=0.012)


@pytest.mark.parametrize(
    ("rotation", "quarter_turns"),
    [(90, 1), (180, 2), (-90, 3)],
)
def test_a_turned_video_comes_out_upright(
    convert: Convert, tmp_path: Path, done: Path, rotation: int, quarter_turns: int
) -> None:
    job = convert(Clip(rotation=rotation).write(tmp_path / "turned.mp4"))
    upright = np.rot90(flash((320, 240), 0), quarter_turns)
    seen = look_at(done)
    assert (job.height, job.width) == upright.shape[:2] == seen.pictures[0].shape[:2]
    assert np.abs(seen.pictures[0].astype(int) - upright).mean() < 4


def test_an_odd_size_grows_by_a_repeated_edge(convert: Convert, tmp_path: Path, done: Path) -> None:
    clip = Clip(size=(161, 121), video_codec="libvpx-vp9", sound_codec="libopus")
    job = convert(clip.write(tmp_path / "odd.webm"))
    seen = look_at(done)
    assert (seen.video.width, seen.video.height) == (162, 122) == (job.width, job.height)
    assert np.abs(seen.pictures[0][:, -1].astype(int) - seen.pictures[0][:, -2]).mean() < 6
    assert np.abs(seen.pictures[0][:121, :161].astype(int) - flash((161, 121), 0)).mean() < 6
    assert any("odd number" in note for note in job.notes)


def test_ten_bits_become_eight(convert: Convert, tmp_path: Path, done: Path) -> None:
    convert(Clip(pixels="yuv420p10le").write(tmp_path / "deep.mp4"))
    seen = look_at(done)
    assert seen.video.pixels == "yuv420p"
    assert np.abs(seen.pictures[0].astype(int) - flash((320, 240), 0)).mean() < 4


def test_high_dynamic_range_is_brought_to_what_a_screen_shows(convert: Convert, tmp_path: Path, done: Path) -> None:
    """A PQ signal of 0.55 is 150 candelas, nearly the white of a page; taken for an ordinary video's it would be mid-grey."""
    convert(Clip(pixels="yuv420p10le", transfer=16).write(tmp_path / "hdr.mp4"))
    assert look_at(done).pictures[0][20:100, 180:300].mean() > 190


def test_a_video_that_breaks_off_is_kept_as_far_as_it_goes(convert: Convert, tmp_path: Path, done: Path) -> None:
    whole = Clip(range(0, 3000, 40), video_codec="libvpx", sound_codec="libopus").write(tmp_path / "whole.webm").read_bytes()
    broken = tmp_path / "broken.webm"
    broken.write_bytes(whole[: len(whole) * 2 // 3])
    job = convert(broken)
    assert job.state == State.DONE
    seen = look_at(done)
    assert 20 < len(seen.times) < 75
    assert any("broken off" in note for note in job.notes), job.notes


def test_the_result_says_that_it_was_made(convert: Convert, tmp_path: Path, done: Path) -> None:
    convert(Clip().write(tmp_path / "a.mp4"))
    content = done.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"compositeWithTrainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>" in content
    assert b"c2pa" in content
