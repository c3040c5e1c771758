"""Marble: a classical bust, white stone with grey veins, her hair parted and carved in waves."""

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
from mesh_tools import Mesh, merge, tube
from relief import carve
from studio import Finish, Lighting, Painting, Studio

CREDIT = Credit.of_persona("marble", "Marble")

SHAPE = head.Shape(
    jaw_width=0.94,
    chin_length=0.1,
    cheekbones=0.12,
    cheek_hollow=0.1,
    brow_ridge=0.15,
    nose_bridge=0.3,
    nose_width=0.92,
    lip_fullness=0.6,
    mouth_width=0.92,
    eye_opening=1.55,
    eye_size=1.06,
    neck_width=0.88,
    shoulder_width=0.9,
)


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(
        Lighting(
            backdrop_inner=(0.36, 0.45, 0.55),
            backdrop_outer=(0.09, 0.12, 0.18),
            rim_left=(1.0, 0.86, 0.7),
            key=(1.0, 0.94, 0.86),
            fill=0.45,
            exposure=-0.5,
        )
    )
    sitter = head.build(face, SHAPE)
    stone = studio.painted("marble", _stone(), Finish(scatter=(0.22, 0.18, 0.15), scatter_weight=0.25))
    studio.add(carve(sitter.skin, _chiselling()), stone)
    studio.add(sitter.body, stone)
    for eye in eyes.carved_eyes(sitter):
        studio.add(eye, stone)
    studio.add(hair.combed_locks(5, rows=12, thickness=0.8, waves=2.6, amplitude=0.075, fall=0.76, gather=0.4), stone)
    studio.add(hair.scalp_shell(0.06, 0.5, 0.35, fall=0.7), stone)
    studio.add(_laurel(), studio.plain("gold", (0.95, 0.72, 0.32), roughness=0.3, metal=1.0))
    return studio


def _laurel() -> Mesh:
    """A gilded wreath: pairs of leaves that meet over the forehead."""
    along = np.linspace(0.62, 0.04, 11)
    stem = hair.on_scalp(along, np.full(len(along), 0.27), 1.75)
    leaves = []
    for place, towards in zip(stem, np.gradient(stem, axis=0), strict=True):
        normal = hair.outward(place[None])[0] + [0, -0.1, 0.35]
        normal /= np.linalg.norm(normal)
        across = np.cross(normal, towards / np.linalg.norm(towards))
        for spread in (0.8, -0.8):
            forward = towards / np.linalg.norm(towards) + spread * across
            leaves.append(flowers.leaf(place, normal, forward / np.linalg.norm(forward), 1.9))
    half = merge([*leaves, tube(stem, np.full(len(stem), 0.12), 8)])
    return merge([half, hair.mirrored(half)])


def _chiselling() -> np.ndarray:
    brows = features.brow_area(0.1) * 0.16 + features.brow_hairs(2, 160, 0.09, 0.7) * 0.05
    return canvas.blur(brows, 0.03) - 0.14 * features.lid_crease() - 0.05 * features.lip_line()


def _stone() -> Painting:
    warp = 0.55 * canvas.noise(5, 21)
    drift = canvas.noise(7, 22, 5) + warp
    veins = np.exp(-np.abs(drift) * 26) * np.clip(0.75 + 0.4 * canvas.noise(4, 23), 0, 1)
    hairlines = np.exp(-np.abs(canvas.noise(3.6, 24, 5) + 0.3 * warp) * 46) * np.clip(0.5 + 0.4 * canvas.noise(5, 25), 0, 1)
    cloud = np.clip(0.5 + 0.4 * canvas.noise(3.5, 26, 5), 0, 1)
    colour = canvas.over(canvas.flat((0.93, 0.905, 0.87)), (0.7, 0.715, 0.73), cloud * 0.65)
    smoke = np.clip(canvas.blur(veins, 0.03) * 0.95 + canvas.blur(veins, 0.22) * 0.7, 0, 1)
    colour = canvas.over(colour, (0.33, 0.35, 0.39), smoke)
    colour = canvas.over(colour, (0.5, 0.44, 0.37), hairlines * 0.85)
    dust = (
        features.nostrils() * 0.5
        + features.lid_crease() * 0.5
        + features.lip_line() * 0.45
        + features.lash_line(0.12) * 0.5
        + features.brow_hairs(2, 160, 0.09, 0.7) * 0.3
    )
    colour = canvas.over(colour, (0.42, 0.38, 0.33), dust)
    colour = canvas.over(colour, (0.74, 0.6, 0.54), features.lips() * 0.7)
    grain = canvas.noise(0.1, 27, 2)
    return Painting(colour, roughness=np.clip(0.36 + 0.05 * canvas.noise(1, 28), 0.2, 0.6), height=0.002 * grain)
