import base64
import hashlib
import io
import json
import math
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from faceswap import state as states
from faceswap.colours import COLOURS_BYTES
from faceswap.errors import InstanceError
from faceswap.geometry import Region
from faceswap.identity import IdentityEncoder
from faceswap.model_folder import ModelFolder, ModelFolderError
from faceswap.parameters import PRESETS, ParameterRules
from faceswap.pipeline import FrameSwapper
from faceswap.source_type import ALTERED, DRAWN, SWAPPED
from faceswap.sources import source_id
from Prediction import ModelPrediction
from tests.footage import ROOT, Frame, carphone, decoded, jpeg
from tests.prediction_routine.conftest import MODEL_DIR, b64, id_of

TALKING = jpeg(carphone(1)[0])


def swap(routine: ModelPrediction, photo: bytes, frame: bytes = TALKING, **more: Any) -> dict[str, Any]:
    """One prediction with the photo sent along."""
    source, parameters = id_of(photo), more.pop("parameters", {})
    instance = {"image": b64(frame), "source": source, "source_images": {source: [b64(photo)]}, **more}
    return routine.predict([instance], **parameters)[0]


def image_of(prediction: dict[str, Any]) -> bytes:
    return base64.b64decode(prediction["image"]["b64"])


def portrait(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


class TestModelFolder:
    def test_no_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelFolderError, match="make models"):
            ModelPrediction.from_path(str(tmp_path))

    def test_a_changed_byte_is_refused_by_name(self, model_dir: Path, tmp_path: Path) -> None:
        copy = Path(shutil.copytree(model_dir, tmp_path / "model"))
        with (copy / "face_detection_short_range.tflite").open("ab") as file:
            file.write(b"\0")
        with pytest.raises(ModelFolderError, match="face_detection_short_range"):
            ModelPrediction.from_path(str(copy))

    def test_serving_imports_no_tensorflow(self, model_dir: Path) -> None:
        code = (
            "import sys; from Prediction import ModelPrediction; "
            f"ModelPrediction.from_path({str(model_dir)!r}); print('tensorflow' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT / "prediction_routine", capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "False"


class TestBadInstances:
    @pytest.mark.parametrize("instance", [None, 7, "x", [], {}, {"image": "x"}, {"image": {"b64": 5}}, {"image": {"b64": "%"}}])
    def test_what_is_no_instance(self, routine: ModelPrediction, instance: Any) -> None:
        assert routine.predict([instance])[0]["error"]["code"] == "bad_instance"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("source", 5), ("source", ""), ("source", []), ("assign", []), ("assign", {"1": 5}), ("time_ms", "now"),
            ("time_ms", math.nan), ("time_ms", math.inf), ("time_ms", True), ("source_images", []),
            ("source_images", {"a": "b"}), ("source_images", {"a": [7]}),
        ],
    )  # fmt: skip
    def test_a_wrong_type_is_named(self, routine: ModelPrediction, name: str, value: Any) -> None:
        error = routine.predict([{"image": b64(TALKING), name: value}])[0]["error"]
        assert error["code"] == "bad_instance"
        assert name in error["message"]

    def test_one_bad_instance_does_not_fail_its_neighbours(self, routine: ModelPrediction) -> None:
        answers = routine.predict([{"image": b64(TALKING)}, {"image": b64(b"junk")}, {"image": b64(TALKING)}])
        assert ["error" in answer for answer in answers] == [False, True, False]
        assert answers[1]["error"]["code"] == "bad_image"

    def test_an_image_of_no_bytes_is_a_bad_image(self, routine: ModelPrediction) -> None:
        assert routine.predict([{"image": {"b64": ""}}])[0]["error"]["code"] == "bad_image"

    @pytest.mark.parametrize("parameters", [{"opacity": math.nan}, {"quality": 1000}, {"turbo": True}, {"engine": 1}])
    def test_bad_parameters_are_named(self, routine: ModelPrediction, parameters: dict[str, Any]) -> None:
        error = routine.predict([{"image": b64(TALKING)}], **parameters)[0]["error"]
        assert error["code"] == "bad_parameter"
        assert next(iter(parameters)) in error["message"]

    @pytest.mark.parametrize("state", ["", "AAAA", 5, {"a": 1}, "x" * 100_000])
    def test_a_state_that_cannot_be_read_is_as_none(self, routine: ModelPrediction, astronaut: bytes, state: Any) -> None:
        assert swap(routine, astronaut, state=state)["faces"][0]["id"] == "1"


class TestSources:
    def test_an_unknown_source_is_asked_for(self, routine: ModelPrediction) -> None:
        error = routine.predict([{"image": b64(TALKING), "source": "0" * 64}])[0]["error"]
        assert (error["code"], error["missing"]) == ("source_unknown", ["0" * 64])

    def test_all_unknown_sources_are_named_at_once(self, routine: ModelPrediction) -> None:
        instance = {"image": b64(TALKING), "source": "a" * 64, "assign": {"1": "b" * 64, "2": None}}
        assert set(routine.predict([instance])[0]["error"]["missing"]) == {"a" * 64, "b" * 64}

    def test_a_source_is_kept_for_the_next_frame(self, model_dir: Path, astronaut: bytes) -> None:
        fresh = ModelPrediction.from_path(str(model_dir))
        assert "error" in fresh.predict([{"image": b64(TALKING), "source": id_of(astronaut)}])[0]
        assert "image" in swap(fresh, astronaut)
        assert "image" in fresh.predict([{"image": b64(TALKING), "source": id_of(astronaut)}])[0]

    def test_bytes_that_do_not_match_the_id_are_refused(
        self, routine: ModelPrediction, astronaut: bytes, hopper: bytes
    ) -> None:
        source = id_of(astronaut)
        instance = {"image": b64(TALKING), "source": source, "source_images": {source: [b64(hopper)]}}
        assert routine.predict([instance])[0]["error"]["code"] == "bad_source"

    @pytest.mark.parametrize(
        ("photo", "code"),
        [
            (b"not a photo", "bad_image"),
            (jpeg(np.full((200, 200, 3), 120, np.uint8)), "no_face_in_source"),
            (jpeg(np.zeros((1, 1, 3), np.uint8)), "no_face_in_source"),
        ],
    )
    def test_a_photo_that_will_not_do_says_why(self, routine: ModelPrediction, photo: bytes, code: str) -> None:
        assert swap(routine, photo)["error"]["code"] == code

    def test_no_identity_is_trained_into_this_folder(self, routine: ModelPrediction) -> None:
        error = routine.predict([{"image": b64(TALKING), "source": "model:anna"}])[0]["error"]
        assert error["code"] == "bad_source"

    def test_of_several_photos_the_best_facing_comes_first(
        self, swapper: FrameSwapper, astronaut: bytes, hopper: bytes
    ) -> None:
        for photos in ([astronaut, hopper], [hopper, astronaut]):
            turns = [portrait.quality.turn for portrait in swapper.portraits(photos)]
            assert turns[0] < turns[1]

    def test_several_photos_make_one_source(self, routine: ModelPrediction, astronaut: bytes, hopper: bytes) -> None:
        hashes = sorted(map(id_of, (astronaut, hopper)))
        source = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
        instance = {"image": b64(TALKING), "source": source, "source_images": {source: [b64(hopper), b64(astronaut)]}}
        assert routine.predict([instance])[0]["faces"][0]["source"] == source


class TestPrepare:
    def prepare(self, routine: ModelPrediction, photo: bytes) -> dict[str, Any]:
        source = id_of(photo)
        return routine.predict([{"prepare": True, "source": source, "source_images": {source: [b64(photo)]}}])[0]

    def test_without_photos_it_says_so(self, routine: ModelPrediction) -> None:
        assert routine.predict([{"prepare": True, "source": "a"}])[0]["error"]["code"] == "bad_source"

    def test_a_photo_without_a_face_is_not_ok(self, routine: ModelPrediction) -> None:
        answer = self.prepare(routine, jpeg(np.full((300, 300, 3), 90, np.uint8)))["source"]
        assert (answer["ok"], answer["reasons"][0]["code"]) == (False, "no_face_in_source")

    def test_of_several_photos_the_faceless_one_is_named(self, routine: ModelPrediction, astronaut: bytes) -> None:
        photos = [astronaut, jpeg(np.full((300, 300, 3), 90, np.uint8))]
        source = source_id(photos)
        instance = {"prepare": True, "source": source, "source_images": {source: [b64(photo) for photo in photos]}}
        answer = routine.predict([instance])[0]["source"]
        assert answer["reasons"][0]["message"].startswith("Photo 2 of 2: No face")

    def test_a_photo_that_will_not_do_is_not_ok_and_a_frame_with_it_gets_the_same_error(
        self, routine: ModelPrediction, astronaut: bytes
    ) -> None:
        blurred = jpeg(np.asarray(cv2.GaussianBlur(decoded(astronaut), (0, 0), 9), np.uint8))
        answer = self.prepare(routine, blurred)["source"]
        assert (answer["ok"], answer["crop"], answer["embedding"]) == (False, None, None)
        assert [reason["code"] for reason in answer["reasons"]] == ["face_too_blurred"]
        assert swap(routine, blurred)["error"] == answer["reasons"][0]

    def test_what_is_held_is_answered_without_work_and_what_was_forgotten_is_not(
        self, routine: ModelPrediction, astronaut: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = self.prepare(routine, astronaut)
        with monkeypatch.context() as nothing_can_be_swapped:
            nothing_can_be_swapped.delattr(ModelPrediction, "_swapper")
            assert self.prepare(routine, astronaut) == first
            routine.predict([{"forget": True, "source": id_of(astronaut)}])
            with pytest.raises(AttributeError):
                self.prepare(routine, astronaut)
        assert self.prepare(routine, astronaut) == first

    def test_a_small_face_is_taken_with_a_remark(self, routine: ModelPrediction, astronaut: bytes) -> None:
        small = jpeg(np.asarray(cv2.resize(decoded(astronaut), None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA), np.uint8))
        answer = self.prepare(routine, small)["source"]
        assert answer["ok"] is True
        assert [reason["code"] for reason in answer["reasons"]] == ["face_soft"]

    def test_a_good_photo_gives_crop_and_embedding(self, routine: ModelPrediction, astronaut: bytes) -> None:
        answer = self.prepare(routine, astronaut)["source"]
        assert (answer["ok"], answer["reasons"]) == (True, [])
        assert abs(float(np.linalg.norm(answer["embedding"])) - 1) < 1e-3
        assert len(answer["embedding"]) == 128
        assert decoded(image_of({"image": answer["crop"]})).shape == (256, 256, 3)

    def test_two_pictures_of_one_person_have_like_embeddings_and_two_people_have_not(
        self, routine: ModelPrediction, astronaut: bytes, hopper: bytes
    ) -> None:
        smaller = jpeg(np.asarray(cv2.resize(decoded(astronaut), None, fx=0.7, fy=0.7), np.uint8))
        one, same, other = (
            np.array(self.prepare(routine, photo)["source"]["embedding"]) for photo in (astronaut, smaller, hopper)
        )
        assert one @ same > 0.8
        assert one @ other < 0.4

    def test_five_faces_are_told(self, routine: ModelPrediction, astronaut: bytes) -> None:
        small = np.asarray(cv2.resize(decoded(astronaut), (200, 250)), np.uint8)
        answer = self.prepare(routine, jpeg(np.hstack([small] * 5)))["source"]
        assert answer["ok"] is True
        assert answer["reasons"][0]["code"] == "several_faces"

    def test_each_photo_has_its_embedding_the_first_that_of_the_crop(
        self, routine: ModelPrediction, astronaut: bytes, hopper: bytes
    ) -> None:
        source = source_id([astronaut, hopper])
        instance = {"prepare": True, "source": source, "source_images": {source: [b64(astronaut), b64(hopper)]}}
        answer = routine.predict([instance])[0]["source"]
        alone = [self.prepare(routine, photo)["source"]["embeddings"][0] for photo in (astronaut, hopper)]
        assert sorted(answer["embeddings"]) == sorted(alone)
        assert answer["embeddings"][0] == answer["embedding"]

    def test_a_forgotten_source_is_not_held(self, model_dir: Path, astronaut: bytes) -> None:
        fresh = ModelPrediction.from_path(str(model_dir))
        forget = {"forget": True, "source": id_of(astronaut)}
        assert fresh.predict([{"forget": True}])[0]["error"]["code"] == "bad_instance"
        assert fresh.predict([forget])[0] == {"source": {"forgotten": False}}
        self.prepare(fresh, astronaut)
        assert fresh.predict([forget])[0] == {"source": {"forgotten": True}}
        unknown = fresh.predict([{"image": b64(TALKING), "source": id_of(astronaut)}])[0]
        assert unknown["error"]["code"] == "source_unknown"

    def test_a_prepared_source_is_held(self, model_dir: Path, astronaut: bytes) -> None:
        fresh = ModelPrediction.from_path(str(model_dir))
        self.prepare(fresh, astronaut)
        assert "image" in fresh.predict([{"image": b64(TALKING), "source": id_of(astronaut)}])[0]

    @pytest.mark.parametrize("mode", ["L", "CMYK"])
    def test_grey_and_cmyk_portraits_do(self, routine: ModelPrediction, astronaut: bytes, mode: str) -> None:
        photo = portrait(Image.open(io.BytesIO(astronaut)).convert(mode))
        assert self.prepare(routine, photo)["source"]["ok"] is True

    def test_a_portrait_lying_on_its_side_is_turned_upright(self, routine: ModelPrediction, astronaut: bytes) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        lying = Image.open(io.BytesIO(astronaut)).transpose(Image.Transpose.ROTATE_90)
        answer = self.prepare(routine, portrait(lying, exif=exif, quality=95))["source"]
        upright = np.array(self.prepare(routine, astronaut)["source"]["embedding"])
        assert np.array(answer["embedding"]) @ upright > 0.8


class TestSwap:
    def test_the_face_becomes_the_sources_and_no_longer_the_users(
        self, routine: ModelPrediction, model_folder: ModelFolder, swapper: FrameSwapper, astronaut: bytes
    ) -> None:
        identity = IdentityEncoder(model_folder.files["identity"])

        def who(image: Frame) -> np.ndarray:
            faces, _ = swapper._track(image, None, None, "largest")
            return identity(image, faces[0].landmarks)

        source, user = who(decoded(astronaut)), who(carphone(1)[0])
        swapped = who(decoded(image_of(swap(routine, astronaut))))
        assert swapped @ source > swapped @ user
        assert swapped @ source > 0.35

    @pytest.mark.parametrize(("shape", "beside"), [(0.0, 0.07), (1.0, 0.32)])
    def test_the_background_is_untouched(self, routine: ModelPrediction, astronaut: bytes, shape: float, beside: float) -> None:
        prediction = swap(routine, astronaut, parameters={"mark": False, "quality": 95, "shape": shape})
        before, after = decoded(jpeg(decoded(TALKING), 95)), decoded(image_of(prediction))
        x, y, width, height = prediction["faces"][0]["box"]
        near = int(beside * max(width, height)) + 1
        outside = np.ones(before.shape[:2], bool)
        outside[max(0, int(y) - near) : int(y + height) + near, max(0, int(x) - near) : int(x + width) + near] = False
        assert before.shape == after.shape
        assert np.abs(before[outside].astype(int) - after[outside]).max() <= 3

    def test_the_answer_has_what_the_contract_says_and_is_json(self, routine: ModelPrediction, astronaut: bytes) -> None:
        prediction = json.loads(json.dumps(swap(routine, astronaut, time_ms=1234.5), allow_nan=False))
        assert set(prediction) == {"image", "faces", "state", "timings", "notes"}
        assert set(prediction["timings"]) == {
            "decode",
            "track",
            "occlusion",
            "eyes",
            "shape",
            "warp",
            "light",
            "blend",
            "encode",
            "harmoniser",
        }
        face = prediction["faces"][0]
        assert (face["id"], face["source"]) == ("1", id_of(astronaut))
        assert len(face["box"]) == 4
        assert 0.5 <= face["score"] <= 1
        assert len(prediction["state"]) <= 4096

    def test_a_swapped_frame_is_marked_for_people_and_programs(self, routine: ModelPrediction, astronaut: bytes) -> None:
        marked, bare = (image_of(swap(routine, astronaut, parameters={"mark": mark})) for mark in (True, False))
        assert SWAPPED.encode() in marked
        assert SWAPPED.encode() not in bare
        corner = np.abs(decoded(marked)[440:, 560:].astype(int) - decoded(bare)[440:, 560:])
        assert corner.max() > 60

    def test_the_mark_is_where_and_what_the_operator_says(self, routine: ModelPrediction, astronaut: bytes) -> None:
        wanted = {"mark_position": "upper-left", "mark_text": "AI-generated"}
        moved, plain = (
            decoded(image_of(swap(routine, astronaut, parameters=p))).astype(int) for p in (wanted, {"mark": False})
        )
        changed = np.abs(moved - plain).max(axis=2) > 60
        assert changed[:40, :200].any()
        assert not changed[440:, 560:].any()

    def test_what_a_camera_said_of_a_frame_does_not_stay_in_its_swap(self, routine: ModelPrediction, astronaut: bytes) -> None:
        exif = Image.Exif()
        exif[0x010F] = "Camera of somebody"
        frame = io.BytesIO()
        with Image.open(io.BytesIO(TALKING)) as image:
            image.save(frame, "JPEG", exif=exif, xmp=b"<x>digitalCapture</x>", comment=b"secret")
        swapped = image_of(swap(routine, astronaut, frame.getvalue()))
        assert b"Camera of somebody" in frame.getvalue()
        assert not any(word in swapped for word in (b"Camera of somebody", b"digitalCapture", b"secret"))
        assert swapped.count(b"http://ns.adobe.com/xap/1.0/") == 1
        assert image_of(swap(routine, astronaut, frame.getvalue(), assign={"1": None})) == frame.getvalue()

    def test_a_face_may_be_left_alone(self, routine: ModelPrediction, astronaut: bytes) -> None:
        prediction = swap(routine, astronaut, assign={"1": None})
        assert prediction["faces"][0]["source"] is None
        assert image_of(prediction) == TALKING

    def test_a_face_may_be_given_another_source(self, routine: ModelPrediction, astronaut: bytes, hopper: bytes) -> None:
        swap(routine, hopper)
        prediction = swap(routine, astronaut, assign={"1": id_of(hopper)})
        assert prediction["faces"][0]["source"] == id_of(hopper)
        assert image_of(prediction) == image_of(swap(routine, hopper))

    def test_no_strength_is_the_frame_as_it_was_and_half_is_between(self, routine: ModelPrediction, astronaut: bytes) -> None:
        assert image_of(swap(routine, astronaut, parameters={"opacity": 0})) == TALKING
        whole, half = (
            decoded(image_of(swap(routine, astronaut, parameters={"opacity": o, "mark": False}))) for o in (1.0, 0.5)
        )
        changed = [np.abs(decoded(TALKING).astype(int) - image).mean() for image in (half, whole)]
        assert 0.3 * changed[1] < changed[0] < 0.8 * changed[1]

    @pytest.mark.parametrize("preset", PRESETS)
    def test_every_preset_swaps(self, routine: ModelPrediction, astronaut: bytes, preset: str) -> None:
        assert image_of(swap(routine, astronaut, parameters={"preset": preset})) != TALKING

    def test_all_faces_are_swapped_when_asked(self, routine: ModelPrediction, astronaut: bytes, hopper: bytes) -> None:
        people = [np.asarray(cv2.resize(decoded(photo), (320, 400)), np.uint8) for photo in (astronaut, hopper)]
        both = jpeg(np.hstack(people))
        counts = [len(swap(routine, hopper, both, parameters={"faces": faces})["faces"]) for faces in ("largest", "all")]
        assert counts == [1, 2]

    @pytest.mark.parametrize(("no_face", "same"), [("pass", True), ("blur", False), ("hold", False)])
    def test_a_frame_without_a_face(self, routine: ModelPrediction, astronaut: bytes, no_face: str, same: bool) -> None:
        noise = jpeg(np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8))
        prediction = swap(routine, astronaut, noise, parameters={"no_face": no_face})
        assert prediction["faces"] == []
        assert (image_of(prediction) == noise) is same
        assert SWAPPED.encode() not in image_of(prediction)
        assert decoded(image_of(prediction)).shape == (120, 160, 3)

    @pytest.mark.parametrize(("no_face", "source_type"), [("blur", ALTERED), ("hold", DRAWN)])
    def test_what_stands_in_for_a_frame_says_what_it_is(
        self, routine: ModelPrediction, astronaut: bytes, no_face: str, source_type: str
    ) -> None:
        grey = jpeg(np.full((120, 160, 3), 90, np.uint8))
        marked, bare = (
            image_of(swap(routine, astronaut, grey, parameters={"no_face": no_face, "mark": mark})) for mark in (True, False)
        )
        assert f">{source_type}<".encode() in marked
        assert b"digitalsourcetype" not in bare

    @pytest.mark.parametrize(("width", "height"), [(320, 240), (1280, 720), (1920, 1080), (240, 320)])
    def test_sizes(self, routine: ModelPrediction, astronaut: bytes, width: int, height: int) -> None:
        scale = height / 480
        frame = np.asarray(cv2.resize(carphone(1)[0], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        frame = frame[:, :width]
        wide = np.zeros((height, width, 3), np.uint8)
        wide[:, : frame.shape[1]] = frame
        prediction = swap(routine, astronaut, jpeg(wide))
        assert len(prediction["faces"]) == 1
        assert decoded(image_of(prediction)).shape == (height, width, 3)

    def test_a_face_cut_by_the_edge_of_the_frame(self, routine: ModelPrediction, astronaut: bytes) -> None:
        x, y, width, height = swap(routine, astronaut)["faces"][0]["box"]
        for cut in (carphone(1)[0][:, int(x + width * 0.3) :], carphone(1)[0][: int(y + height * 0.8)]):
            prediction = swap(routine, astronaut, jpeg(np.ascontiguousarray(cut)))
            assert decoded(image_of(prediction)).shape == cut.shape

    def test_two_replicas_in_turn_are_as_one(self, routine: ModelPrediction, model_dir: Path, astronaut: bytes) -> None:
        other = ModelPrediction.from_path(str(model_dir))

        def stream(replicas: list[ModelPrediction]) -> list[bytes]:
            state, images = None, []
            for n, frame in enumerate(carphone(6)):
                prediction = swap(replicas[n % len(replicas)], astronaut, jpeg(frame), state=state, time_ms=33.0 * n)
                state = prediction["state"]
                images.append(image_of(prediction))
            return images

        assert stream([routine]) == stream([routine, other])


def test_describe_lists_engines_and_parameters(routine: ModelPrediction) -> None:
    model = json.loads(json.dumps(routine.predict([{"describe": True}])))[0]["model"]
    assert model["name"] == "faceswap"
    assert model["engines"] == ["mesh"]
    assert model["parameters"] == json.loads(json.dumps(ParameterRules().schemas))
    assert model["engine_facts"] == {"mesh": {"harmoniser": True}}
    assert model["version"]


def test_instance_errors_carry_their_extras() -> None:
    assert InstanceError("source_unknown", "m", missing=["a"]).as_json() == {
        "error": {"code": "source_unknown", "message": "m", "missing": ["a"]}
    }


@settings(max_examples=40, deadline=None)
@given(st.floats(-2500, 2500), st.floats(-2500, 2500), st.floats(1, 2500), st.floats(-6, 6), st.floats(-1e9, 1e9))
def test_whatever_a_state_says_the_frame_is_answered(x: float, y: float, size: float, angle: float, time_ms: float) -> None:
    routine = shared_routine()
    state = states.State(640, 480, time_ms, time_ms, 2, (states.Track(1, Region(x, y, size, angle), bytes(COLOURS_BYTES)),))
    answer = routine.predict([{"image": b64(TALKING), "state": states.encode(state), "time_ms": time_ms + 33}])[0]
    assert decoded(image_of(answer)).shape == (480, 640, 3)
    assert len(answer["faces"]) <= 1


@lru_cache
def shared_routine() -> ModelPrediction:
    """Hypothesis takes no fixtures whose scope is narrower than its examples."""
    return ModelPrediction.from_path(str(MODEL_DIR))
