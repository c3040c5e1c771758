import numpy as np

from faceswap.mesh import Mesh, read_mesh
from faceswap.model_folder import ModelFolder
from faceswap.warp import texture_map


def frontal(mesh: Mesh, side: int) -> np.ndarray:
    """The canonical face seen from the front, in a square of this side, float32 (468, 3)."""
    points = mesh.vertices * (1, -1, -1)
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    points[:, :2] = (points[:, :2] - (low + high) / 2) * (0.8 * side / (high - low).max()) + side / 2
    return points.astype(np.float32)


def test_the_same_shape_maps_every_cell_to_itself(model_folder: ModelFolder) -> None:
    mesh = read_mesh(model_folder.files["face_mesh"])
    face = frontal(mesh, 128)
    found = texture_map(face[:, :2], face, mesh.triangles, 128)
    covered = found.visible > 0
    rows, columns = np.nonzero(covered)
    assert covered.mean() > 0.3
    assert np.abs(found.x[covered] - columns).max() < 0.05
    assert np.abs(found.y[covered] - rows).max() < 0.05


def test_a_moved_and_enlarged_source_is_found_where_it_went(model_folder: ModelFolder) -> None:
    mesh = read_mesh(model_folder.files["face_mesh"])
    face = frontal(mesh, 128)
    found = texture_map(face[:, :2] * 3 + 11, face, mesh.triangles, 128)
    covered = found.visible > 0
    rows, columns = np.nonzero(covered)
    assert np.abs(found.x[covered] - (columns * 3 + 11)).max() < 0.2
    assert np.abs(found.y[covered] - (rows * 3 + 11)).max() < 0.2
    assert (found.triangles[covered] >= 0).all()


def test_the_far_side_of_a_turned_head_is_hidden(model_folder: ModelFolder) -> None:
    mesh = read_mesh(model_folder.files["face_mesh"])
    face = frontal(mesh, 128)
    c, s = np.cos(1.1), np.sin(1.1)
    turned = face.copy()
    depth = (face[:, 2] - face[:, 2].mean()) * 6
    turned[:, 0] = (face[:, 0] - 64) * c + depth * s + 64
    turned[:, 2] = depth * c - (face[:, 0] - 64) * s
    ahead = texture_map(face[:, :2], face, mesh.triangles, 128)
    aside = texture_map(face[:, :2], turned, mesh.triangles, 128)
    assert 0 < (aside.visible > 0).sum() < 0.9 * (ahead.visible > 0).sum()


def test_a_face_without_area_covers_nothing(model_folder: ModelFolder) -> None:
    mesh = read_mesh(model_folder.files["face_mesh"])
    flat = np.zeros((468, 3), np.float32)
    assert not texture_map(flat[:, :2], flat, mesh.triangles, 64).visible.any()
