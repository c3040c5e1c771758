"""Eyeballs: an iris painted fibre by fibre for the living, a carved one for statues."""

from __future__ import annotations

import canvas
import numpy as np
from head import Head
from mesh_tools import Mesh, ball
from studio import Colour, Finish, Painting, Studio

IRIS_RADIUS = 0.64
TEXTURE = 512
SPAN = 1.6  # the texture covers -SPAN..SPAN cm around the pupil


def add_painted_eyes(
    studio: Studio,
    head: Head,
    iris: Colour,
    ring: Colour,
    sclera: Colour = (0.93, 0.91, 0.89),
    pupil: float = 0.24,
    iris_scale: float = 1.0,
    glow: float = 0.0,
    slit: bool = False,
) -> None:
    rows, columns = np.mgrid[SPAN : -SPAN : TEXTURE * 1j, -SPAN : SPAN : TEXTURE * 1j]
    distance, angle = np.hypot(rows, columns), np.arctan2(rows, columns)
    random = np.random.default_rng(11)
    radius = IRIS_RADIUS * iris_scale
    fibres = np.interp(angle, np.linspace(-np.pi, np.pi, 181), random.normal(0, 1, 181), period=2 * np.pi)
    fine = np.interp(angle, np.linspace(-np.pi, np.pi, 61), random.normal(0, 1, 61), period=2 * np.pi)
    picture = np.broadcast_to(np.asarray(sclera), (TEXTURE, TEXTURE, 3)).copy()
    picture = picture * (1 - 0.25 * np.clip((distance - 0.7) / 0.7, 0, 1)[..., None] * np.array([0.6, 1.0, 1.0]))
    shade = (1 + 0.14 * fibres + 0.12 * fine + 0.35 * np.clip((0.5 - distance / radius), -0.4, 0.5))[..., None]
    inner = np.asarray(iris) * shade
    inner = inner + (np.asarray(ring) - inner) * _step(distance / radius, 0.72, 1.0)[..., None]
    picture = picture + (inner - picture) * _step(distance, radius + 0.04, radius - 0.04)[..., None]
    reach = np.hypot(rows * 0.42, columns * 1.9) if slit else distance
    picture = picture * (1 - 0.97 * _step(reach, pupil + 0.03, pupil - 0.03)[..., None])
    painting = Painting(np.clip(picture, 0, 1).astype(np.float32), roughness=0.12)
    for centre in head.eyes:
        material = studio.painted("eye", painting, Finish(coat=1.0, glow=glow))
        studio.add(_eyeball(centre, head.eye_radius, radius, bulge=0.09), material)


def carved_eyes(head: Head) -> list[Mesh]:
    """Eyeballs for a statue: the rim of the iris cut as a groove, the pupil drilled."""
    eyes = [_eyeball(centre, head.eye_radius, IRIS_RADIUS, bulge=0.02, carve=0.13) for centre in head.eyes]
    return [Mesh(eye.points, eye.faces, eye.points[:, :2]) for eye in eyes]


def _step(value: np.ndarray, start: float, end: float) -> np.ndarray:
    share = np.clip((value - start) / (end - start), 0, 1)
    return share * share * (3 - 2 * share)


def _eyeball(centre: np.ndarray, radius: float, iris: float, bulge: float, carve: float = 0.0) -> Mesh:
    mesh = ball(centre, radius, rows=160, columns=96)
    offset = mesh.points - centre
    distance = np.hypot(offset[:, 0], offset[:, 1])
    front = offset[:, 2] > 0
    push = bulge * np.clip(1 - (distance / (iris * 1.1)) ** 2, 0, 1)
    push -= carve * 0.45 * np.exp(-(((distance - iris) / 0.06) ** 2))
    push -= carve * 1.6 * np.clip(1 - (np.hypot(offset[:, 0], offset[:, 1] - 0.06) / 0.3) ** 2, 0, 1) ** 0.7
    scale = 1 + np.where(front, push, 0) / radius
    points = centre + offset * scale[:, None]
    share = (offset[:, :2] / SPAN + 1) / 2
    paint = np.stack([canvas.LEFT + share[:, 0] * canvas.EXTENT, canvas.TOP - canvas.EXTENT + share[:, 1] * canvas.EXTENT], 1)
    return Mesh(points, mesh.faces, paint)


def lashes(head: Head, loops: tuple[list[int], list[int]], length: float = 0.55) -> list[np.ndarray]:
    """Paths of upper lashes, from the lid's rim outwards; the first nine points of a loop are the upper lid."""
    paths = []
    for loop, centre in zip(loops, head.eyes, strict=True):
        rim = head.features[loop[:9]]
        for at in np.linspace(0.3, 7.6, 30):
            low = int(at)
            root = rim[low] + (rim[min(low + 1, 8)] - rim[low]) * (at - low)
            away = root - centre
            away = away / np.linalg.norm(away)
            sideways = np.sign(centre[0]) * (0.75 - at / 9) * 0.7
            bend = np.linspace(0, 1, 7)[:, None]
            reach = length * (0.65 + 0.35 * np.sin(np.pi * min(0.25 + (8 - at) / 11, 1)))
            paths.append(root + bend * reach * (away * 0.75 + [sideways, 0, 0.2]) + bend**2 * reach * np.array([0, 0.5, 0]))
    return paths
