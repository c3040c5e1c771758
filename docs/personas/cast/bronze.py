"""Bronze: a cast athlete with tight archaic curls, verdigris in the hollows and worn metal on the ridges; eyes inlaid."""

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

CREDIT = Credit.of_persona("bronze", "Bronze")

SHAPE = head.Shape(
    jaw_width=1.08, chin_length=0.25, cheekbones=0.3, cheek_hollow=0.25, brow_ridge=0.42, nose_bridge=0.45, nose_width=1.1,
    lip_fullness=0.35, mouth_width=1.05, eye_opening=1.45, neck_width=1.08, shoulder_width=1.08,
)  # fmt: skip


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(
        Lighting(
            backdrop_inner=(0.46, 0.36, 0.27),
            backdrop_outer=(0.13, 0.09, 0.07),
            rim_right=(0.7, 0.9, 1.0),
            exposure=0.35,
        )
    )
    sitter = head.build(face, SHAPE)
    metal = studio.painted("bronze", _cast_metal(), Finish(specular=0.5))
    studio.add(carve(sitter.skin, _modelling()), metal)
    studio.add(sitter.body, metal)
    eyes.add_painted_eyes(studio, sitter, iris=(0.42, 0.24, 0.1), ring=(0.08, 0.04, 0.02), sclera=(0.86, 0.8, 0.68))
    studio.add(hair.snail_curls(3, rows=9, radius=0.78, margin=0.05), metal)
    return studio


def _modelling() -> np.ndarray:
    brows = features.brow_area(0.1) * 0.15 + features.brow_hairs(4, 120, 0.1, 0.75) * 0.05
    return canvas.blur(brows, 0.03) - 0.15 * features.lid_crease() - 0.06 * features.lip_line()


def _cast_metal() -> Painting:
    grime = features.nostrils() + features.lid_crease() * 0.7 + features.lip_line() + features.lash_line(0.12) * 0.7
    hollows = np.clip(features.eye_hollow(0.85, 0.5) * 0.35 + canvas.blur(grime, 0.12), 0, 1)
    patches = canvas.noise(5.5, 38, 5) + 0.5 * canvas.noise(1.2, 32, 3)
    streaks = canvas.noise(1.1, 33, 4, stretch=(1, 7))
    middle = np.exp(-((canvas.X / 3.2) ** 2) - ((canvas.Y + 2.5) / 5.5) ** 2)
    patches = patches - 1.3 * middle
    patina = np.clip(0.6 * (patches - 0.45) + 0.28 * streaks, 0, 1) * 0.75 + hollows * 0.4
    patina = np.clip(patina, 0, 0.85)
    colour = canvas.over(canvas.flat((0.62, 0.42, 0.26)), (0.44, 0.28, 0.18), np.clip(0.5 + 0.35 * canvas.noise(3, 34), 0, 1))
    colour = canvas.over(colour, (0.2, 0.12, 0.08), canvas.blur(grime, 0.05) * 0.8)
    colour = canvas.over(colour, (0.74, 0.44, 0.3), features.lips() * 0.6)
    green = canvas.over(canvas.flat((0.36, 0.58, 0.5)), (0.24, 0.42, 0.38), np.clip(0.5 + 0.4 * canvas.noise(0.8, 35), 0, 1))
    colour = canvas.over(colour, green, patina)
    return Painting(
        colour,
        roughness=np.clip(0.46 + 0.3 * patina + 0.04 * canvas.noise(0.6, 36), 0.2, 0.9),
        metal=np.clip(1 - 0.95 * patina, 0, 1),
        height=0.004 * canvas.noise(0.25, 37, 3) + 0.012 * canvas.blur(patina, 0.02),
    )
