"""Tiger: face paint in orange, white and black, under a fur hood with round ears."""

from __future__ import annotations

import canvas
import eyes
import features
import hair
import head
import numpy as np
from canonical_face import CanonicalFace
from gallery import Credit
from landmarks import EYE_LEFT, EYE_RIGHT
from mesh_tools import Mesh, ball, merge, smooth_curve, tube
from relief import carve, vertex_normals
from studio import Finish, Lighting, Painting, Studio

CREDIT = Credit.of_persona("tiger", "Tiger")

SHAPE = head.Shape(
    jaw_width=1.03,
    cheekbones=0.25,
    cheek_hollow=0.05,
    brow_ridge=0.2,
    nose_bridge=0.25,
    nose_width=1.18,
    lip_fullness=0.4,
    eye_opening=1.5,
    eye_size=1.02,
    eye_tilt=0.1,
)

ORANGE, DEEP, CREAM, INK = (0.93, 0.48, 0.1), (0.7, 0.26, 0.05), (0.95, 0.91, 0.84), (0.04, 0.03, 0.03)

# One side of the face: the middle of each brush stroke, and its width.
STRIPES = (
    ([[-0.35, 8.2], [-0.5, 7.2], [-0.3, 6.4]], 0.5),
    ([[-1.7, 8.3], [-1.9, 7.4], [-1.3, 6.7], [-0.4, 6.2]], 0.55),
    ([[-3.4, 8.0], [-3.5, 7.2], [-2.7, 6.7], [-1.7, 6.4]], 0.52),
    ([[-5.2, 7.2], [-5.0, 6.6], [-4.1, 6.3], [-3.1, 6.3]], 0.46),
    ([[-7.7, 3.0], [-7.0, 3.3], [-6.3, 4.1]], 0.42),
    ([[-7.8, 1.2], [-7.0, 1.2], [-6.1, 1.7]], 0.5),
    ([[-7.7, -0.6], [-6.8, -0.9], [-5.8, -0.5], [-5.1, -0.3]], 0.56),
    ([[-7.6, -2.4], [-6.5, -2.9], [-5.4, -2.4], [-4.7, -1.9]], 0.58),
    ([[-7.1, -4.4], [-6.0, -5.0], [-5.0, -4.5], [-4.4, -3.9]], 0.54),
    ([[-5.9, -6.6], [-5.0, -6.7], [-4.1, -6.2], [-3.5, -5.7]], 0.48),
    ([[-4.2, -8.2], [-3.4, -8.0], [-2.7, -7.5]], 0.4),
)


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(
        Lighting(
            backdrop_inner=(0.2, 0.38, 0.27),
            backdrop_outer=(0.04, 0.1, 0.08),
            rim_left=(1.0, 0.85, 0.5),
            rim_right=(0.8, 1.0, 0.8),
            exposure=-0.35,
        )
    )
    sitter = head.build(face, SHAPE)
    skin = studio.painted("skin", _face_paint(), Finish(scatter=(0.4, 0.18, 0.1), scatter_weight=0.25))
    studio.add(carve(sitter.skin, -0.13 * features.lid_crease() - 0.04 * features.lip_line()), skin)
    studio.add(sitter.body, skin)
    eyes.add_painted_eyes(studio, sitter, iris=(0.62, 0.66, 0.16), ring=(0.2, 0.22, 0.04), pupil=0.22)
    black = studio.plain("lashes", (0.03, 0.03, 0.03), roughness=0.6)
    studio.add(
        merge([tube(p, np.linspace(0.032, 0.008, len(p)), 5) for p in eyes.lashes(sitter, (EYE_LEFT, EYE_RIGHT), 0.4)]), black
    )
    coat = studio.painted("fur", _coat(), Finish(sheen=0.2))
    studio.add(_hood_fur(sitter), coat)
    for mesh in _ears():
        studio.add(mesh, coat)
    return studio


def _rough(mask: np.ndarray, seed: int, amount: float = 0.16) -> np.ndarray:
    """A mask whose edge is broken up as by a dry brush."""
    soft = canvas.blur(mask, 0.09) + amount * canvas.noise(0.22, seed, 2, stretch=(1.6, 1))
    return np.clip((soft - 0.42) * 6, 0, 1) * (canvas.blur(mask, 0.2) > 0.02)


def _stripes() -> np.ndarray:
    outlines = [side for knots, width in STRIPES for side in canvas.both_sides(canvas.tapered(smooth_curve(knots, 60), width))]
    return canvas.strokes(outlines)


def _face_paint() -> Painting:
    grain = canvas.noise(0.14, 71, 3, stretch=(1, 3))
    colour = canvas.over(
        canvas.flat(ORANGE), DEEP, np.clip((np.abs(canvas.X) - 4.5) / 4 + 0.12 * canvas.noise(1.5, 72), 0, 0.8)
    )
    colour = canvas.over(colour, (0.98, 0.66, 0.2), np.exp(-((canvas.X / 2.2) ** 2) - ((canvas.Y - 3.5) / 4.5) ** 2) * 0.6)
    turn = np.linspace(0, 2 * np.pi, 60)
    muzzle = np.stack([-1.75 + 2.2 * np.cos(turn), -3.3 + 1.75 * np.sin(turn)], 1)
    chin = np.stack([3.0 * np.cos(turn), -7.1 + 2.1 * np.sin(turn)], 1)
    over_eye = np.concatenate(
        [
            smooth_curve([[-1.7, 3.8], [-3.0, 5.1], [-5.0, 5.0], [-5.9, 3.8]], 30),
            smooth_curve([[-5.6, 3.5], [-4.2, 3.9], [-2.2, 3.4]], 30),
        ]
    )
    under_eye = np.concatenate(
        [smooth_curve([[-1.7, 1.9], [-3.2, 1.7], [-5.0, 2.0]], 30), smooth_curve([[-4.9, 1.2], [-3.4, 0.6], [-1.8, 1.0]], 30)]
    )
    side = np.stack([-6.3 + 1.5 * np.cos(turn), -3.4 + 3.2 * np.sin(turn)], 1)
    pale = canvas.strokes([half for shape in (muzzle, over_eye, under_eye, side) for half in canvas.both_sides(shape)])
    pale = np.maximum(pale, canvas.area(chin))
    colour = canvas.over(colour, CREAM, np.clip(0.85 * canvas.blur(pale, 0.35) + 0.07 * grain * canvas.blur(pale, 0.4), 0, 1))
    colour = canvas.over(colour, INK, _rough(_stripes(), 73) * 0.94)
    colour = canvas.over(colour, (0.1, 0.05, 0.02), np.clip(features.brow_hairs(75) + 0.45 * features.brow_area(0.15), 0, 1))
    colour = _paint_snout(colour)
    colour = canvas.over(colour, colour * 0.82, np.clip(0.4 * grain, 0, 1))
    liner = [
        canvas.tapered(
            smooth_curve([[-1.35, 1.75], [-1.75, 2.45], [-2.4, 3.05], [-3.3, 3.3], [-4.4, 3.05], [-5.6, 3.75]], 60), 0.42
        ),
        canvas.tapered(smooth_curve([[-1.6, 2.3], [-2.6, 2.1], [-3.6, 2.0], [-4.6, 2.4], [-5.3, 3.3]], 60), 0.26),
    ]
    colour = canvas.over(colour, INK, canvas.strokes([h for shape in liner for h in canvas.both_sides(shape)], 0.03))
    dark = np.clip(features.nostrils() + features.lash_line(0.2) + features.lip_line(), 0, 1)
    colour = canvas.over(colour, (0.02, 0.015, 0.015), dark)
    throat = np.clip((-canvas.Y - 9.0) / 1.0, 0, 1)
    colour = canvas.over(colour, (0.6, 0.27, 0.08), throat)
    pores = features.pores(74)
    return Painting(colour, roughness=np.clip(0.5 + 0.06 * pores, 0.3, 0.8), height=0.004 * pores + 0.003 * grain)


def _paint_snout(colour: np.ndarray) -> np.ndarray:
    nose = smooth_curve(
        [
            [-0.85, -1.0],
            [-0.4, -0.65],
            [0, -0.6],
            [0.4, -0.65],
            [0.85, -1.0],
            [0.6, -1.5],
            [0, -1.85],
            [-0.6, -1.5],
            [-0.85, -1.0],
        ],
        90,
    )
    colour = canvas.over(colour, (0.28, 0.12, 0.1), canvas.area(nose, 0.08) * 0.9)
    colour = canvas.over(colour, INK, canvas.lines([np.array([[0, -1.9], [0, -3.5]])], 0.1, 0.03) * 0.8)
    colour = canvas.over(colour, (0.55, 0.22, 0.17), features.lips() * 0.9)
    corner = canvas.tapered(smooth_curve([[-2.2, -4.3], [-2.9, -4.4], [-3.5, -4.0]], 40), 0.24, sharp_start=False)
    colour = canvas.over(colour, INK, canvas.strokes(canvas.both_sides(corner), 0.02))
    places = [
        (-1.0 - 0.75 * column - 0.2 * row, -2.65 - 0.42 * row + 0.06 * column)
        for row in range(3)
        for column in range(4 - row % 2)
    ]
    colour = canvas.over(
        colour, INK, canvas.dots([spot for place in places for spot in canvas.both_sides(np.array(place))], 0.1)
    )
    whiskers = [
        canvas.tapered(smooth_curve([[-3.3, y], [-4.6, y + 0.25 + bend], [-6.4, y + bend]], 40), 0.09, sharp_start=False)
        for y, bend in ((-2.6, 0.45), (-3.05, 0.1), (-3.5, -0.3))
    ]
    return canvas.over(colour, CREAM, canvas.strokes([h for w in whiskers for h in canvas.both_sides(w)], 0.01))


def _coat() -> Painting:
    """The colours of the fur: stripes fan out over the head, the ruff beside the jaw is pale."""
    angle = np.arctan2(canvas.X, canvas.Y - 1.0)
    wobble = 0.05 * canvas.noise(3, 75)
    bands = np.clip((np.sin((np.abs(angle) + wobble) * 13 + 1.2) - 0.45) * 4, 0, 1)
    colour = canvas.over(canvas.flat((0.86, 0.42, 0.1)), (0.66, 0.26, 0.06), np.clip(0.4 + 0.4 * canvas.noise(0.6, 76), 0, 1))
    colour = canvas.over(colour, CREAM, np.clip((-canvas.Y - 0.5 + 0.8 * canvas.noise(1.5, 77)) / 2.5, 0, 1) * 0.85)
    colour = canvas.over(colour, INK, bands)
    return Painting(colour, roughness=0.7)


def _hood_fur(sitter: head.Head) -> Mesh:
    random = np.random.default_rng(78)
    count = 26_000
    along, back = random.random(count) ** 0.9, 0.045 + 0.85 * random.random(count) ** 1.6
    roots = hair.on_scalp(along, back, 0.1)
    nearness = np.clip(1 - back / 0.25, 0, 1)
    low = np.clip(along - 0.5, 0, 1)
    away = hair.outward(roots) + np.stack([0.5 + 0 * along, -0.2 - 0.9 * low, -0.55 + 0 * along], 1)
    lengths = (0.85 + 0.7 * low + 0.35 * nearness) * (0.7 + 0.6 * random.random(count))
    mirror = np.stack([random.choice([-1, 1], count), np.ones(count), np.ones(count)], 1)
    roots, away = roots * mirror, away * mirror
    body_fur = _on_body(sitter.body, random)
    head_fur = hair.fur(roots, away, lengths, 79)
    return merge([head_fur, body_fur])


def _on_body(body: Mesh, random: np.random.Generator) -> Mesh:
    """A fur collar over the neck and shoulders."""
    normals = vertex_normals(body)
    usable = np.flatnonzero((body.points[:, 1] < -10.8) & (body.points[:, 1] > -21) & (normals[:, 2] > -0.3))
    picked = random.choice(usable, 24_000)
    roots = body.points[picked] + random.normal(0, 0.22, (len(picked), 3)) * [1, 1, 0.2]
    lengths = 1.3 * (0.7 + 0.6 * random.random(len(picked)))
    return hair.fur(roots, normals[picked] + [0, -0.75, 0.1], lengths, 80, 0.05)


def _ears() -> list[Mesh]:
    random = np.random.default_rng(81)
    meshes = []
    for side in (-1, 1):
        base = hair.on_scalp(np.array([0.34]), np.array([0.32]), 0.2)[0] * [side, 1, 1]
        centre = base + np.array([side * 0.9, 1.1, 0.0])
        shell = ball(centre, np.array([1.9, 2.1, 0.7]), 30, 40)
        normals = vertex_normals(shell)
        picked = random.integers(0, len(shell.points), 5_000)
        roots = shell.points[picked]
        rim = np.clip(np.hypot((roots[:, 0] - centre[0]) / 1.9, (roots[:, 1] - centre[1]) / 2.1) - 0.6, 0, 1)
        coat = hair.fur(roots, normals[picked] + [0, 0.35, 0.2], 0.45 + 0.9 * rim * random.random(len(rim)), 82)
        meshes += [shell, coat]
    return meshes
