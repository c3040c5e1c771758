"""Hair built from locks that lie on the skull, always outside the face's outline."""

from __future__ import annotations

import numpy as np
from canonical_face import load
from head import SKULL_AXES, SKULL_CENTRE
from landmarks import OVAL
from mesh_tools import Mesh, merge, rings_to_quads, smooth_curve, tube

HAIRLINE = np.concatenate([load().points[OVAL[:13]]])
"""The right half of the face's outline, from the middle of the forehead down to the jaw."""

NAPE = np.array([[0, 11.8, -8.5], [4.0, 10.5, -9.5], [7.0, 6.5, -9.5], [7.8, 2.0, -9.0], [7.4, -3.0, -8.5], [6.8, -8.0, -8.0]])
"""Where hair combed back from that outline ends, from the crown down the side of the neck."""


def lifted(points: np.ndarray, lift: float | np.ndarray) -> np.ndarray:
    """Points pushed out to at least `lift` cm (roughly) above the skull."""
    offset = (points - SKULL_CENTRE) / SKULL_AXES
    distance = np.linalg.norm(offset, axis=-1, keepdims=True)
    wanted = np.maximum(distance, 1 + np.asarray(lift)[..., None] / 9.0)
    return SKULL_CENTRE + offset / distance * wanted * SKULL_AXES


def outward(points: np.ndarray) -> np.ndarray:
    normal = (points - SKULL_CENTRE) / SKULL_AXES**2
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def on_scalp(along: float | np.ndarray, back: float | np.ndarray, lift: float | np.ndarray = 0.0) -> np.ndarray:
    """A place on the scalp: `along` the hairline from the forehead (0) to the jaw (1), `back` from it (0) to the nape (1)."""
    along, back = np.broadcast_arrays(np.asarray(along, float), np.asarray(back, float))
    front_curve, back_curve = smooth_curve(HAIRLINE, 200), smooth_curve(NAPE, 200)
    index = np.clip(along * 199, 0, 198.999)
    low, share = index.astype(int), (index % 1)[..., None]
    front = front_curve[low] * (1 - share) + front_curve[low + 1] * share
    rear = back_curve[low] * (1 - share) + back_curve[low + 1] * share
    back = back[..., None]
    return lifted(front * (1 - back) + rear * back, lift)


def mirrored(mesh: Mesh) -> Mesh:
    points = mesh.points * [-1, 1, 1]
    return Mesh(points, mesh.faces[:, ::-1], points[:, :2].copy())


def combed_locks(
    seed: int,
    rows: int,
    thickness: float,
    waves: float,
    amplitude: float,
    fall: float = 1.0,
    margin: float = 0.05,
    sides: int = 8,
    layers: int = 1,
    gather: float = 0.5,
) -> Mesh:
    """Hair parted in the middle, drawn down both sides of the head in wavy locks and, from `gather` on, back to the nape."""
    random = np.random.default_rng(seed)
    locks = []
    for side in (1, -1):
        for layer in range(layers):
            for row in range(rows):
                back = margin + (0.92 - margin) * (row + 0.3 * random.random()) / rows
                along = np.linspace(0, fall * (0.9 + 0.1 * random.random()), 90)
                phase = random.random() * 0.8 + row * 0.55
                swing = amplitude * np.sin(along * waves * 2 * np.pi + phase) * np.clip(along * 4, 0, 1)
                lift = thickness * (0.5 + 0.45 * layer) + 0.25 * thickness * np.cos(along * waves * 4 * np.pi + phase)
                gathered = back + (0.97 - back) * np.clip((along - gather) / (1.05 - gather), 0, 1) ** 1.6
                path = on_scalp(along, np.clip(gathered + swing, margin, 1), lift)
                ends = np.clip(np.minimum(0.7 + along * 9, (along[-1] - along) * 7), 0, 1) ** 0.5
                radii = thickness * (0.85 + 0.3 * random.random()) * (0.25 + 0.75 * ends)
                lock = tube(path, radii, sides, 0.75, outward(path))
                locks.append(lock if side == 1 else mirrored(lock))
    return merge(locks)


def snail_curls(seed: int, rows: int, radius: float, margin: float = 0.05, reach: float = 0.8, fall: float = 0.66) -> Mesh:
    """Rows of tight spiral curls, as archaic sculptors cast them."""
    random = np.random.default_rng(seed)
    curls = []
    for row in range(rows):
        back = margin + (reach - margin) * row / max(rows - 1, 1)
        path = on_scalp(np.linspace(0, fall, 300), np.full(300, back), 0.2)
        length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
        start = radius * (1.0 if row % 2 else 0.02)
        for distance in np.arange(start, length[-1], radius * 1.85):
            centre = np.array([np.interp(distance, length, path[:, axis]) for axis in range(3)])
            curl = _curl(centre, radius * (0.92 + 0.16 * random.random()), random.random() * 6.28, random.choice([-1, 1]))
            curls.append(curl)
            if centre[0] > radius * 0.4:
                curls.append(mirrored(curl))
    return merge(curls)


def _curl(centre: np.ndarray, radius: float, turn: float, way: int) -> Mesh:
    normal = outward(centre[None])[0]
    side = np.cross(normal, [0.2, 1.0, 0.1])
    side /= np.linalg.norm(side)
    up = np.cross(side, normal)
    t = np.linspace(0, 1, 54)
    angle, distance = turn + way * t * 2.4 * 2 * np.pi, radius * (1 - 0.92 * t)
    path = centre + side * (np.cos(angle) * distance)[:, None] + up * (np.sin(angle) * distance)[:, None]
    path = path + normal * (0.75 * radius * t + 0.05)[:, None]
    return tube(path, radius * 0.27 * (1 - 0.45 * t), 7)


def scalp_shell(margin: float, lift: float, rise: float, fall: float = 0.74) -> Mesh:
    """A cap over the skull, from `margin` outside the face's outline to the back; it rises by `rise` cm behind its rim."""
    back, along = np.linspace(margin, 0.92, 40), np.linspace(0, fall, 80)
    half = np.stack([on_scalp(along, np.full(80, step), lift + rise * min((step - margin) * 12, 1)) for step in back])
    whole = np.concatenate([half[:, ::-1] * [-1, 1, 1], half[:, 1:]], axis=1)
    flat = whole.reshape(-1, 3)
    return Mesh(flat, rings_to_quads(40, whole.shape[1], closed=False)[:, ::-1], flat[:, :2].copy())


def fur(roots: np.ndarray, directions: np.ndarray, lengths: np.ndarray, seed: int, width: float = 0.045) -> Mesh:
    """One tapering strand per root (n, 3), bending a little down; each takes the paint of its root."""
    random = np.random.default_rng(seed)
    count, steps, sides = len(roots), 5, 3
    directions = directions + random.normal(0, 0.22, directions.shape)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    along = np.linspace(0, 1, steps)[None, :, None]
    droop = np.array([0, -0.22, 0.0]) * along**2
    spine = roots[:, None] + (directions[:, None] * along + droop) * lengths[:, None, None]
    side = np.cross(directions, [0.3, 0.4, 0.86])
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    up = np.cross(side, directions)
    turn = np.arange(sides) * 2 * np.pi / sides
    ring = side[:, None, None] * np.cos(turn)[None, None, :, None] + up[:, None, None] * np.sin(turn)[None, None, :, None]
    points = spine[:, :, None] + ring * (width * (1 - 0.85 * along))[..., None]
    strand = rings_to_quads(steps, sides)
    faces = (strand[None] + (np.arange(count) * steps * sides)[:, None, None]).reshape(-1, 4)
    paint = np.repeat(roots[:, :2], steps * sides, axis=0)
    return Mesh(points.reshape(-1, 3), faces, paint)
