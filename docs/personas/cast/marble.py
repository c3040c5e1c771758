"""Marble: a classical bust, white stone with grey veins, her hair parted and carved in waves."""

from __future__ import annotations

import canvas
import eyes
import features
import hair
import head
import numpy as np
from canonical_face import CanonicalFace
from gallery import Credit
from relief import carve
from studio import Finish, Lighting, Painting, Studio

CREDIT = Credit.of_persona("marble", "Marble")

SHAPE = head.Shape(
    jaw_width=0.94, chin_length=0.1, cheekbones=0.12, cheek_hollow=0.1, brow_ridge=0.15, nose_bridge=0.3, nose_width=0.92,
    lip_fullness=0.6, mouth_width=0.92, eye_opening=1.55, eye_size=1.06, neck_width=0.88, shoulder_width=0.9,
)  # fmt: skip


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(Lighting(
        backdrop_inner=(0.36, 0.45, 0.55), backdrop_outer=(0.09, 0.12, 0.18), rim_left=(1.0, 0.86, 0.7), exposure=-0.85,
    ))
    sitter = head.build(face, SHAPE)
    stone = studio.painted("marble", _stone(), Finish(scatter=(0.5, 0.45, 0.4), scatter_weight=0.35, specular=0.5))
    studio.add(carve(sitter.skin, _chiselling()), stone)
    studio.add(sitter.body, stone)
    for eye in eyes.carved_eyes(sitter):
        studio.add(eye, stone)
    studio.add(hair.combed_locks(5, rows=13, thickness=0.72, waves=2.3, amplitude=0.05, fall=0.86), stone)
    return studio


def _chiselling() -> np.ndarray:
    brows = features.brow_area(0.12) * 0.13 + features.brow_hairs(2, 160, 0.09, 0.7) * 0.03
    return canvas.blur(brows, 0.03) - 0.14 * features.lid_crease() - 0.05 * features.lip_line()


def _stone() -> Painting:
    warp = 0.55 * canvas.noise(5, 21)
    drift = canvas.noise(9, 22, 5) + warp
    veins = np.exp(-np.abs(drift) * 34) * np.clip(0.55 + 0.5 * canvas.noise(4, 23), 0, 1)
    hairlines = np.exp(-np.abs(canvas.noise(4.5, 24, 5) + 0.3 * warp) * 60) * np.clip(0.3 + 0.4 * canvas.noise(5, 25), 0, 1)
    cloud = np.clip(0.5 + 0.3 * canvas.noise(6, 26), 0, 1)
    colour = canvas.over(canvas.flat((0.93, 0.905, 0.87)), (0.78, 0.785, 0.79), cloud * 0.6)
    colour = canvas.over(colour, (0.45, 0.46, 0.49), canvas.blur(veins, 0.03) * 0.85 + canvas.blur(veins, 0.25) * 0.6)
    colour = canvas.over(colour, (0.55, 0.5, 0.44), hairlines * 0.8)
    dust = features.nostrils() * 0.5 + features.lid_crease() * 0.3 + features.lip_line() * 0.45 + features.lash_line(0.09) * 0.3
    colour = canvas.over(colour, (0.42, 0.38, 0.33), dust)
    colour = canvas.over(colour, (0.8, 0.72, 0.67), features.lips() * 0.35)
    grain = canvas.noise(0.1, 27, 2)
    return Painting(colour, roughness=np.clip(0.36 + 0.05 * canvas.noise(1, 28), 0.2, 0.6), height=0.002 * grain)
