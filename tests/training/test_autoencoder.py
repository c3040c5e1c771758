"""The parts of the autoencoder's training that need TensorFlow: `python -m pytest tests/training` in the environment for it."""

import csv
import json
import zipfile
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from faceswap.mesh import OVAL
from faceswap.model_folder import MANIFEST, ModelFolderError, read_model_folder
from faceswap.trained import SAVED_MODEL, TFLITE, Identity, identities_of, open_network
from training.autoencoder import net
from training.autoencoder.errors import TrainingError
from training.autoencoder.export import export
from training.autoencoder.faceset import SIDE, PersonFaces
from training.autoencoder.record import Footage, Record
from training.autoencoder.train import LEAST_WARP, both, loss, person, train, warp_at

SMALL = 64
EMBEDDING = np.eye(1, 128, dtype=np.float32)[0]


def painted(level: int, direction: int, frames: int = 240) -> PersonFaces:
    """Ovals with the landmarks on circles: enough for every step to run on."""
    rng = np.random.default_rng(level)
    picture = np.full((SIDE, SIDE, 3), 40, np.uint8)
    cv2.ellipse(picture, (96, 96), (48, 60), 0, 0, 360, (level, level, 200), -1)
    angles, radii = rng.uniform(0, 2 * np.pi, 468), rng.uniform(0, 40, 468)
    points = np.stack([96 + radii * np.cos(angles), 96 + radii * np.sin(angles)], 1).astype(np.float32)
    around = np.linspace(-np.pi / 2, 1.5 * np.pi, len(OVAL), endpoint=False)
    points[list(OVAL)] = np.stack([96 + 48 * np.cos(around), 96 + 60 * np.sin(around)], 1)
    points[[33, 263]] = (76, 80), (116, 80)
    footage, embedding = (Footage("a.mp4", "0" * 64, tuple(range(frames))),), tuple(map(float, np.eye(128)[direction]))
    record = Record("Painted Oval, in writing, 2025-03-01", "2025-03-02T10:00:00+00:00", footage, {}, embedding)
    numbers = np.arange(frames, dtype=np.int32)
    visible = np.full((SIDE, SIDE), 255, np.uint8)
    return PersonFaces(
        np.stack([picture] * frames), np.stack([points] * frames), np.stack([visible] * frames),
        np.zeros(frames, np.int32), numbers, record,
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("faces")
    paths = folder / "a.npz", folder / "b.npz"
    for number, path in enumerate(paths):
        painted(60 + 100 * number, number).save(path)
    return paths


@pytest.fixture(scope="module")
def run(files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    train(files, folder, minutes=0.15, by="tester", side=SMALL)
    return folder


@pytest.fixture(scope="module")
def base() -> Path:
    return Path(__file__).parents[2] / "prediction_routine" / "model"


def identity(folder: Path, name: str) -> Identity:
    (entry,) = read_model_folder(folder).engines
    return identities_of(entry)[name]


def test_a_side_that_cannot_be_halved_so_often_is_refused() -> None:
    with pytest.raises(ValueError, match="a multiple of 16"):
        net.build(100)


def test_it_has_the_size_it_should_and_each_person_their_own_decoder() -> None:
    model = net.build()
    assert model.count_params() < 15_000_000
    first, second = (net.swapper(model, name) for name in net.PEOPLE)
    shared = model.get_layer("encoder").count_params()
    assert first.count_params() + second.count_params() == model.count_params() + shared
    pixels = np.random.default_rng(0).uniform(size=(1, net.SIDE, net.SIDE, 3)).astype(np.float32)
    answer = keras.ops.convert_to_numpy(first(pixels))
    assert answer.shape == (1, net.SIDE, net.SIDE, net.CHANNELS)
    assert (answer != keras.ops.convert_to_numpy(second(pixels))).any()


def test_a_cell_unfolds_row_by_row() -> None:
    cells = keras.Input((1, 2, 8))
    model = keras.Model(cells, net.unfolded(cells))
    answer = keras.ops.convert_to_numpy(model(np.arange(16, dtype=np.float32).reshape(1, 1, 2, 8)))
    assert answer[0, :, :, 0].tolist() == [[0, 2, 8, 10], [4, 6, 12, 14]]


def test_the_loss_counts_what_has_weight() -> None:
    rng = np.random.default_rng(0)
    answer = rng.uniform(size=(2, 8, 8, 4)).astype(np.float32)
    truth = np.concatenate([answer, np.ones_like(answer)], -1)
    assert float(loss(truth, answer)) == 0
    assert float(loss(truth, answer + np.float32(0.1))) == pytest.approx(0.1, rel=1e-4)  # no edge is wrong
    truth[..., 4:] = 0
    assert float(loss(truth, answer + np.float32(0.1))) == 0


def test_the_warp_falls_towards_the_end() -> None:
    assert [warp_at(share) for share in (0.0, 0.3, 1.0)] == [1.0, 1.0, LEAST_WARP]


def test_too_few_faces_are_refused(tmp_path: Path) -> None:
    painted(60, 0, frames=5).save(tmp_path / "few.npz")
    with pytest.raises(TrainingError, match="0 faces to train on and 0 to measure with; 8 and 1 are the least"):
        person(tmp_path / "few.npz", SMALL)


def test_one_person_twice_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="show the same person"):
        train((files[0], files[0]), tmp_path / "run", 0.01, "tester", SMALL)


def test_the_same_seed_gives_the_same_batches(files: tuple[Path, Path]) -> None:
    people = [person(path, SMALL) for path in files]
    (one, _), (two, _) = (both(np.random.default_rng(3), people, 1.0) for _ in "ab")
    assert all((a == b).all() for a, b in zip(one, two, strict=True))


def test_it_learns_leaves_everything_behind_and_goes_on_from_there(run: Path, files: tuple[Path, Path]) -> None:
    assert {path.name for path in run.iterdir()} == {"last.keras", "log.csv", "preview.png", "record.json"}
    record = json.loads((run / "record.json").read_text())
    assert record["trained_by"] == "tester"
    assert [entry["consent"] for entry in record["people"]] == ["Painted Oval, in writing, 2025-03-01"] * 2
    train(files, run, minutes=0.1, by="tester", side=SMALL)
    with (run / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert int(rows[1]["step"]) > int(rows[0]["step"])
    assert float(rows[1]["first_db"]) > float(rows[0]["first_db"])


def test_a_run_goes_on_with_its_own_faces_and_side_only(run: Path, files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="was begun with --side 64"):
        train(files, run, 0.01, "tester", side=128)
    painted(90, 5).save(tmp_path / "c.npz")
    with pytest.raises(TrainingError, match="was begun with other faces"):
        train((files[0], tmp_path / "c.npz"), run, 0.01, "tester", side=SMALL)


def test_what_is_no_run_cannot_be_exported(tmp_path: Path, base: Path) -> None:
    with pytest.raises(TrainingError, match=r"record\.json is not the record of a run"):
        export(tmp_path, tmp_path / "model", "first", "anna", TFLITE, base)


@pytest.mark.parametrize("form", [TFLITE, SAVED_MODEL])
def test_an_exported_person_answers_as_the_run_does(run: Path, base: Path, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "model"
    export(run, folder, "second", "oval", form, base)
    network = open_network(identity(folder, "oval"))
    pixels = np.random.default_rng(0).uniform(size=(1, SMALL, SMALL, 3)).astype(np.float32)
    model = keras.saving.load_model(run / "last.keras", compile=False)
    expected = keras.ops.convert_to_numpy(net.swapper(model, "second")(pixels))
    assert network(pixels) == pytest.approx(expected, abs=1e-3)
    told = json.loads((folder / MANIFEST).read_text())["engines"][0]["settings"]["identities"]["oval"]
    assert told["embedding"][1] == 1.0
    assert told["trained_by"] == "tester"
    assert [entry["footage"][0]["sha256"] for entry in told["trained_on"]] == ["0" * 64] * 2


def saved(path: Path, model: keras.Model) -> Identity:
    model.export(path / "saved", format="tf_saved_model", verbose=False)
    with zipfile.ZipFile(path / "x.zip", "w") as archive:
        for file in sorted((path / "saved").rglob("*")):
            archive.write(file, file.relative_to(path / "saved"))
    return Identity("x", path / "x.zip", SAVED_MODEL, EMBEDDING)


def test_a_saved_model_of_something_else_is_named_with_what_was_expected(tmp_path: Path) -> None:
    inputs = keras.Input((10,))
    with pytest.raises(ModelFolderError, match=r"x\.zip is not an autoencoder for faces: one input \(1, side, side, 3\)"):
        open_network(saved(tmp_path, keras.Model(inputs, keras.layers.Dense(3)(inputs))))


@pytest.mark.parametrize("members", [{}, {"saved_model.pb": b""}, {"saved_model.pb": b"not a model"}, {"readme": b"x"}])
def test_a_zip_of_something_else_is_named(tmp_path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, blob in members.items():
            archive.writestr(name, blob)
    with pytest.raises(ModelFolderError, match=r"x\.zip is not a SavedModel that can be served"):
        open_network(Identity("x", tmp_path / "x.zip", SAVED_MODEL, EMBEDDING))


def test_a_saved_model_that_is_cut_short_is_named(run: Path, base: Path, tmp_path: Path) -> None:
    path = export(run, tmp_path / "model", "first", "oval", SAVED_MODEL, base)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(ModelFolderError, match=r"oval\.saved_model\.zip is not a \.zip of a SavedModel, or is cut short"):
        open_network(Identity("oval", path, SAVED_MODEL, EMBEDDING))
