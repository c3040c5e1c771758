"""Sugar skull: a Día de Muertos catrina, face painted bone white with petals and vines, roses in her hair."""

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
from landmarks import EYE_LEFT, EYE_RIGHT
from mesh_tools import merge, smooth_curve, tube
from relief import carve
from studio import Finish, Lighting, Painting, Studio

CREDIT = Credit.of_persona("sugar-skull", "Sugar skull")

SHAPE = head.Shape(
    jaw_width=0.9,
    chin_length=0.05,
    cheekbones=0.3,
    cheek_hollow=0.15,
    nose_bridge=0.0,
    nose_width=0.95,
    lip_fullness=0.5,
    mouth_width=0.95,
    eye_opening=1.5,
    eye_size=1.08,
    eye_tilt=0.05,
    neck_width=0.85,
    shoulder_width=0.88,
)

INK, PINK, TEAL = (0.035, 0.03, 0.05), (0.86, 0.13, 0.42), (0.05, 0.56, 0.6)
GOLD, VIOLET, BONE, SKIN = (0.95, 0.64, 0.12), (0.42, 0.16, 0.6), (0.93, 0.9, 0.86), (0.62, 0.42, 0.32)
ROSES = ((0.78, 0.05, 0.1), (0.92, 0.24, 0.45), (0.95, 0.5, 0.1))
EYE_CENTRE = np.array([-3.2, 2.75])


def pose(face: CanonicalFace) -> Studio:
    studio = Studio(
        Lighting(
            backdrop_inner=(0.55, 0.17, 0.32),
            backdrop_outer=(0.16, 0.04, 0.12),
            rim_left=(1.0, 0.6, 0.3),
            rim_right=(1.0, 0.45, 0.8),
            exposure=-0.6,
        )
    )
    sitter = head.build(face, SHAPE)
    skin = studio.painted("skin", _face_paint(), Finish(scatter=(0.5, 0.2, 0.12), scatter_weight=0.3))
    studio.add(carve(sitter.skin, -0.13 * features.lid_crease() - 0.04 * features.lip_line()), skin)
    studio.add(sitter.body, skin)
    eyes.add_painted_eyes(studio, sitter, iris=(0.36, 0.2, 0.1), ring=(0.08, 0.04, 0.02))
    black = studio.plain("lashes", (0.03, 0.03, 0.03), roughness=0.6)
    lashes = eyes.lashes(sitter, (EYE_LEFT, EYE_RIGHT))
    studio.add(merge([tube(path, np.linspace(0.035, 0.008, len(path)), 5) for path in lashes]), black)
    locks = hair.combed_locks(8, rows=26, thickness=0.42, waves=1.6, amplitude=0.02, fall=0.74, layers=2, gather=0.35)
    studio.add(locks, studio.plain("hair", (0.06, 0.045, 0.05), roughness=0.34))
    _crown(studio)
    return studio


def _crown(studio: Studio) -> None:
    """A wreath set back from the hairline, its largest rose in the middle, leaves between."""
    petals = [
        studio.plain(f"rose {n}", c, roughness=0.6, finish=Finish(scatter=(0.3, 0.1, 0.1), scatter_weight=0.2, sheen=0.3))
        for n, c in enumerate(ROSES)
    ]
    green = studio.plain("leaf", (0.12, 0.34, 0.16), roughness=0.45)
    places = [(0.0, 2.1, 0), (0.17, 1.75, 1), (0.32, 1.6, 2), (0.46, 1.45, 0), (0.58, 1.25, 1)]
    leaves = []
    for number, (along, radius, colour) in enumerate(places):
        for side in (1, -1) if along else (1,):
            place = hair.on_scalp(np.array([along]), np.array([0.2]), 0.7)[0] * [side, 1, 1]
            normal = hair.outward(place[None])[0] + [0, 0.1, 0.75]
            normal /= np.linalg.norm(normal)
            studio.add(flowers.rose(place, normal, radius, 60 + number), petals[colour])
            right, up = flowers.frame_of(normal)
            for turn in np.array([0.6, 2.4, 3.9, 5.5]) + side * 0.4:
                forward = np.cos(turn) * right + np.sin(turn) * up
                leaves.append(flowers.leaf(place - 0.1 * normal, normal, forward, radius * 1.55))
    studio.add(merge(leaves), green)


def _petal_ring() -> list[np.ndarray]:
    """Outlines of the petals round the left eye."""
    outlines = []
    for turn in np.linspace(0, 2 * np.pi, 13)[:-1]:
        out = np.array([np.cos(turn) * 1.98, np.sin(turn) * 1.62])
        centre = EYE_CENTRE + out
        angle = np.linspace(0, 2 * np.pi, 40)
        outlines.append(centre + np.stack([0.56 * np.cos(angle), 0.52 * np.sin(angle)], 1))
    return outlines


def _mirror(outlines: list[np.ndarray]) -> list[np.ndarray]:
    return [side for outline in outlines for side in canvas.both_sides(outline)]


def _spiral(centre: tuple[float, float], size: float, turns: float, start: float, way: int) -> np.ndarray:
    t = np.linspace(0, 1, 90)[:, None]
    angle = start + way * t * turns * 2 * np.pi
    return np.asarray(centre) + size * (1 - 0.9 * t) * np.concatenate([np.cos(angle), np.sin(angle)], 1)


def _blossom(centre: tuple[float, float], size: float, petals: int) -> list[np.ndarray]:
    shapes = []
    for turn in np.arange(petals) * 2 * np.pi / petals + np.pi / 2:
        along = np.linspace(0, 1, 24)
        half = 0.36 * size * np.sin(np.pi * along**1.3)
        forward, sideways = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        spine = np.asarray(centre) + forward * (0.18 + 0.82 * along[:, None]) * size
        shapes.append(np.concatenate([spine + sideways * half[:, None], (spine - sideways * half[:, None])[::-1]]))
    return shapes


def _face_paint() -> Painting:
    grain = canvas.noise(0.3, 61, 4)
    white = np.clip(canvas.area(features.oval() * [0.985, 0.99], 0.25) * 1.3 - 0.1 + 0.06 * grain, 0, 1)
    colour = canvas.over(canvas.flat(SKIN), (0.5, 0.3, 0.24), np.clip(0.4 + 0.2 * canvas.noise(2, 62), 0, 1))
    colour = canvas.over(colour, BONE, white)
    hollow = np.exp(-(((np.abs(canvas.X) - 5.3) / 1.1) ** 2) - ((canvas.Y + 2.6) / 2.4) ** 2)
    colour = canvas.over(colour, (0.5, 0.45, 0.5), hollow * 0.45)
    colour = canvas.over(colour, (0.5, 0.44, 0.5), (1 - canvas.area(features.oval() * 0.9, 0.7)) * white * 0.5)
    colour = _paint_eyes(colour)
    nose = _mirror(
        [smooth_curve([[0, 0.35], [-0.5, -0.1], [-1.25, -1.3], [-0.75, -1.75], [-0.1, -1.2], [0, -1.0], [0, 0.35]], 80)]
    )
    colour = canvas.over(colour, INK, canvas.strokes(nose, 0.04))
    colour = _paint_mouth(colour)
    colour = _paint_ornaments(colour)
    dark = np.clip(features.nostrils() + features.lash_line(0.22) + features.lip_line(), 0, 1)
    colour = canvas.over(colour, (0.02, 0.015, 0.02), dark)
    below = np.clip((-canvas.Y - 15.2 + 0.05 * canvas.X**2 * 0.3) / 0.2, 0, 1)
    colour = canvas.over(colour, (0.05, 0.03, 0.05), below)
    pores = features.pores(63)
    return Painting(colour, roughness=np.clip(0.55 + 0.05 * pores, 0.3, 0.8), height=0.004 * pores)


def _paint_eyes(colour: np.ndarray) -> np.ndarray:
    petals = _petal_ring()
    colour = canvas.over(colour, INK, canvas.strokes(_mirror([EYE_CENTRE + (p - EYE_CENTRE) * 1.035 for p in petals]), 0.03))
    for offset, tint in ((0, PINK), (1, TEAL)):
        inner = [p.mean(0) + (p - p.mean(0)) * 0.82 for p in petals[offset::2]]
        colour = canvas.over(colour, tint, canvas.strokes(_mirror(inner), 0.03))
    colour = canvas.over(colour, GOLD, canvas.dots([c for p in petals for c in canvas.both_sides(p.mean(0))], 0.14))
    return canvas.over(colour, INK, canvas.blur(features.eye_hollow(0.93, 0.05), 0.03))


def _paint_mouth(colour: np.ndarray) -> np.ndarray:
    colour = canvas.over(colour, (0.62, 0.03, 0.16), features.lips())
    smile = smooth_curve([[-2.3, -4.3], [-3.3, -4.15], [-4.3, -3.6], [-5.2, -2.7]], 60)
    colour = canvas.over(colour, INK, canvas.strokes(canvas.both_sides(canvas.tapered(smile, 0.16, sharp_start=False)), 0.02))
    stitches = []
    for x in np.arange(-2.0, 2.01, 0.5):
        middle, reach = -4.22 - 0.02 * x * x, 0.95 - 0.12 * abs(x)
        stitches.append(canvas.tapered(np.linspace([x * 1.02, middle + reach], [x * 1.02, middle - reach * 1.05], 20), 0.13))
    for index in range(8, 52, 9):
        across = np.array([0.12, 0.42]) * (1 - index / 90)
        stitches += canvas.both_sides(canvas.tapered(np.linspace(smile[index] - across, smile[index] + across, 12), 0.11))
    return canvas.over(colour, INK, canvas.strokes(stitches, 0.02))


def _paint_ornaments(colour: np.ndarray) -> np.ndarray:
    for shapes, tint in (
        (_blossom((0, 6.15), 1.15, 6), PINK),
        (_blossom((0, 6.15), 0.7, 6), GOLD),
        (_mirror(_blossom((-5.05, -0.9), 0.85, 5)), VIOLET),
        (_mirror(_blossom((-5.05, -0.9), 0.5, 5)), GOLD),
        (_blossom((0, -7.55), 0.85, 5), TEAL),
        (_blossom((0, -7.55), 0.45, 5), GOLD),
    ):
        edges = [shape.mean(0) + (shape - shape.mean(0)) * 1.22 for shape in shapes]
        if tint is not GOLD:
            colour = canvas.over(colour, INK, canvas.strokes(edges, 0.02))
        colour = canvas.over(colour, tint, canvas.strokes(shapes, 0.02))
    vines = [
        _spiral((-2.6, 6.5), 0.75, 1.3, 3.4, -1),
        _spiral((-4.7, 5.85), 0.6, 1.2, 0.2, 1),
        _spiral((-3.9, -2.2), 0.55, 1.2, 1.2, 1),
        _spiral((-2.1, -7.0), 0.62, 1.3, 0.0, -1),
        _spiral((-3.7, -6.2), 0.5, 1.2, 2.6, 1),
    ]
    colour = canvas.over(
        colour, INK, canvas.strokes(_mirror([canvas.tapered(v, 0.17, sharp_start=False) for v in vines]), 0.015)
    )
    rows = [
        smooth_curve([[-1.3, 5.05], [-2.0, 5.35], [-3.2, 5.35]], 6),
        smooth_curve([[-6.4, 3.6], [-6.7, 2.4], [-6.5, 1.2]], 6),
        smooth_curve([[-1.2, -6.4], [-1.7, -6.0], [-2.4, -5.75]], 5),
        smooth_curve([[0, 4.5], [0, 3.2]], 5),
    ]
    for number, row in enumerate(rows):
        tint = (TEAL, PINK, VIOLET, PINK)[number]
        for index, point in enumerate(row):
            colour = canvas.over(colour, tint, canvas.dots(canvas.both_sides(point), 0.16 - 0.014 * index))
    return colour
