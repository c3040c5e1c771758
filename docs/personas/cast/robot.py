"""Robot: an android's face in satin white shell, seamed into plates, over a gunmetal skull and glowing irises."""

from __future__ import annotations

import canvas
import eyes
import features
import head
import numpy as np
from canonical_face import CanonicalFace
from gallery import Credit
from hair import on_scalp, outward, scalp_shell
from mesh_tools import Mesh, merge, rings_to_quads, smooth_curve, tube
from relief import carve
from studio import Finish, Lighting, Painting, Studio

CREDIT = Credit.of_persona("robot", "Robot")

SHAPE = head.Shape(
    jaw_width=0.96,
    chin_length=-0.1,
    cheekbones=0.35,
    cheek_hollow=0.3,
    brow_ridge=0.25,
    nose_bridge=0.1,
    nose_width=0.85,
    lip_fullness=0.1,
    mouth_width=0.95,
    eye_opening=1.45,
    eye_size=1.05,
    eye_tilt=0.06,
    neck_width=0.8,
)

SEAMS = [
    [[0, 8.6], [0, 6.2], [-1.1, 4.8], [-2.6, 5.3], [-4.8, 5.45], [-6.4, 4.9], [-7.6, 4.3]],
    [[-1.1, 5.0], [-1.0, 3.2], [-1.35, 1.2], [-2.5, 0.2], [-4.4, 0.3], [-6.2, 1.2], [-7.7, 1.5]],
    [[-2.5, 0.2], [-2.75, -1.6], [-3.2, -3.6], [-3.3, -5.2], [-2.4, -6.4], [0, -6.9]],
    [[-3.3, -5.2], [-4.6, -5.6], [-6.8, -4.6]],
    [[-2.4, -6.4], [-2.6, -7.6], [-3.3, -9.2]],
]
INLAY = [[-6.2, 1.2], [-5.3, -0.6], [-4.4, -2.4], [-4.0, -4.6]]


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(
        Lighting(
            backdrop_inner=(0.17, 0.36, 0.42),
            backdrop_outer=(0.04, 0.08, 0.12),
            rim_left=(0.3, 0.9, 1.0),
            rim_right=(1.0, 0.55, 0.35),
            rim_power=1.3,
            exposure=-0.55,
        )
    )
    sitter = head.build(face, SHAPE)
    shell = studio.painted("shell", _shell(), Finish(coat=0.35))
    steel = studio.plain("steel", (0.36, 0.39, 0.43), roughness=0.32, metal=1.0)
    dark = studio.plain("rubber", (0.07, 0.075, 0.085), roughness=0.45)
    light = studio.plain("light", (0.25, 0.9, 1.0), finish=Finish(glow=5.0))
    studio.add(carve(sitter.skin, -0.09 * _seams() - 0.12 * features.lid_crease()), shell)
    eyes.add_painted_eyes(
        studio,
        sitter,
        iris=(0.2, 0.85, 0.95),
        ring=(0.02, 0.12, 0.16),
        sclera=(0.8, 0.82, 0.85),
        pupil=0.2,
        glow=0.25,
    )
    studio.add(scalp_shell(0.05, 0.28, 0.35), steel)
    studio.add(_cap_ribs(), dark)
    studio.add(_neck_hoses(), dark)
    studio.add(_collar(), steel)
    for part, material in zip(_ear_discs(), (dark, steel, light), strict=True):
        studio.add(part, material)
    return studio


def _mirrored_paths(knots: list) -> list[np.ndarray]:
    return canvas.both_sides(smooth_curve(knots, 80))


def _seams() -> np.ndarray:
    return canvas.lines([path for knots in SEAMS for path in _mirrored_paths(knots)], 0.1, 0.03)


def _shell() -> Painting:
    seams = _seams()
    colour = canvas.over(canvas.flat((0.84, 0.85, 0.86)), (0.74, 0.77, 0.8), np.clip(0.5 + 0.3 * canvas.noise(5, 41), 0, 1))
    mask_area = canvas.strokes(
        canvas.both_sides(np.concatenate([smooth_curve(SEAMS[0][2:], 60), smooth_curve(SEAMS[1][1:], 60)[::-1]]))
    )
    colour = canvas.over(colour, (0.33, 0.37, 0.41), mask_area * 0.85)
    inlay = canvas.strokes([canvas.tapered(path, 0.34) for path in _mirrored_paths(INLAY)])
    colour = canvas.over(colour, (0.95, 0.45, 0.13), inlay)
    lips = features.lips()
    colour = canvas.over(colour, (0.66, 0.47, 0.43), lips)
    brows = canvas.strokes(
        [canvas.tapered(path, 0.34) for path in _mirrored_paths([[-1.4, 4.25], [-3.2, 4.7], [-4.9, 4.75], [-6.3, 4.3]])]
    )
    colour = canvas.over(colour, (0.1, 0.12, 0.14), brows)
    rivets_at = [[-6.9, 2.6], [-5.6, 5.7], [-2.6, 5.8], [-0.45, 7.4], [-3.75, -4.7], [-6.2, -4.2], [-2.9, -8.0], [-6.9, 0.6]]
    rivets_at += [[-x, y] for x, y in rivets_at]
    rims, rivets = canvas.dots(rivets_at, 0.2), canvas.dots(rivets_at, 0.13)
    colour = canvas.over(colour, (0.2, 0.22, 0.25), rims)
    colour = canvas.over(colour, (0.62, 0.65, 0.7), rivets)
    dark = np.clip(seams + features.nostrils() + features.lip_line() + features.lash_line(0.2), 0, 1)
    colour = canvas.over(colour, (0.05, 0.06, 0.07), dark)
    wear = np.clip(canvas.noise(0.5, 42, 4) - 1.1, 0, 1) * canvas.blur(seams, 0.25) * 2
    colour = canvas.over(colour, (0.45, 0.47, 0.5), wear)
    colour = canvas.over(colour, (0.55, 0.57, 0.6), canvas.blur(seams, 0.3) * 0.35)
    metal = np.clip(mask_area * 0.8 + rivets + lips * 0.3, 0, 1)
    return Painting(
        colour,
        roughness=np.clip(0.38 + 0.04 * canvas.noise(0.7, 43) - 0.05 * metal, 0.2, 0.6),
        metal=metal,
        height=0.02 * rivets - 0.04 * canvas.blur(seams, 0.02) + 0.03 * canvas.blur(brows, 0.04),
    )


def _cap_ribs() -> Mesh:
    ribs = []
    for along in (0.0, 0.16, 0.32):
        path = on_scalp(np.full(40, along), np.linspace(0.06, 0.85, 40), 0.72)
        ribs.append(tube(path, np.full(40, 0.22), 8, 0.6, outward(path)))
        if along:
            ribs.append(tube(path * [-1, 1, 1], np.full(40, 0.22), 8, 0.6, outward(path * [-1, 1, 1])))
    rim = on_scalp(np.linspace(0, 0.74, 120), np.full(120, 0.05), 0.3)
    rim = np.concatenate([rim[::-1] * [-1, 1, 1], rim[1:]])
    ribs.append(tube(rim, np.full(len(rim), 0.26), 10))
    return merge(ribs)


def _neck_hoses() -> Mesh:
    hoses = []
    for x, z, radius in (
        (0, 0.0, 0.95),
        (2.1, -0.5, 0.85),
        (-2.1, -0.5, 0.85),
        (3.9, -2.0, 0.9),
        (-3.9, -2.0, 0.9),
        (0, -5, 4.4),
    ):
        y = np.linspace(-7.5, -18, 160)
        path = np.stack([np.full(160, x) * (1 + 0.015 * (-y - 7)), y, np.full(160, z - 1.4)], 1)
        hoses.append(tube(path, radius * (1 + 0.09 * np.sign(np.sin(y * 9))), 28))
    return merge(hoses)


def _collar() -> Mesh:
    stations = np.array(
        [
            [-14.6, 6.4, 6.2],
            [-14.9, 7.1, 6.9],
            [-15.8, 7.6, 7.3],
            [-16.6, 9.5, 8.0],
            [-17.6, 14.5, 9.0],
            [-19.6, 19.0, 10.0],
            [-24.0, 21.5, 11.0],
            [-32.0, 21.5, 11.0],
        ]
    )
    profile = smooth_curve(stations, 90)
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    points = np.stack(
        [profile[:, 1:2] * np.cos(turn), np.repeat(profile[:, :1], 120, 1), -4 + profile[:, 2:3] * np.sin(turn)], -1
    )
    flat = points.reshape(-1, 3)
    return Mesh(flat, rings_to_quads(90, 120)[:, ::-1], flat[:, :2].copy())


def _ear_discs() -> tuple[Mesh, Mesh, Mesh]:
    """On each side: a rubber base, a steel disc, and a ring of light."""
    parts = []
    for reach, profile in (
        (1.5, [0.2, 2.5, 2.6, 2.4, 0.2]),
        (2.0, [0.2, 1.9, 2.0, 1.8, 0.2]),
        (2.1, [0.2, 1.0, 1.05, 0.9, 0.2]),
    ):
        sides = []
        for side in (-1, 1):
            x = side * (6.6 + reach * np.array([0, 0.1, 0.75, 0.95, 1.0]))
            path = np.stack([x, np.full(5, 0.4), np.full(5, -2.6)], 1)
            sides.append(tube(path, np.array(profile), 48))
        parts.append(merge(sides))
    return parts[0], parts[1], parts[2]
