"""Engines besides the mesh, from the manifest to the prediction."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faceswap import engines
from faceswap.engines import Kind
from faceswap.model_folder import ModelFolderError, read_model_folder
from Prediction import ModelPrediction
from tests.footage import carphone, decoded, jpeg
from tests.prediction_routine.conftest import b64, id_of
from tests.prediction_routine.test_prediction import image_of, swap

WEIGHTS = b"weights"
ENTRY = {
    "name": "tint",
    "kind": "tint",
    "files": [{"role": "colour", "file": "tint.bin", "sha256": hashlib.sha256(WEIGHTS).hexdigest()}],
}
FolderWith = Callable[..., Path]


@pytest.fixture
def folder_with(model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderWith:
    """Makes a model folder whose manifest has these engines, and the weights of ENTRY."""
    monkeypatch.setitem(engines.KINDS, "tint", Kind("tests.prediction_routine.tint_engine", "requirements-tint.txt"))

    def make(*entries: Any, **more: Any) -> Path:
        folder = Path(shutil.copytree(model_dir, tmp_path / "model"))
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**manifest, "engines": entries, **more}))
        (folder / "tint.bin").write_bytes(WEIGHTS)
        return folder

    return make


def loaded(folder: Path) -> ModelPrediction:
    return ModelPrediction.from_path(str(folder))


def settings(**given: Any) -> dict[str, Any]:
    return {**ENTRY, "settings": given}


class TestManifest:
    @pytest.mark.parametrize(
        ("entry", "said"),
        [
            ({}, "named None"),
            ({"name": "A b", "kind": "tint"}, "named 'A b'"),
            ({"name": "tint"}, "lacks its kind"),
            ({"name": "tint", "kind": "tint", "settings": []}, "settings are no object"),
            ({"name": "tint", "kind": "tint", "files": [{"file": "tint.bin"}]}, "lacks role, file or sha256"),
            ({"name": "tint", "kind": "tint", "files": 5}, "lacks role, file or sha256"),
            ({**ENTRY, "files": [{**ENTRY["files"][0], "file": "../tint.bin"}]}, "not in the folder itself"),
            ({**ENTRY, "files": [{**ENTRY["files"][0], "file": "none.bin"}]}, r"none\.bin cannot be read"),
            ({**ENTRY, "files": [{**ENTRY["files"][0], "sha256": "0" * 64}]}, r"tint\.bin has changed"),
            ({"name": "mesh", "kind": "tint"}, "names the engine mesh twice"),
        ],
    )
    def test_an_entry_of_another_shape_is_refused(self, entry: Any, said: str, folder_with: FolderWith) -> None:
        with pytest.raises(ModelFolderError, match=said):
            read_model_folder(folder_with(entry))

    @pytest.mark.parametrize("value", [5, [5], ["tint"]])
    def test_engines_that_are_no_list_of_objects_are_refused(self, value: Any, folder_with: FolderWith) -> None:
        with pytest.raises(ModelFolderError, match="not a model manifest"):
            read_model_folder(folder_with(engines=value))

    def test_an_engine_named_twice_is_refused(self, folder_with: FolderWith) -> None:
        with pytest.raises(ModelFolderError, match="tint twice"):
            read_model_folder(folder_with(ENTRY, ENTRY))

    def test_a_default_that_is_not_there_is_refused(self, folder_with: FolderWith) -> None:
        with pytest.raises(ModelFolderError, match="default_engine is 'other', the folder has mesh, tint"):
            read_model_folder(folder_with(ENTRY, default_engine="other"))

    def test_a_kind_that_is_not_known_is_refused(self, folder_with: FolderWith) -> None:
        with pytest.raises(ModelFolderError, match=r"'tant'; kinds that this server runs: .*tint"):
            loaded(folder_with({**ENTRY, "kind": "tant"}))

    def test_a_package_that_is_missing_is_named_with_what_installs_it(
        self, folder_with: FolderWith, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(engines.KINDS, "tint", Kind("a_package_that_is_missing", "requirements-tint.txt"))
        with pytest.raises(ModelFolderError, match=r"a_package_that_is_missing.*pip install -r requirements-tint\.txt"):
            loaded(folder_with(ENTRY))

    def test_what_the_engine_itself_refuses_passes_through(self, folder_with: FolderWith) -> None:
        with pytest.raises(ModelFolderError, match="tint lacks its colour"):
            loaded(folder_with({"name": "tint", "kind": "tint"}))


class TestDescribe:
    def test_the_engines_are_described(self, folder_with: FolderWith) -> None:
        routine = loaded(folder_with(settings(identities=["bert", "anna"])))
        model = json.loads(json.dumps(routine.predict([{"describe": True}])))[0]["model"]
        assert model["engines"] == ["mesh", "tint"]
        assert model["engine_facts"]["tint"] == {"kind": "tint", "provider": "none", "identities": ["anna", "bert"]}
        assert model["parameters"]["engine"]["enum"] == ["mesh", "tint"]
        assert model["parameters"]["engine"]["default"] == "mesh"

    def test_an_engine_that_the_folder_lacks_is_refused_by_name(self, folder_with: FolderWith) -> None:
        error = loaded(folder_with(ENTRY)).predict([{"describe": True}], engine="tant")[0]["error"]
        assert error["code"] == "bad_parameter"
        assert "'tant' is not one of ['mesh', 'tint']" in error["message"]


class TestSwap:
    def test_each_engine_swaps_when_asked_and_keeps_what_it_prepared(self, folder_with: FolderWith, astronaut: bytes) -> None:
        routine = loaded(folder_with(ENTRY))
        colour = decoded(astronaut).mean((0, 1))
        mesh = swap(routine, astronaut)
        without = {"image": b64(jpeg(carphone(1)[0])), "source": id_of(astronaut)}
        assert routine.predict([without], engine="tint")[0]["error"]["code"] == "source_unknown"
        tinted = swap(routine, astronaut, parameters={"engine": "tint"})
        assert "tint" in tinted["timings"]
        assert "warp" in mesh["timings"]
        left, top, width, height = map(int, tinted["faces"][0]["box"])
        inside = decoded(image_of(tinted))[top + 8 : top + height - 8, left + 8 : left + width - 8]
        assert np.abs(inside - colour).mean() < 4
        assert tinted["notes"] == mesh["notes"] == []
        assert "tint" in routine.predict([without], engine="tint")[0]["timings"]
        assert routine._engines["tint"].prepared == 1

    def test_what_was_prepared_ahead_needs_no_photo(self, folder_with: FolderWith, astronaut: bytes) -> None:
        routine = loaded(folder_with(ENTRY, default_engine="tint"))
        source = id_of(astronaut)
        answer = routine.predict([{"prepare": True, "source": source, "source_images": {source: [b64(astronaut)]}}])
        assert answer[0]["source"]["ok"]
        assert "tint" in routine.predict([{"image": b64(jpeg(carphone(1)[0])), "source": source}])[0]["timings"]

    def test_an_engine_that_fails_leaves_the_face_to_the_mesh_and_says_so(
        self, folder_with: FolderWith, routine: ModelPrediction, astronaut: bytes
    ) -> None:
        failed = swap(loaded(folder_with(settings(fails=True))), astronaut, parameters={"engine": "tint", "mark": False})
        assert image_of(failed) == image_of(swap(routine, astronaut, parameters={"mark": False}))
        (note,) = failed["notes"]
        assert note["code"] == "engine_failed"
        assert "tint" in note["message"]
        assert "mesh engine's is shown" in note["message"]

    def test_an_engine_that_takes_no_photos_cannot_be_chosen(self, folder_with: FolderWith, astronaut: bytes) -> None:
        routine = loaded(folder_with(settings(takes_photos=False)))
        assert list(routine.engines) == ["mesh", "tint"]
        assert swap(routine, astronaut, parameters={"engine": "tint"})["error"]["code"] == "bad_parameter"

    def test_nor_be_the_default(self, folder_with: FolderWith) -> None:
        with pytest.raises(ModelFolderError, match="default_engine is tint, which takes no photos; it may be mesh"):
            loaded(folder_with(settings(takes_photos=False), default_engine="tint"))


class TestTrainedIdentities:
    def test_the_engine_that_knows_the_name_swaps_whichever_is_chosen(self, folder_with: FolderWith) -> None:
        routine = loaded(folder_with(settings(identities=["anna"], takes_photos=False)))
        answer = routine.predict([{"image": b64(jpeg(carphone(1)[0])), "source": "model:anna"}])[0]
        assert "tint" in answer["timings"]
        assert answer["faces"][0]["source"] == "model:anna"

    def test_a_name_that_nobody_knows_is_refused_with_those_that_are(self, folder_with: FolderWith) -> None:
        routine = loaded(folder_with(settings(identities=["anna", "bert"])))
        error = routine.predict([{"image": b64(jpeg(carphone(1)[0])), "source": "model:carl"}])[0]["error"]
        assert error["code"] == "bad_source"
        assert "anna, bert" in error["message"]

    def test_where_the_engine_fails_somebodys_face_is_left_alone(self, folder_with: FolderWith) -> None:
        routine = loaded(folder_with(settings(identities=["anna"], fails=True)))
        frame = jpeg(carphone(1)[0], 95)
        answer = routine.predict([{"image": b64(frame), "source": "model:anna"}], mark=False, quality=95)[0]
        assert "left as it is" in answer["notes"][0]["message"]
        assert np.abs(decoded(image_of(answer)).astype(int) - decoded(frame)).max() < 12
