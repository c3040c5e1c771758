import struct

import numpy as np
import pytest

from faceswap.graph import Graph, Kind
from faceswap.model_folder import ModelFolder
from faceswap.networks import Network


def test_what_is_no_network_is_an_error() -> None:
    with pytest.raises(struct.error):
        Graph(b"")


def test_a_network_written_again_computes_the_same(model_folder: ModelFolder) -> None:
    detector = model_folder.files["face_detector"]
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 128, 128, 3)).astype(np.float32)
    for expected, found in zip(Network(detector)(picture), Network(Graph(detector).as_bytes())(picture), strict=True):
        assert (found == expected).all()


def test_constants_are_read_whether_halved_or_not_and_can_be_added(published_landmarks: bytes) -> None:
    graph = Graph(published_landmarks)
    first = graph.operators[0]
    assert graph.kind(first) == Kind.CONV_2D
    kernel = graph.values(first.inputs[1])
    assert kernel.shape == graph.shape(first.inputs[1]) == (16, 3, 3, 3)
    added = graph.constant(kernel / 3)
    assert (graph.values(added) == kernel / 3).all()


def test_what_leads_to_no_output_is_left_out(published_landmarks: bytes) -> None:
    graph = Graph(published_landmarks)
    first = graph.operators[0]
    graph.cut([first.outputs[0]])
    blob = graph.as_bytes()
    assert len(blob) < len(published_landmarks) / 5
    assert [Graph(blob).kind(operator) for operator in Graph(blob).operators] == [Kind.CONV_2D]
    (given,) = Network(blob)(np.zeros((1, 256, 256, 3), np.float32))
    assert given[0, 5, 5] == pytest.approx(Graph(blob).values(first.inputs[2]))
