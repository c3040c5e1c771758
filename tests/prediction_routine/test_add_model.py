"""Networks of one's own, from the file to the swapped frame."""

import builtins
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import add_model
import build_model
import numpy as np
import onnx
import pytest
import requests

from faceswap.mesh import OVAL
from faceswap.model_folder import ModelFolderError, read_model_folder
from faceswap.one_shot import source_picture
from faceswap.parameters import Parameters
from faceswap.pipeline import Frame, FrameSwapper
from faceswap.registry import read_registry
from faceswap.source_type import SWAPPED
from Prediction import ModelPrediction
from tests.footage import ROOT, carphone, decoded, jpeg
from tests.prediction_routine import tiny_onnx
from tests.prediction_routine.conftest import b64, id_of
from tests.prediction_routine.test_prediction import image_of, swap
from tests.processes import free_port, gunicorn, running

EMAP = np.eye(512, dtype=np.float32)[:, ::-1]
SHARP = {"mark": False, "quality": 100}


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONNX_PROVIDER", "cpu")


@pytest.fixture
def folder(model_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_dir, tmp_path / "model"))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Files under the names of the published ones, of their shapes."""
    place = tmp_path / "downloads"
    place.mkdir()
    tiny_onnx.swapper(place / "inswapper_128.onnx", emap=EMAP)
    tiny_onnx.embedder(place / "w600k_r50.onnx")
    tiny_onnx.converter(place / "crossface_ghost.onnx")
    tiny_onnx.converter(place / "crossface_simswap.onnx")
    for name in ("ghost_1_256", "simswap_256"):
        tiny_onnx.swapper(place / f"{name}.onnx", 256)
    tiny_onnx.swapper(place / "simswap_unofficial_512.onnx", 512)
    tiny_onnx.swapper(place / "hyperswap_1a_256.onnx", 256, mask=1.0)
    tiny_onnx.swapper(place / "blendswap_256.onnx", 256, (1, 3, 112, 112))
    return place


def add(file: Path, folder: Path, *more: str, answer: str = "yes") -> None:
    add_model.main([str(file), str(folder), *more], ask=lambda _: answer)


def refused(file: Path, folder: Path, *more: str, answer: str = "yes") -> str:
    """Why it was, and that nothing was changed."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
    with pytest.raises(SystemExit) as error:
        add(file, folder, *more, answer=answer)
    assert before == ({path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {})
    assert isinstance(error.value.code, str)
    return error.value.code


def manifest_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text()))


class TestRefusals:
    def test_no_file(self, folder: Path, tmp_path: Path) -> None:
        assert "cannot be read (No such file" in refused(tmp_path / "none.onnx", folder)

    def test_no_model_folder(self, files: Path, tmp_path: Path) -> None:
        assert "make models" in refused(files / "w600k_r50.onnx", tmp_path / "nowhere")

    @pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\x03\x04zip"])
    def test_what_is_no_onnx_file(self, content: bytes, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "inswapper_128.onnx").write_bytes(content)
        said = refused(tmp_path / "inswapper_128.onnx", folder)
        assert "empty" in said or "not an ONNX file" in said

    def test_a_file_that_is_cut_short(self, files: Path, folder: Path) -> None:
        file = files / "inswapper_128.onnx"
        file.write_bytes(file.read_bytes()[:-1000])
        assert "not all of one" in refused(file, folder)

    def test_wrong_shapes_are_named_with_what_was_expected(self, folder: Path, tmp_path: Path) -> None:
        said = refused(tiny_onnx.swapper(tmp_path / "inswapper_128.onnx", 256, emap=EMAP), folder)
        assert "is not inswapper_128: an input of float32 1x3x128x128 was expected" in said
        assert "found: inputs target 1x3x256x256, source 1x512" in said

    def test_a_matrix_that_is_missing(self, folder: Path, tmp_path: Path) -> None:
        assert "512x512 matrix" in refused(tiny_onnx.swapper(tmp_path / "inswapper_128.onnx"), folder)

    def test_a_network_that_nobody_knows(self, folder: Path, tmp_path: Path) -> None:
        said = refused(tiny_onnx.swapper(tmp_path / "mine.onnx", 192), folder)
        assert "none of the known networks" in said
        assert "target 1x3x192x192" in said

    def test_one_that_may_be_several_asks_which(self, folder: Path, tmp_path: Path) -> None:
        said = refused(tiny_onnx.swapper(tmp_path / "mine.onnx", 256), folder)
        assert "--as simswap_256" in said
        assert "--as ghost_256" in said

    def test_what_it_needs_must_be_there_first(self, files: Path, folder: Path) -> None:
        assert "add it first: python add_model.py w600k_r50.onnx" in refused(files / "inswapper_128.onnx", folder)
        add(files / "w600k_r50.onnx", folder)
        assert "add it first: python add_model.py crossface_ghost.onnx" in refused(files / "ghost_1_256.onnx", folder)

    @pytest.mark.parametrize("answer", ["", "y", "no", "yes please"])
    def test_nothing_but_yes_is_agreement(self, answer: str, files: Path, folder: Path) -> None:
        assert "nothing was added" in refused(files / "w600k_r50.onnx", folder, answer=answer)

    def test_with_nobody_there_the_flag_is_named(self, files: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def nobody(_: str) -> str:
            raise EOFError

        with pytest.raises(SystemExit, match="--accept-licence; nothing was added"):
            add_model.main([str(files / "w600k_r50.onnx"), str(folder)], ask=nobody)

    @pytest.mark.parametrize(
        ("more", "said"), [(["--as", "x"], "no such model is known"), (["--name", "mesh"], "cannot be an")]
    )
    def test_names_that_will_not_do(self, more: list[str], said: str, files: Path, folder: Path) -> None:
        assert said in refused(files / "blendswap_256.onnx", folder, *more)

    def test_the_same_again_and_another_of_its_name(self, files: Path, folder: Path, tmp_path: Path) -> None:
        add(files / "blendswap_256.onnx", folder)
        assert "this is the same file" in refused(files / "blendswap_256.onnx", folder)
        other = tiny_onnx.swapper(tmp_path / "blendswap_256.onnx", 256, (1, 3, 112, 112), gain=1.0)
        assert "another blendswap_256; add this one under another --name" in refused(other, folder)
        add(other, folder, "--name", "mine")
        assert [engine["name"] for engine in manifest_of(folder)["engines"]] == ["blendswap_256", "mine"]

    @pytest.mark.parametrize("taken", ["face_recognition_sface_2021dec_int8bq", "w600k_r50"])
    def test_a_name_of_another_file_of_the_folder(self, taken: str, files: Path, folder: Path) -> None:
        add(files / "w600k_r50.onnx", folder)
        assert "name of another file" in refused(files / "blendswap_256.onnx", folder, "--name", taken)

    def test_a_disk_that_is_full(self, files: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_: Path, to: Path) -> None:
            to.write_bytes(b"half of it")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(add_model.shutil, "copyfile", full)
        assert "cannot be written (No space left on device)" in refused(files / "blendswap_256.onnx", folder)

    def test_one_that_does_not_run(self, files: Path, folder: Path) -> None:
        file = files / "blendswap_256.onnx"
        model = onnx.load(file)
        model.graph.node[0].op_type = "NoSuchOperator"
        onnx.save(model, file)
        assert "cannot be run by onnxruntime" in refused(file, folder)


class TestAdding:
    def test_the_licence_is_shown_before_it_is_agreed_to(
        self, files: Path, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shown = []

        def ask(question: str) -> str:
            shown.append(capsys.readouterr().out)
            return "yes"

        add_model.main([str(files / "w600k_r50.onnx"), str(folder)], ask=ask)
        assert "non-commercial research only" in shown[0]
        assert "not one of those known" in shown[0]
        assert hashlib.sha256((files / "w600k_r50.onnx").read_bytes()).hexdigest() in shown[0]

    def test_every_known_network_is_added_and_served(self, files: Path, folder: Path) -> None:
        networks = [
            "inswapper_128", "simswap_256", "simswap_unofficial_512", "ghost_1_256", "blendswap_256", "hyperswap_1a_256",
        ]  # fmt: skip
        for name in ("w600k_r50", "crossface_simswap", "crossface_ghost", *networks):
            add(files / f"{name}.onnx", folder, "--accept-licence", answer="")
        for entry in manifest_of(folder)["engines"]:
            assert all(file["sha256"] and file["licence"] and file["origin"] for file in entry["files"])
        routine = ModelPrediction.from_path(str(folder))
        assert list(routine.engines) == ["mesh", *networks]
        assert {facts["provider"] for name, facts in routine.engines.items() if name != "mesh"} == {"cpu"}

    def test_one_that_is_known_by_what_it_takes_gets_its_networks_name(self, folder: Path, tmp_path: Path) -> None:
        add(tiny_onnx.embedder(tmp_path / "arcface.onnx")[0], folder)
        add(tiny_onnx.swapper(tmp_path / "mine.onnx", 256, (1, 3, 112, 112)), folder)
        assert manifest_of(folder)["parts"][0]["name"] == "w600k_r50"
        assert manifest_of(folder)["engines"][0]["name"] == "blendswap_256"

    def test_without_onnxruntime_it_is_added_and_what_to_install_is_said(
        self, files: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(add_model.importlib.util, "find_spec", lambda _: None)
        add(files / "blendswap_256.onnx", folder)
        assert "pip install -r requirements-onnx.txt" in capsys.readouterr().out

    def test_the_engines_outlive_make_models(self, files: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        add(files / "blendswap_256.onnx", folder)
        assert build_model.is_built(folder)
        entries = manifest_of(folder)
        monkeypatch.setattr(build_model, "_extract", lambda _, item: (folder / item.file).read_bytes())
        monkeypatch.setattr(build_model, "_shortened", lambda blob, *_: blob)
        build_model.build(folder)
        assert manifest_of(folder)["engines"] == entries["engines"]
        assert build_model.is_built(folder)

    def test_a_damaged_file_is_refused_by_name_everywhere(
        self, files: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(files / "blendswap_256.onnx", folder)
        (folder / "blendswap_256.onnx").write_bytes(b"other")
        with pytest.raises(ModelFolderError, match=r"blendswap_256\.onnx has changed"):
            ModelPrediction.from_path(str(folder))
        monkeypatch.setattr(build_model, "build", lambda _: None)
        monkeypatch.setattr(sys, "argv", ["build_model.py", str(folder)])
        with pytest.raises(SystemExit, match=r"blendswap_256\.onnx has changed"):
            build_model.main()


class TestWithoutOnnxruntime:
    def test_the_mesh_is_served_and_nothing_of_it_imported(self, model_dir: Path) -> None:
        code = (
            "import sys; sys.modules['onnxruntime'] = None; from Prediction import ModelPrediction; "
            f"print(list(ModelPrediction.from_path({str(model_dir)!r}).engines))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT / "prediction_routine", capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "['mesh']"

    def test_a_folder_with_such_an_engine_says_what_to_install(
        self, files: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add(files / "blendswap_256.onnx", folder)
        for name in [name for name in sys.modules if name.startswith(("onnxruntime", "faceswap.onnx_engine", "faceswap.prov"))]:
            monkeypatch.delitem(sys.modules, name)
        real = builtins.__import__

        def without(name: str, *rest: Any) -> Any:
            if name == "onnxruntime":
                raise ModuleNotFoundError("No module named 'onnxruntime'", name="onnxruntime")
            return real(name, *rest)

        monkeypatch.delitem(sys.modules, "faceswap.source_encoder", raising=False)
        monkeypatch.setattr(builtins, "__import__", without)
        with pytest.raises(ModelFolderError, match=r"needs the package onnxruntime.*pip install -r requirements-onnx\.txt"):
            ModelPrediction.from_path(str(folder))


class TestSwap:
    def engine(self, folder: Path, tmp_path: Path, **given: Any) -> ModelPrediction:
        add(tiny_onnx.swapper(tmp_path / "blendswap_256.onnx", 256, (1, 3, 112, 112), **given), folder)
        return ModelPrediction.from_path(str(folder))

    def test_a_network_that_changes_nothing_leaves_the_face(self, folder: Path, tmp_path: Path, astronaut: bytes) -> None:
        frame = jpeg(carphone(1)[0], 100)
        answer = swap(self.engine(folder, tmp_path), astronaut, frame, parameters={"engine": "blendswap_256", **SHARP})
        change = np.abs(decoded(image_of(answer)).astype(int) - decoded(frame))
        assert answer["notes"] == []
        assert change.mean() < 0.6  # twice a JPEG of quality 100
        assert np.percentile(change, 99.9) < 12  # and the crop's resampling, where the face is

    def test_the_sources_colour_comes_onto_the_face(
        self, folder: Path, tmp_path: Path, swapper: FrameSwapper, astronaut: bytes
    ) -> None:
        """The tiny network adds a tenth of the source's mean colour."""
        frame = jpeg(carphone(1)[0], 100)
        answer = swap(
            self.engine(folder, tmp_path, gain=0.1), astronaut, frame, parameters={"engine": "blendswap_256", **SHARP}
        )
        portrait = swapper.portrait(astronaut)
        expected = source_picture(portrait.photo, portrait.face.landmarks).mean((0, 1)) * 0.1
        face = swapper.swap(Frame(frame, None, {}, None, 0.0), {}.__getitem__, Parameters()).faces[0].face
        x, y = face.landmarks[[50, 280], :2].astype(int).mean(0).astype(int)
        cheeks = np.s_[y - 4 : y + 4, x - 12 : x + 12]
        change = decoded(image_of(answer)).astype(float) - decoded(frame)
        assert np.abs(change[cheeks].mean((0, 1)) - expected).max() < 3
        low, high = face.landmarks[list(OVAL), :2].min(0), face.landmarks[list(OVAL), :2].max(0)
        outside = np.ones(change.shape[:2], bool)
        outside[int(low[1]) - 2 : int(high[1]) + 3, int(low[0]) - 2 : int(high[0]) + 3] = False
        assert np.abs(change[outside]).mean() < 0.6

    def test_the_mark_is_on_it_and_opacity_0_leaves_the_frame(self, folder: Path, tmp_path: Path, astronaut: bytes) -> None:
        routine = self.engine(folder, tmp_path)
        frame = jpeg(carphone(1)[0])
        marked = image_of(swap(routine, astronaut, frame, parameters={"engine": "blendswap_256"}))
        assert SWAPPED.encode() in marked
        assert image_of(swap(routine, astronaut, frame, parameters={"engine": "blendswap_256", "opacity": 0})) == frame

    def test_each_of_several_faces_gets_it(self, folder: Path, tmp_path: Path, astronaut: bytes) -> None:
        routine = self.engine(folder, tmp_path, gain=0.2)
        one = carphone(1)[0]
        frame = jpeg(np.hstack([one, one]), 100)
        answer = swap(routine, astronaut, frame, parameters={"engine": "blendswap_256", "faces": "all", **SHARP})
        assert len(answer["faces"]) == 2
        change = decoded(image_of(answer)).astype(float) - decoded(frame)
        for found in answer["faces"]:
            left, top, width, height = map(int, found["box"])
            middle = change[top + height // 2 : top + height // 2 + 10, left + width // 2 - 5 : left + width // 2 + 5]
            assert middle.mean() > 8

    @pytest.mark.parametrize("broken", ["nan", "error"])
    def test_where_it_gives_no_picture_the_mesh_does_it_and_says_so(
        self, broken: str, folder: Path, tmp_path: Path, routine: ModelPrediction, astronaut: bytes
    ) -> None:
        with_it = self.engine(folder, tmp_path, broken=broken)
        failed = swap(with_it, astronaut, parameters={"engine": "blendswap_256", "mark": False})
        assert image_of(failed) == image_of(swap(routine, astronaut, parameters={"mark": False}))
        assert failed["notes"][0]["code"] == "engine_failed"


@pytest.fixture(scope="module")
def server(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("served")
    folder = Path(shutil.copytree(model_dir, place / "model"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONNX_PROVIDER", "cpu")
        add(tiny_onnx.swapper(place / "blendswap_256.onnx", 256, (1, 3, 112, 112)), folder)
    address = f"127.0.0.1:{free_port()}"
    environment = {"AIP_STORAGE_URI": str(folder), "ONNX_PROVIDER": "cpu"}
    with running(
        gunicorn("-b", address, "server:app"),
        ROOT / "prediction_routine",
        f"http://{address}/healthz",
        environment,
        place / "log",
    ):
        yield f"http://{address}"


def test_the_server_reports_and_runs_it(server: str, astronaut: bytes) -> None:
    engines = requests.get(f"{server}/healthz", timeout=30).json()["engines"]
    assert engines["blendswap_256"] == {"kind": "onnx", "provider": "cpu", "identities": []}
    source = id_of(astronaut)
    body = {
        "instances": [{"image": b64(jpeg(carphone(1)[0])), "source": source, "source_images": {source: [b64(astronaut)]}}],
        "parameters": {"engine": "blendswap_256"},
    }
    (prediction,) = requests.post(f"{server}/v1/models/faceswap:predict", json=body, timeout=60).json()["predictions"]
    assert prediction["notes"] == []
    assert "network" in prediction["timings"]


def test_a_server_whose_accelerator_is_not_there_does_not_start(model_dir: Path, files: Path, folder: Path) -> None:
    add(files / "blendswap_256.onnx", folder)
    environment = {"AIP_STORAGE_URI": str(folder), "ONNX_PROVIDER": "directml" if sys.platform != "win32" else "coreml"}
    code = "from Prediction import ModelPrediction; import os; ModelPrediction.from_path(os.environ['AIP_STORAGE_URI'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "prediction_routine", capture_output=True, text=True, env=environment
    )
    assert done.returncode
    assert "ONNX_ALLOW_CPU=1" in done.stderr


def test_the_registry_knows_what_the_networks_need() -> None:
    registry = read_registry(add_model.REGISTRY)
    for model in registry.values():
        for role, needed in model.needs.items():
            assert registry[needed].role == role
        assert model.licence
        assert model.use
        assert all(len(sha256) == 64 for sha256 in model.sha256)
        assert (model.interface is not None) == (model.role == "network")


def test_a_registered_model_is_read_back_from_the_manifest(files: Path, folder: Path) -> None:
    add(files / "blendswap_256.onnx", folder)
    (entry,) = read_model_folder(folder).engines
    assert entry.files["network"] == folder / "blendswap_256.onnx"
    assert entry.settings == read_registry(add_model.REGISTRY)["blendswap_256"].settings
