from pathlib import Path

import numpy as np
import pytest

from faceswap.model_folder import ModelFolderError
from faceswap.one_shot import Interface, source_picture
from faceswap.pipeline import FrameSwapper
from faceswap.portrait import Portrait
from faceswap.source_encoder import SourceEncoder
from tests.prediction_routine import tiny_onnx


@pytest.fixture(scope="module")
def portraits(swapper: FrameSwapper, astronaut: bytes, hopper: bytes) -> list[Portrait]:
    return [swapper.portrait(astronaut), swapper.portrait(hopper)]


def interface(source: str) -> Interface:
    return Interface(source, "arcface_128", 128)


def colours(portrait: Portrait) -> np.ndarray:
    """Red, green and blue means of the face, as the tiny embedder is given them."""
    return (source_picture(portrait.photo, portrait.face.landmarks)[:, :, ::-1].mean((0, 1)) - 127.5) / 127.5


def unit(values: np.ndarray) -> np.ndarray:
    return values / np.linalg.norm(values)


def test_the_embedding_is_the_networks(tmp_path: Path, portraits: list[Portrait]) -> None:
    embedding, matrix = tiny_onnx.embedder(tmp_path / "e.onnx")
    given = SourceEncoder(interface("raw"), tmp_path, embedding, None)(portraits[:1])
    assert given.shape == (1, 512)
    assert given.dtype == np.float32
    assert np.allclose(given[0], colours(portraits[0]) @ matrix, atol=1e-3)


def test_of_several_photos_it_is_their_mean(tmp_path: Path, portraits: list[Portrait]) -> None:
    embedding, matrix = tiny_onnx.embedder(tmp_path / "e.onnx")
    given = SourceEncoder(interface("raw"), tmp_path, embedding, None)(portraits)
    assert np.allclose(given[0], np.mean([colours(portrait) for portrait in portraits], axis=0) @ matrix, atol=1e-3)


def test_a_converter_comes_between_and_length_one_after_it(tmp_path: Path, portraits: list[Portrait]) -> None:
    embedding, matrix = tiny_onnx.embedder(tmp_path / "e.onnx")
    convert = tiny_onnx.converter(tmp_path / "c.onnx", -3)
    raw = SourceEncoder(interface("raw"), tmp_path, embedding, convert)(portraits[:1])[0]
    expected = colours(portraits[0]) @ matrix
    assert np.allclose(raw, -3 * expected, atol=1e-3)
    assert np.allclose(
        SourceEncoder(interface("unit"), tmp_path, embedding, convert)(portraits[:1])[0], -unit(expected), atol=1e-4
    )


def test_the_networks_own_matrix_projects_it(tmp_path: Path, portraits: list[Portrait]) -> None:
    embedding, matrix = tiny_onnx.embedder(tmp_path / "e.onnx")
    emap = np.random.default_rng(3).normal(size=(512, 512)).astype(np.float32)
    network = tiny_onnx.swapper(tmp_path / "x.onnx", emap=emap)
    given = SourceEncoder(interface("projected"), network, embedding, None)(portraits[:1])[0]
    assert np.allclose(given, unit(unit(colours(portraits[0]) @ matrix) @ emap), atol=1e-4)
    assert np.isclose(np.linalg.norm(given), 1, atol=1e-5)


def test_a_picture_is_the_face_itself_and_needs_no_network(tmp_path: Path, portraits: list[Portrait]) -> None:
    given = SourceEncoder(interface("picture"), tmp_path, None, None)(portraits)
    assert given.shape == (1, 3, 112, 112)
    picture = source_picture(portraits[0].photo, portraits[0].face.landmarks)
    assert np.allclose(given[0].transpose(1, 2, 0)[:, :, ::-1] * 255, picture, atol=1e-3)


def test_without_an_embedding_network_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"x\.onnx needs an embedding network"):
        SourceEncoder(interface("unit"), tmp_path / "x.onnx", None, None)


def test_networks_that_take_something_else_are_refused_by_name(tmp_path: Path) -> None:
    embedding, _ = tiny_onnx.embedder(tmp_path / "e.onnx")
    converter = tiny_onnx.converter(tmp_path / "c.onnx")
    with pytest.raises(ModelFolderError, match=r"c\.onnx: an input of float32 1x3x112x112 was expected, a face; found: "):
        SourceEncoder(interface("unit"), tmp_path, converter, None)
    with pytest.raises(ModelFolderError, match=r"e\.onnx: an input of float32 1x512 was expected"):
        SourceEncoder(interface("unit"), tmp_path, embedding, embedding)
    with pytest.raises(ModelFolderError, match=r"x\.onnx: its last weights were expected to be the 512x512 matrix"):
        SourceEncoder(interface("projected"), tiny_onnx.swapper(tmp_path / "x.onnx"), embedding, None)
