"""Jade: a polished stone mask mended with gold, under a gold band and a fan of feathers."""

from __future__ import annotations

import canvas
import eyes
import features
import flowers
import hair
import head
import numpy as np
from canonical_face import CanonicalFace
from gallery import Credit
from mesh_tools import Mesh, merge, smooth_curve, tube
from relief import carve
from studio import Finish, Lighting, Painting, Studio

CREDIT = Credit.of_persona("jade", "Jade")

SHAPE = head.Shape(
    jaw_width=1.1,
    chin_length=-0.25,
    cheekbones=0.1,
    brow_ridge=0.05,
    nose_bridge=0.35,
    nose_width=1.22,
    nose_length=0.2,
    lip_fullness=0.7,
    mouth_width=1.08,
    eye_opening=1.3,
    eye_tilt=0.14,
    neck_width=0.95,
)
RISE = np.array([0.0, 0.12, 0.0])
GOLD = (0.93, 0.66, 0.26)
FEATHERS = ((0.04, 0.42, 0.38), (0.1, 0.3, 0.55), (0.72, 0.12, 0.1))


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(
        Lighting(
            backdrop_inner=(0.6, 0.44, 0.22),
            backdrop_outer=(0.18, 0.1, 0.05),
            rim_left=(1.0, 0.9, 0.6),
            rim_right=(1.0, 0.8, 0.5),
            exposure=-0.1,
        )
    )
    sitter = head.build(face, SHAPE)
    stone = studio.painted("jade", _stone(), Finish(scatter=(0.25, 0.6, 0.4), scatter_weight=0.4, coat=0.3))
    gold = studio.plain("gold", GOLD, roughness=0.28, metal=1.0)
    studio.add(carve(sitter.skin, _carving()), stone)
    studio.add(sitter.body, stone)
    eyes.add_painted_eyes(studio, sitter, iris=(0.16, 0.1, 0.06), ring=(0.03, 0.02, 0.02), sclera=(0.9, 0.86, 0.76))
    studio.add(hair.scalp_shell(0.05, 0.3, 0.4, fall=0.7), studio.plain("cap", (0.05, 0.2, 0.16), roughness=0.3))
    studio.add(_band(), gold)
    studio.add(_collar(), gold)
    for row, colour in enumerate(FEATHERS):
        studio.add(_feathers(row), studio.plain(f"feather {row}", colour, roughness=0.55, finish=Finish(sheen=0.4)))
    return studio


def _inlay_paths() -> list[np.ndarray]:
    """Where gold is set into the stone, on both sides."""
    halves = (
        [[-1.0, 4.0], [-2.3, 4.75], [-4.2, 4.95], [-6.0, 3.9]],
        [[-7.5, 0.6], [-5.8, 0.9], [-4.2, 0.1], [-3.0, -1.4], [-3.1, -2.9]],
        [[-7.2, -2.6], [-5.6, -2.0], [-4.5, -2.8], [-4.4, -4.2]],
    )
    middle = [np.array([[0.0, 8.4], [0.0, 7.0]]), np.array([[0.0, -6.6], [0.0, -9.2]])]
    return [side for knots in halves for side in canvas.both_sides(smooth_curve(knots, 80))] + middle


def _inlay() -> np.ndarray:
    bands = canvas.lines(_inlay_paths(), 0.24, 0.02)
    diamond = np.array([[0, 7.2], [0.62, 6.2], [0, 5.2], [-0.62, 6.2]])
    beads = [side for y in (-5.6, -6.5, -7.4) for side in canvas.both_sides(np.array([-4.8 - 0.2 * y, y]))]
    return np.clip(bands + canvas.area(diamond, 0.02) + canvas.dots(beads, 0.2), 0, 1)


def _carving() -> np.ndarray:
    return 0.09 * canvas.blur(_inlay(), 0.05) - 0.15 * features.lid_crease() - 0.07 * features.lip_line()


def _stone() -> Painting:
    drift = canvas.noise(4.5, 91, 6)
    colour = canvas.over(canvas.flat((0.17, 0.5, 0.36)), (0.42, 0.7, 0.52), np.clip(0.4 + 0.35 * drift, 0, 1))
    colour = canvas.over(colour, (0.07, 0.3, 0.24), np.clip(canvas.noise(2.2, 92, 5) - 0.7, 0, 1) * 0.8)
    veins = np.exp(-np.abs(canvas.noise(4, 93, 5) + 0.4 * drift) * 26)
    colour = canvas.over(colour, (0.78, 0.88, 0.74), veins * 0.45)
    shade = features.nostrils() + features.lip_line() + 0.6 * features.lid_crease() + features.lash_line(0.18)
    colour = canvas.over(colour, (0.02, 0.1, 0.08), np.clip(shade, 0, 1) * 0.9)
    colour = canvas.over(colour, (0.05, 0.22, 0.18), features.eye_hollow(0.7, 0.3) * 0.35)
    colour = canvas.over(colour, (0.62, 0.3, 0.2), features.lips() * 0.75)
    inlay = _inlay()
    colour = canvas.over(colour, (0.04, 0.16, 0.12), canvas.blur(inlay, 0.12) * 0.6)
    colour = canvas.over(colour, GOLD, inlay)
    roughness = np.clip(0.34 + 0.04 * canvas.noise(0.8, 94), 0.2, 0.6)
    return Painting(colour, roughness=roughness, metal=inlay, height=0.003 * canvas.noise(0.3, 95, 3))


def _band() -> Mesh:
    """A band along the hairline with a row of beads, and a disc over each ear."""
    along = np.linspace(0, 0.7, 120)
    half = hair.on_scalp(along, np.full(120, 0.06), 0.45)
    rim = np.concatenate([half[::-1] * [-1, 1, 1], half[1:]])
    parts = [tube(rim, np.full(len(rim), 0.36), 12)]
    upper = hair.on_scalp(along, np.full(120, 0.15), 0.95)
    upper = np.concatenate([upper[::-1] * [-1, 1, 1], upper[1:]])
    parts.append(tube(upper, 0.36 + 0.17 * np.cos(np.arange(len(upper)) * 0.9), 12))
    for side in (-1, 1):
        x = side * (7.2 + np.array([0.0, 0.3, 0.9, 1.2, 1.0, 1.3, 1.5]))
        path = np.stack([x, np.full(7, -0.2), np.full(7, -2.6)], 1)
        parts.append(tube(path, np.array([0.3, 2.3, 2.3, 1.9, 1.0, 0.9, 0.1]), 40))
    return merge(parts)


def _collar() -> Mesh:
    """Rings of gold and a row of pendants over the shoulders."""
    turn = np.linspace(0, 2 * np.pi, 200)
    rings = []
    for y, width, depth in ((-13.3, 6.6, 6.7), (-14.1, 7.2, 7.1), (-14.9, 8.3, 7.5)):
        path = np.stack([width * np.cos(turn), np.full(200, y), -4.6 + depth * np.sin(turn)], 1)
        rings.append(tube(path, 0.42 + 0.06 * np.cos(turn * 60), 12))
    return merge(rings)


def _feathers(row: int) -> Mesh:
    """One row of the fan behind the band: the rows differ in reach and colour."""
    feathers = []
    for along in np.linspace(0, 0.62, 12) + (0.026 if row == 1 else 0):
        place = hair.on_scalp(np.array([along]), np.array([0.3 - 0.05 * row]), 0.3)[0]
        outward = place - [0, 1.0, place[2]]
        outward /= np.linalg.norm(outward)
        feather = flowers.leaf(place, np.array([0.0, -0.1, 1.0]), outward + RISE, (8.0, 6.4, 4.4)[row])
        feathers.append(feather)
        if along:
            feathers.append(hair.mirrored(feather))
    return merge(feathers)
