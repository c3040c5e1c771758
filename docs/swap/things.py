"""What is done to a photograph so that it shows what the swap has to cope with; all of it drawn, none of it photographed."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.geometry import crop, inverse, region_of, transform
from faceswap.mesh import Mesh
from faceswap.portrait import Portrait
from faceswap.warp import texture_map
from training import bare
from training.canvas import Canvas, as_image, line
from training.hands import hand

Draw = Callable[[Canvas], Floats]
#: The square that is drawn on, and how far it reaches beyond the face.
SIDE, MARGIN = 400, 1.8


def changed(portrait: Portrait, draw: Draw) -> Image:
    """A portrait's photo with something drawn on its face."""
    photo = portrait.photo
    affine = region_of(portrait.face.landmarks, MARGIN).to_square(SIDE)
    picture = crop(photo, affine, SIDE).astype(np.float32)
    canvas = Canvas(picture, transform(portrait.face.landmarks, affine)[:, :2], picture, picture)
    # The change alone goes back, so that the photo stays as sharp as it is.
    change = draw(canvas) - picture
    size = (photo.shape[1], photo.shape[0])
    return as_image(photo + cv2.warpAffine(change, inverse(affine), size, flags=cv2.INTER_LINEAR))


def lit_from_left(portrait: Portrait, hardness: float, dark: float) -> Image:
    """The whole photo in a light from the left that falls off over the face: the higher `hardness`, the sharper the shadow's
    edge; `dark`: what is left on the other side."""
    rows, columns = np.indices(portrait.photo.shape[:2], np.float32)
    x, y = portrait.face.landmarks[:, :2].mean(0)
    across = ((columns - x) + 0.25 * (rows - y)) / np.float32(portrait.face.size)
    share = (1 / (1 + np.exp(np.clip(-hardness * across, -50, 50))))[:, :, None]
    return as_image(portrait.photo * (1.15 * (1 - share) + dark * share))


def glasses(rim: float, height: float) -> Draw:
    """With clear lenses; the rim's width as a share of the face's height, the lenses' height as one of their width."""

    def draw(canvas: Canvas) -> Floats:
        right, left = canvas.eyes
        apart = float(np.linalg.norm(left - right))
        turn = np.linspace(0, 2 * np.pi, 64)
        circle = np.stack([np.cos(turn), np.sin(turn) * height], axis=1) * apart * 0.42 + (0, 0.05 * apart)
        rims = np.zeros((canvas.side, canvas.side), np.float32)
        paths = [(right + circle, True), (left + circle, True)]
        paths.append((np.stack([right + (left - right) * 0.42, left - (left - right) * 0.42]), False))
        for path, closed in paths:
            rims = np.maximum(rims, line(canvas.side, path, rim * canvas.size, closed))
        return canvas.picture * (1 - rims[:, :, None]) + np.float32(25) * rims[:, :, None]

    return draw


def beard(seed: int) -> Draw:
    return lambda canvas: bare.beard(np.random.default_rng(seed), canvas, canvas.picture)


def hand_at(point: int, seed: int, angle: float = -90.0) -> Draw:
    """A hand in the face's own skin colour, its fingertips at a landmark."""

    def draw(canvas: Canvas) -> Floats:
        return hand(np.random.default_rng(seed), canvas, canvas.points[point], angle).on(canvas.picture)

    return draw


def turned(portrait: Portrait, mesh: Mesh, degrees: float) -> Image:
    """The face as a mesh turned about its upright axis, before what is left of the photo when it is blurred."""
    landmarks = portrait.face.landmarks
    affine = region_of(landmarks, MARGIN).to_square(SIDE)
    points = transform(landmarks, affine)
    middle, turn = points.mean(0), np.radians(degrees)
    x, depth = points[:, 0] - middle[0], points[:, 2] - middle[2]
    places = points.copy()
    places[:, 0] = x * np.cos(turn) + depth * np.sin(turn) + middle[0]
    places[:, 2] = depth * np.cos(turn) - x * np.sin(turn) + middle[2]
    texture = texture_map(points[:, :2], places, mesh.triangles, SIDE)
    upright = crop(portrait.photo, affine, SIDE)
    picture = cv2.remap(upright, texture.x, texture.y, cv2.INTER_CUBIC)
    shown = (texture.visible > 0)[:, :, None]
    return np.where(shown, picture, cv2.GaussianBlur(upright, (0, 0), 14)).astype(np.uint8)


def far_away(photo: Image, size: tuple[int, int], width: int) -> Image:
    """The photo, `width` pixels wide, in the middle of a frame (width, height) before its own border's colour."""
    small = cv2.resize(photo, (width, width * photo.shape[0] // photo.shape[1]), interpolation=cv2.INTER_AREA)
    frame = np.full((size[1], size[0], 3), np.median(photo[:20], axis=(0, 1)).astype(np.uint8), np.uint8)
    top, left = size[1] - small.shape[0], (size[0] - width) // 2
    frame[top:, left : left + width] = small
    return frame
