import numpy as np
import pytest

from faceswap.mesh import OVAL, POINTS, read_mesh
from faceswap.model_folder import ModelFolder


@pytest.mark.parametrize("metadata", [b"", b"\x0a\x00", b"\x08\x01"])
def test_a_message_without_a_mesh_is_refused(metadata: bytes) -> None:
    with pytest.raises(ValueError, match="468 points were expected"):
        read_mesh(metadata)


def test_the_canonical_mesh_is_a_disc_with_the_oval_as_its_edge(model_folder: ModelFolder) -> None:
    mesh = read_mesh(model_folder.files["face_mesh"])
    assert mesh.vertices.shape == (POINTS, 3)
    assert mesh.triangles.shape == (898, 3)
    edges = np.sort(np.concatenate([mesh.triangles[:, [0, 1]], mesh.triangles[:, [1, 2]], mesh.triangles[:, [2, 0]]]), axis=1)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    assert set(unique[counts == 1].ravel().tolist()) == set(OVAL)


def test_the_nose_is_nearest_to_the_camera(model_folder: ModelFolder) -> None:
    mesh = read_mesh(model_folder.files["face_mesh"])
    assert int(mesh.vertices[:, 2].argmax()) in {1, 4}
