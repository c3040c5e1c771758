"""A head and bust grown around the canonical face: lids opened over eyeballs, lips closed, skull, neck, shoulders."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from canonical_face import CanonicalFace
from landmarks import EYE_LEFT, EYE_RIGHT, LIP_PAIRS, LIPS_INNER, OVAL
from mesh_tools import Mesh, loop_subdivide, rings_to_quads, smooth_curve

SKULL_CENTRE = np.array([0.0, 3.0, -4.2])
SKULL_AXES = np.array([7.9, 9.9, 9.8])
EYE_RADIUS = 1.28
SUBDIVISIONS = 3
KEEP_DETAIL = 0.75


@dataclass(frozen=True)
class Shape:
    """How one persona's features differ from the canonical face; zero or one is the canonical face itself."""

    jaw_width: float = 1.0
    chin_length: float = 0.0
    cheekbones: float = 0.0
    brow_ridge: float = 0.0
    nose_width: float = 1.0
    nose_bridge: float = 0.0
    nose_length: float = 0.0
    lip_fullness: float = 0.0
    mouth_width: float = 1.0
    eye_opening: float = 1.35
    eye_size: float = 1.0
    eye_tilt: float = 0.0
    cheek_hollow: float = 0.0
    neck_width: float = 1.0
    shoulder_width: float = 1.0


@dataclass(frozen=True)
class Head:
    """skin and body are meshes; eyes are the two eyeball centres (their radius is EYE_RADIUS * eye_size)."""

    skin: Mesh
    body: Mesh
    eyes: tuple[np.ndarray, np.ndarray]
    eye_radius: float
    features: np.ndarray = field(repr=False)


def build(face: CanonicalFace, shape: Shape) -> Head:
    """features: the 468 points, sculpted, before subdivision."""
    plain = _close_lips(face.points)
    sculpted = _sculpt(plain, shape)
    radius = EYE_RADIUS * shape.eye_size
    eyes = []
    for loop in (EYE_LEFT, EYE_RIGHT):
        centre = sculpted[loop].mean(0)
        centre[2] = sculpted[loop, 2].max() - radius * 0.98
        sculpted = _fit_lids(sculpted, loop, centre, radius)
        eyes.append(centre)
    triangles = _without_openings(face.triangles)
    values = np.concatenate([sculpted, plain[:, :2]], axis=1)
    values, triangles = _add_skull(values, triangles)
    values, triangles = _add_lid_rims(values, triangles, eyes, radius)
    values, triangles = _refine(values, triangles)
    return Head(Mesh(values[:, :3], triangles, values[:, 3:]), _bust(shape), (eyes[0], eyes[1]), radius, sculpted)


def _refine(values: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Subdivides from corrected points, so that the smooth surface still passes close to the sculpted ones."""
    corrected = values.copy()
    for _ in range(3):
        finer, finer_triangles = corrected, triangles
        for _ in range(SUBDIVISIONS):
            finer, finer_triangles = loop_subdivide(finer, finer_triangles)
        corrected = corrected + KEEP_DETAIL * (values - finer[: len(values)])
    return finer, finer_triangles


def _close_lips(points: np.ndarray) -> np.ndarray:
    """The canonical mouth is a little open: both rims of the gap meet halfway, less deep."""
    points = points.copy()
    for (upper, lower), share in LIP_PAIRS:
        middle = (points[upper] + points[lower]) / 2
        gap = points[upper, 1] - points[lower, 1]
        if share == 1:
            middle[2] = max(middle[2], 0.5 * middle[2] + 0.5 * 5.35 - 0.09 * points[upper, 0] ** 2)
            points[upper], points[lower] = middle, middle
        else:
            points[upper, 1] -= gap * 0.12
            points[lower, 1] += gap * 0.12
    return points


def _bump(points: np.ndarray, centre: tuple[float, float], spread: tuple[float, float]) -> np.ndarray:
    """A soft weight around a place on the face and its mirror image."""
    across = (np.abs(points[:, 0]) - centre[0]) / spread[0]
    along = (points[:, 1] - centre[1]) / spread[1]
    return np.exp(-(across**2 + along**2) / 2)


def _sculpt(plain: np.ndarray, shape: Shape) -> np.ndarray:
    points = plain.copy()
    sign = np.sign(plain[:, 0])
    low = 1 / (1 + np.exp((plain[:, 1] + 4.2) / 1.2))
    aside = 1 / (1 + np.exp(-(np.abs(plain[:, 0]) - 3.2) / 0.7))
    points[:, 0] *= 1 + (shape.jaw_width - 1) * low * aside
    points[:, 1] -= shape.chin_length / (1 + np.exp((plain[:, 1] + 6.8) / 0.5))
    cheek = _bump(plain, (5.6, 0.4), (1.5, 1.1))
    points[:, 2] += shape.cheekbones * cheek
    points[:, 0] += sign * 0.5 * shape.cheekbones * cheek
    hollow = _bump(plain, (4.9, -3.2), (1.2, 1.6))
    points[:, 2] -= shape.cheek_hollow * hollow
    points[:, 0] -= sign * 0.4 * shape.cheek_hollow * hollow
    points[:, 2] += shape.brow_ridge * _bump(plain, (2.6, 4.3), (1.7, 0.55))
    nose = _bump(plain, (0.0, -1.0), (1.5, 0.9))
    points[:, 0] *= 1 + (shape.nose_width - 1) * nose
    points[:, 2] += shape.nose_bridge * _bump(plain, (0.0, 2.4), (0.7, 1.5))
    points[:, 1] -= shape.nose_length * _bump(plain, (0.0, -1.2), (1.3, 1.0))
    lips = np.exp(-(((plain[:, 1] + 4.3) / 0.9) ** 2) - (plain[:, 0] / 2.0) ** 2)
    points[:, 2] += 0.45 * shape.lip_fullness * lips
    points[:, 1] += 0.5 * shape.lip_fullness * lips * np.clip((plain[:, 1] + 4.25) / 0.5, -1, 1)
    mouth = np.exp(-(((plain[:, 1] + 4.3) / 1.1) ** 2) - (plain[:, 0] / 3.2) ** 4)
    points[:, 0] *= 1 + (shape.mouth_width - 1) * mouth
    for loop in (EYE_LEFT, EYE_RIGHT):
        centre = plain[loop].mean(0)
        near = np.exp(-((plain[:, 0] - centre[0]) ** 2 / 4.2 + (plain[:, 1] - centre[1]) ** 2 / 0.7))[:, None]
        away = plain - centre
        away[:, 2] = 0
        lift = away * (shape.eye_size - 1)
        lift[:, 1] += away[:, 1] * (shape.eye_opening - 1) * np.where(away[:, 1] > 0, 1.15, 0.75)
        lift[:, 1] += shape.eye_tilt * np.sign(centre[0]) * away[:, 0]
        points += lift * near
    return points


def _fit_lids(points: np.ndarray, loop: list[int], centre: np.ndarray, radius: float) -> np.ndarray:
    """Lids lie on the eyeball: their rim just above it, what surrounds them never inside it."""
    points = points.copy()
    away = points - centre
    distance = np.linalg.norm(away, axis=1)
    rim = np.zeros(len(points), bool)
    rim[loop] = True
    wanted = np.where(rim, radius + 0.07, np.maximum(distance, radius + 0.16))
    near = rim | (distance < radius + 0.16)
    points[near] = centre + away[near] / distance[near, None] * wanted[near, None]
    return points


def _without_openings(triangles: np.ndarray) -> np.ndarray:
    keep = np.ones(len(triangles), bool)
    for loop in (EYE_LEFT, EYE_RIGHT, LIPS_INNER):
        keep &= ~np.isin(triangles, loop).all(1)
    return triangles[keep]


def _append_ring(values, triangles, loop, ring, flip):
    """A strip of triangles from the points of a loop to a new ring of as many points."""
    start, size = len(values), len(loop)
    here, there = np.array(loop), np.arange(start, start + size)
    following = np.roll(np.arange(size), -1)
    strip = np.concatenate(
        [np.stack([here, there, here[following]], 1), np.stack([here[following], there, there[following]], 1)]
    )
    if flip:
        strip = strip[:, ::-1]
    return np.concatenate([values, ring]), np.concatenate([triangles, strip]), list(there)


def _add_skull(values: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From the face's outline over an ellipsoid to a pole at the back of the head."""
    start = (values[OVAL, :3] - SKULL_CENTRE) / SKULL_AXES
    reach = np.linalg.norm(start, axis=1)
    unit = start / reach[:, None]
    pole = np.array([0.0, 0.0, -1.0])
    angle = np.arccos(unit @ pole)[:, None]
    loop = list(OVAL)
    for step in (0.08, 0.19, 0.33, 0.48, 0.64, 0.8, 0.92):
        turned = (np.sin((1 - step) * angle) * unit + np.sin(step * angle) * pole) / np.sin(angle)
        distance = 1 + (reach - 1) * (1 - step) ** 3
        ring = SKULL_CENTRE + SKULL_AXES * turned * distance[:, None]
        values, triangles, loop = _append_ring(values, triangles, loop, np.concatenate([ring, ring[:, :2]], 1), True)
    tip = SKULL_CENTRE + SKULL_AXES * pole
    values = np.concatenate([values, [[*tip, *tip[:2]]]])
    cap = np.stack([loop, np.full(len(loop), len(values) - 1), np.roll(loop, -1)], 1)[:, ::-1]
    return values, np.concatenate([triangles, cap])


def _add_lid_rims(values, triangles, eyes, radius):
    """The thickness of the lids: a rim turned in under the lashes."""
    for loop, centre, flip in ((EYE_LEFT, eyes[0], True), (EYE_RIGHT, eyes[1], False)):
        ring = values[loop].copy()
        for scale in (1.0, 0.82):
            away = ring[:, :3] - centre
            inner = centre + away / np.linalg.norm(away, axis=1, keepdims=True) * (radius * scale)
            ring = ring.copy()
            ring[:, :3] = inner
            values, triangles, loop = _append_ring(values, triangles, loop, ring, flip)
    return values, triangles


def _bust(shape: Shape) -> Mesh:
    """Stacked superellipses from inside the head down past the edge of the picture."""
    #                   y    half width  half depth   z   squareness
    stations = np.array(
        [
            [-1.0, 4.6, 5.0, -5.0, 2.0],
            [-6.0, 5.3, 5.6, -4.6, 2.0],
            [-10.5, 5.6, 5.9, -4.4, 2.0],
            [-13.6, 6.4, 6.3, -4.6, 2.0],
            [-15.6, 9.2, 6.9, -4.9, 2.0],
            [-17.4, 14.0, 7.6, -5.0, 2.1],
            [-19.4, 18.3, 8.6, -5.0, 2.3],
            [-23.0, 21.3, 9.9, -4.8, 2.5],
            [-30.0, 22.0, 11.2, -4.5, 2.6],
            [-40.0, 21.0, 11.8, -4.5, 2.6],
        ]
    )
    profile = smooth_curve(stations, 160)
    turn = np.linspace(0, 2 * np.pi, 144, endpoint=False)
    y, width, depth, z, power = (column[:, None] for column in profile.T)
    low = np.clip((-y - 12) / 7, 0, 1)
    width = width * (shape.neck_width * (1 - low) + shape.shoulder_width * low)
    x_part = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** (2 / power)
    z_part = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** (2 / power)
    points = np.stack(np.broadcast_arrays(width * x_part, y, z + depth * z_part), -1).reshape(-1, 3)
    points = _neck_muscles(points)
    return Mesh(points, rings_to_quads(160, 144), points[:, :2].copy())


def _neck_muscles(points: np.ndarray) -> np.ndarray:
    """Two cords from behind the jaw to the pit of the throat, the pit itself, and the collarbones."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    front = np.clip((z + 4) / 3, 0, 1)
    cord_x = np.interp(y, [-17.0, -6.0], [1.5, 6.2])
    cord = np.exp(-(((x - cord_x) / 0.95) ** 2)) * np.clip((y + 18) / 2, 0, 1) * 0.55
    bone_y = np.interp(x, [1.2, 5, 10, 16], [-17.6, -17.2, -16.9, -17.6])
    bone = np.exp(-(((y - bone_y) / 0.6) ** 2)) * np.clip((x - 0.9) / 1.2, 0, 1) * np.clip((17 - x) / 5, 0, 1) * 0.6
    pit = np.exp(-((x / 1.2) ** 2) - ((y + 17.3) / 1.1) ** 2) * 0.9
    moved = points.copy()
    moved[:, 2] += (cord + bone - pit) * front
    return moved
