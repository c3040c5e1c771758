from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, external_data_helper, load, save

from faceswap.onnx_file import FLOAT32, OnnxFileError, Slot, last_weights, read_signature
from tests.prediction_routine import tiny_onnx


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"")
    with pytest.raises(OnnxFileError, match="empty"):
        read_signature(tmp_path / "x.onnx")


@pytest.mark.parametrize(
    "content", [b"\x00", b"PK\x03\x04", b"<html>not found</html>", b"version https://git-lfs", bytes(range(256))]
)
def test_what_is_no_onnx_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(content)
    for read in (read_signature, last_weights):
        with pytest.raises(OnnxFileError, match="not an ONNX file"):
            read(tmp_path / "x.onnx")


@given(st.binary(min_size=1, max_size=200))
def test_whatever_the_bytes_they_are_a_signature_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("bytes") / "x.onnx"
    file.write_bytes(content)
    with suppress(OnnxFileError):
        assert read_signature(file) is not None


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_a_file_that_is_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    whole = tiny_onnx.embedder(tmp_path / "x.onnx")[0].read_bytes()
    (tmp_path / "x.onnx").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(OnnxFileError, match="not all of one"):
        read_signature(tmp_path / "x.onnx")


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read_signature(tmp_path / "x.onnx")


def test_weights_in_another_file_are_refused(tmp_path: Path) -> None:
    file = tiny_onnx.embedder(tmp_path / "x.onnx")[0]
    model = load(file)
    external_data_helper.convert_model_to_external_data(model, location="x.data", size_threshold=0)
    save(model, file)
    with pytest.raises(OnnxFileError, match=r"weights \(matrix, \.\.\.\) lie in another file"):
        read_signature(file)


def test_inputs_and_outputs_come_with_their_sizes(tmp_path: Path) -> None:
    signature = read_signature(tiny_onnx.swapper(tmp_path / "x.onnx", 256, mask=1.0))
    assert signature.inputs == (Slot("target", FLOAT32, (1, 3, 256, 256)), Slot("source", FLOAT32, (1, 512)))
    assert str(signature) == "inputs target 1x3x256x256, source 1x512; outputs output 1x3x256x256, mask 1x1x256x256"


def test_sizes_that_are_left_open_fit_any(tmp_path: Path) -> None:
    signature = read_signature(tiny_onnx.embedder(tmp_path / "x.onnx")[0])
    assert signature.inputs[0].shape == (None, 3, 112, 112)
    assert signature.inputs[0].takes((1, 3, 112, 112))
    assert not signature.inputs[0].takes((1, 3, 128, 128))
    assert not signature.inputs[0].takes((3, 112, 112))
    assert not Slot("x", TensorProto.FLOAT16, (1, 512)).takes((1, 512))
    assert str(Slot("x", TensorProto.FLOAT16, (None,))) == "x ? of float16"


def test_weights_that_are_listed_as_inputs_are_none(tmp_path: Path) -> None:
    """Files before IR version 4 list them there."""
    file = tiny_onnx.converter(tmp_path / "x.onnx")
    model = load(file)
    model.graph.input.add().CopyFrom(model.graph.input[0])
    model.graph.input[1].name = "gain"
    save(model, file)
    assert [slot.name for slot in read_signature(file).inputs] == ["input"]


def test_the_last_weights_are_read(tmp_path: Path) -> None:
    emap = np.random.default_rng(1).normal(size=(512, 512)).astype(np.float32)
    assert (last_weights(tiny_onnx.swapper(tmp_path / "x.onnx", emap=emap)) == emap).all()


def test_a_file_without_weights_has_no_last_ones(tmp_path: Path) -> None:
    file = tiny_onnx.converter(tmp_path / "x.onnx")
    model = load(file)
    model.graph.ClearField("initializer")
    save(model, file)
    with pytest.raises(OnnxFileError, match="no weights"):
        last_weights(file)
