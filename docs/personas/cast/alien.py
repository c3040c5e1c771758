"""Alien: a visitor with blue skin, large amber eyes, and freckles of light along the brow and cheeks."""

from __future__ import annotations

import canvas
import eyes
import features
import head
import numpy as np
from canonical_face import CanonicalFace
from gallery import Credit
from hair import on_scalp, outward
from mesh_tools import Mesh, merge, smooth_curve, tube
from relief import carve
from studio import Finish, Lighting, Painting, Studio

CREDIT = Credit.of_persona("alien", "Alien")

SHAPE = head.Shape(
    jaw_width=0.98,
    chin_length=0.15,
    cheekbones=0.35,
    cheek_hollow=0.2,
    brow_ridge=0.1,
    nose_bridge=-0.3,
    nose_width=0.8,
    nose_length=-0.25,
    lip_fullness=0.15,
    mouth_width=0.82,
    eye_opening=1.75,
    eye_size=1.22,
    eye_tilt=0.12,
    neck_width=0.72,
    shoulder_width=0.8,
)


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(
        Lighting(
            backdrop_inner=(0.33, 0.22, 0.45),
            backdrop_outer=(0.07, 0.05, 0.14),
            rim_left=(1.0, 0.4, 0.85),
            rim_right=(0.35, 0.9, 1.0),
            rim_power=1.2,
            exposure=-0.15,
        )
    )
    sitter = head.build(face, SHAPE)
    skin = studio.painted("skin", _skin(), Finish(scatter=(0.25, 0.4, 0.6), scatter_weight=0.5, coat=0.15))
    studio.add(carve(sitter.skin, _ridges()), skin)
    studio.add(sitter.body, skin)
    eyes.add_painted_eyes(
        studio,
        sitter,
        iris=(0.95, 0.62, 0.12),
        ring=(0.35, 0.1, 0.02),
        sclera=(0.2, 0.16, 0.2),
        pupil=0.3,
        iris_scale=1.35,
    )
    studio.add(_crest(), skin)
    return studio


def _brow_ridge_paths() -> list[np.ndarray]:
    return [
        side
        for knots in (
            [[-1.2, 4.3], [-2.5, 5.1], [-4.3, 5.2], [-6.0, 4.2]],
            [[-0.9, 5.4], [-2.4, 6.3], [-4.4, 6.4], [-6.2, 5.4]],
        )
        for side in canvas.both_sides(smooth_curve(knots, 80))
    ]


def _ridges() -> np.ndarray:
    ridge = canvas.strokes([canvas.tapered(path, 0.6) for path in _brow_ridge_paths()], 0.1)
    middle = canvas.strokes([canvas.tapered(smooth_curve([[0, 8.6], [0, 6.6], [0, 4.2]], 60), 0.7)], 0.12)
    return 0.22 * ridge + 0.16 * middle - 0.14 * features.lid_crease() - 0.05 * features.lip_line()


def _freckles() -> list[np.ndarray]:
    """Rows of light along the brows, the cheekbones and the temples."""
    rows = (
        ([[-1.3, 4.75], [-2.6, 5.65], [-4.4, 5.75], [-6.2, 4.7]], 13),
        ([[-2.2, 0.1], [-3.8, -0.3], [-5.6, 0.6], [-7.2, 2.2]], 13),
        ([[-3.2, -1.0], [-4.6, -1.2], [-6.0, -0.4], [-7.3, 0.9]], 10),
        ([[-6.8, -1.4], [-6.4, -3.6], [-5.3, -5.8]], 9),
    )
    return [point for knots, count in rows for side in canvas.both_sides(smooth_curve(knots, count)) for point in side]


def _skin() -> Painting:
    mottle = np.clip(0.5 + 0.3 * canvas.noise(1.6, 51, 5), 0, 1)
    colour = canvas.over(canvas.flat((0.24, 0.47, 0.66)), (0.16, 0.34, 0.56), mottle)
    height = np.clip((np.abs(canvas.X) - 3.5) / 5, 0, 1) + np.clip((canvas.Y - 5) / 5, 0, 1)
    colour = canvas.over(colour, (0.2, 0.2, 0.5), height * 0.65)
    spots = np.clip(canvas.noise(0.55, 52, 2) - 1.15, 0, 1) * np.clip(height * 1.3 + 0.1, 0, 1)
    colour = canvas.over(colour, (0.09, 0.14, 0.36), np.clip(spots * 3, 0, 1) * 0.7)
    blush = np.exp(-(((np.abs(canvas.X) - 4.6) / 1.8) ** 2) - ((canvas.Y + 0.6) / 1.3) ** 2)
    colour = canvas.over(colour, (0.55, 0.34, 0.66), blush * 0.45)
    colour = canvas.over(
        colour, (0.5, 0.25, 0.52), canvas.area(np.array([[-1.2, -0.2], [1.2, -0.2], [1.4, -1.7], [-1.4, -1.7]]), 0.5) * 0.3
    )
    colour = canvas.over(colour, (0.12, 0.1, 0.34), features.eye_hollow(0.85, 0.3) * 0.6)
    colour = canvas.over(colour, (0.55, 0.2, 0.5), features.lips() * 0.75)
    colour = canvas.over(
        colour, (0.07, 0.1, 0.3), canvas.strokes([canvas.tapered(p, 0.5) for p in _brow_ridge_paths()[:2]], 0.08) * 0.75
    )
    freckles = canvas.dots(_freckles(), 0.13)
    colour = canvas.over(colour, (0.5, 0.95, 0.95), canvas.blur(freckles, 0.25) * 0.5)
    colour = canvas.over(colour, (0.75, 1.0, 0.95), freckles)
    dark = np.clip(features.nostrils() + features.lip_line() + features.lash_line(0.2) + 0.4 * features.lid_crease(), 0, 1)
    colour = canvas.over(colour, (0.03, 0.03, 0.1), dark * 0.85)
    pores = features.pores(53)
    return Painting(
        colour, roughness=np.clip(0.4 + 0.06 * pores, 0.25, 0.6), height=0.004 * pores + 0.015 * canvas.blur(freckles, 0.04)
    )


def _crest() -> Mesh:
    """Soft fins swept back over the skull."""
    fins = []
    for along in (0.0, 0.13, 0.26, 0.39, 0.52, 0.65):
        back = np.linspace(0.1, 0.95, 60)
        height = np.sin(np.pi * np.linspace(0.02, 0.9, 60)) ** 0.8
        path = on_scalp(np.clip(along + 0.02 * back, 0, 1), back, 0.5 * height)
        fin = tube(path, 0.12 + 0.55 * height, 10, 1.0, outward(path))
        fins.append(fin)
        if along:
            fins.append(tube(path * [-1, 1, 1], 0.12 + 0.55 * height, 10, 1.0, outward(path * [-1, 1, 1])))
    return merge(fins)
