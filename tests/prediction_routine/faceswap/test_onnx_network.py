import cv2
import numpy as np
import pytest

from faceswap.model_folder import ModelFolder
from faceswap.onnx_network import OnnxNetwork


@pytest.fixture(scope="module")
def file(model_folder: ModelFolder) -> bytes:
    return model_folder.files["identity"]


def field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field, of a length under 128."""
    return bytes([number << 3 | 2, len(content)]) + content


def model(operator: bytes) -> bytes:
    """One node from x to y."""
    return field(7, field(1, field(1, b"x") + field(2, b"y") + field(4, operator)))


def test_what_is_no_graph_is_an_error() -> None:
    with pytest.raises((ValueError, StopIteration)):
        OnnxNetwork(b"")


def test_an_operator_that_is_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="LSTM"):
        OnnxNetwork(model(b"LSTM"))


def test_a_single_layer_does_what_it_says() -> None:
    picture = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    assert (OnnxNetwork(model(b"Flatten"))(picture) == np.arange(24)).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_it_computes_what_opencv_computes(file: bytes, seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 255, (3, 112, 112)).astype(np.float32)
    reference = cv2.dnn.readNetFromONNX(np.frombuffer(file, np.uint8))
    reference.setInput(picture[None])
    expected = reference.forward().ravel()
    assert np.abs(OnnxNetwork(file)(picture) - expected).max() < 1e-3 * np.abs(expected).max()


def test_it_keeps_nothing_from_one_picture_to_the_next(file: bytes) -> None:
    network = OnnxNetwork(file)
    black, white = (np.full((3, 112, 112), value, np.float32) for value in (0, 255))
    first = network(black)
    network(white)
    assert (network(black) == first).all()
