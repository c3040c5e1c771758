import base64
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from faceswap.autoencoder_engine import decoded
from faceswap.model_folder import ModelFolderError
from faceswap.trained import TFLITE
from Prediction import ModelPrediction
from tests.footage import Frame, carphone, jpeg
from tests.footage import decoded as picture_of
from tests.prediction_routine.conftest import b64, id_of
from tests.prediction_routine.tiny_networks import painter
from training.autoencoder.package import add_identity

EMBEDDING = [1.0] + [0.0] * 127
FRAME = jpeg(carphone(1)[0], 95)
GREEN, GREY = (0.2, 0.9, 0.2), (0.5, 0.5, 0.5)
NAN = float("nan")
Serve = Callable[..., ModelPrediction]


@pytest.fixture
def serve(model_dir: Path, tmp_path: Path) -> Serve:
    """A routine whose model folder holds these networks as identities."""

    def make(**networks: bytes) -> ModelPrediction:
        folder = tmp_path / "model"
        shutil.copytree(model_dir, folder, dirs_exist_ok=True)
        for name, blob in networks.items():
            add_identity(folder, name, TFLITE, blob, {"embedding": EMBEDDING})
        return ModelPrediction.from_path(str(folder))

    return make


def swap(routine: ModelPrediction, source: str, **options: Any) -> tuple[dict[str, Any], Frame]:
    (answer,) = routine.predict([{"image": b64(FRAME), "source": source}], mark=False, quality=95, **options)
    assert "error" not in answer, answer
    return answer, picture_of(base64.b64decode(answer["image"]["b64"]))


def nose(routine: ModelPrediction) -> tuple[slice, slice]:
    """The middle of the face in FRAME."""
    (answer,) = routine.predict([{"image": b64(FRAME)}])
    x, y, width, height = answer["faces"][0]["box"]
    return slice(int(y + 0.45 * height), int(y + 0.55 * height)), slice(int(x + 0.45 * width), int(x + 0.55 * width))


@pytest.mark.parametrize("blob", [b"", painter(GREY)[:300], painter(GREY, side=16)])
def test_weights_that_do_not_fit_are_named_when_the_server_starts(serve: Serve, blob: bytes) -> None:
    with pytest.raises(ModelFolderError, match=r"autoencoder_anna\.tflite is not .* export it again"):
        serve(anna=blob)


def test_weights_that_changed_are_named(serve: Serve, tmp_path: Path) -> None:
    serve(anna=painter(GREY))
    (tmp_path / "model" / "autoencoder_anna.tflite").write_bytes(painter(GREEN))
    with pytest.raises(ModelFolderError, match=r"autoencoder_anna\.tflite has changed"):
        ModelPrediction.from_path(str(tmp_path / "model"))


def test_a_name_that_was_not_trained_is_refused_with_those_that_were(serve: Serve) -> None:
    (answer,) = serve(anna=painter(GREY), ben=painter(GREY)).predict([{"image": b64(FRAME), "source": "model:carl"}])
    assert answer["error"]["code"] == "bad_source"
    assert "there are anna, ben" in answer["error"]["message"]


def test_who_a_trained_person_is_can_be_asked(serve: Serve) -> None:
    routine = serve(anna=painter(GREY))
    (told,) = routine.predict([{"prepare": True, "source": "model:anna"}])
    assert told["source"] == {"ok": True, "reasons": [], "crop": None, "embedding": EMBEDDING, "embeddings": [EMBEDDING]}
    (unknown,) = routine.predict([{"prepare": True, "source": "model:carl"}])
    assert unknown["error"]["code"] == "bad_source"


def test_for_photos_it_cannot_be_chosen(serve: Serve, astronaut: bytes) -> None:
    source = id_of(astronaut)
    instance = {"image": b64(FRAME), "source": source, "source_images": {source: [b64(astronaut)]}}
    (answer,) = serve(anna=painter(GREY)).predict([instance], engine="autoencoder")
    assert answer["error"]["code"] == "bad_parameter"
    assert "'autoencoder' is not one of ['mesh']" in answer["error"]["message"]


def test_the_face_is_what_the_network_paints_and_the_rest_is_as_it_was(serve: Serve) -> None:
    routine = serve(anna=painter(GREY), ben=painter(GREY, keep=1.0, mask=0.0))
    middle = nose(routine)
    before = picture_of(FRAME)
    answer, after = swap(routine, "model:anna", tone="source")
    assert answer["faces"][0]["source"] == "model:anna"
    assert answer["notes"] == []
    assert {"autoencoder", "occlusion", "light", "blend"} <= set(answer["timings"])
    assert after[middle].std() < 0.6 * before[middle].std()  # no nose is left
    assert np.abs(after[:60].astype(int) - before[:60]).mean() < 2
    _, untouched = swap(routine, "model:ben")
    assert cv2.PSNR(untouched, before) > 38  # its mask says that nothing is face


def test_it_takes_the_light_of_the_room(serve: Serve) -> None:
    routine = serve(anna=painter(GREEN))
    middle = nose(routine)
    colour, before = swap(routine, "model:anna")[1][middle].mean((0, 1)), picture_of(FRAME)[middle].mean((0, 1))
    assert np.abs(colour - before).max() < 40  # skin, not green


def test_strength_and_the_users_mouth_are_kept(serve: Serve) -> None:
    routine = serve(anna=painter(GREY))
    before = picture_of(FRAME).astype(int)
    whole, half = (np.abs(swap(routine, "model:anna", opacity=share)[1] - before).sum() for share in (1.0, 0.5))
    assert 0.3 * whole < half < 0.75 * whole
    mine = np.abs(swap(routine, "model:anna", mouth="user")[1] - before).sum()
    assert mine < 0.95 * whole


def test_what_is_no_number_leaves_the_face_and_says_so(serve: Serve) -> None:
    answer, after = swap(serve(anna=painter((NAN, 0.5, 0.5))), "model:anna")
    assert [note["code"] for note in answer["notes"]] == ["engine_failed"]
    assert "left as it is" in answer["notes"][0]["message"]
    assert cv2.PSNR(after, picture_of(FRAME)) > 38


def test_values_beyond_black_and_white_are_taken_as_those(serve: Serve) -> None:
    answer, _ = swap(serve(anna=painter((9.0, -3.0, 0.5), mask=7.0)), "model:anna")
    assert answer["notes"] == []


def test_a_network_that_fails_while_it_runs_gives_nothing() -> None:
    class Failing:
        side = 64

        def __call__(self, pixels: object, /) -> Any:
            raise RuntimeError("no memory")

    assert decoded(Failing(), np.zeros((64, 64, 3), np.uint8)) is None


@pytest.mark.parametrize("scale", [0.2, 0.5, 2.0])
def test_near_and_far_faces(serve: Serve, scale: float) -> None:
    routine = serve(anna=painter(GREY))
    frame = np.asarray(cv2.resize(carphone(1)[0], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    (answer,) = routine.predict([{"image": b64(jpeg(frame)), "source": "model:anna"}], mark=False)
    assert [face["source"] for face in answer["faces"]] == ["model:anna"]


def test_describe_names_the_engine(serve: Serve) -> None:
    (answer,) = serve(anna=painter(GREY)).predict([{"describe": True}])
    assert answer["model"]["engines"] == ["mesh", "autoencoder"]
