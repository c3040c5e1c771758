"""Frames of talking heads with the face in each, and the photos that could have been taken of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from faceswap.arrays import Affine, Floats, Image
from faceswap.detect import FaceDetector
from faceswap.geometry import crop, region_of, transform
from faceswap.landmarks import FaceLandmarker
from faceswap.mesh import Mesh
from faceswap.networks import Network
from faceswap.proportions import ProportionSpace
from faceswap.track import Face, FaceTracker
from training.bare import LIGHT, changed
from training.camera import seen
from training.canvas import Canvas, as_image, floats
from training.occluders import draw, some_kind
from training.worn import glasses, strands

#: Longer side of the frames, pixels: what webcams give.
LONGEST = 640
#: How far a photo reaches beyond the face, its side at most, and how far the picture does on which things are drawn.
PHOTO_MARGIN, PHOTO_SIDE, CANVAS_MARGIN = 2.0, 640, 1.6
#: How often a varied photo is smoothed as if painted, shows glasses or a fringe, and goes through a bad camera. Nothing is
#: varied that belongs to the person, such as a beard: the network would learn to take it away.
PAINTED, WORN, CAMERA = 0.25, 0.2, 0.5


@dataclass(frozen=True)
class Shot:
    """A frame, BGR uint8 (h, w, 3), and the face in it."""

    frame: Image
    face: Face


def tracker(files: dict[str, bytes], mesh: Mesh) -> FaceTracker:
    """With the networks of a model folder."""
    detector = FaceDetector(Network(files["face_detector"]), Network(files["full_range_face_detector"]))
    return FaceTracker(detector, FaceLandmarker(Network(files["face_landmarks"])), ProportionSpace(mesh))


def shots(clip: Path, track: FaceTracker, count: int) -> list[Shot]:
    """Up to `count` frames of a clip, evenly spread, with the face as it is found while the clip runs."""
    found = list(_followed(clip, track))
    chosen = np.unique(np.linspace(0, len(found) - 1, count).round().astype(int)) if found else ()
    return [found[i] for i in chosen]


def _followed(clip: Path, track: FaceTracker) -> Iterator[Shot]:
    video, state, number = cv2.VideoCapture(str(clip)), None, 0
    rate = video.get(cv2.CAP_PROP_FPS) or 30.0
    while True:
        done, read = video.read()
        if not done:
            return
        scale = min(1.0, LONGEST / max(read.shape[:2]))
        frame = np.asarray(cv2.resize(read, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        faces, state = track(frame, state, 1000 * number / rate, "largest")
        number += 1
        if faces and faces[0].inside > 0.9:
            yield Shot(frame, faces[0])


def photo_of(shot: Shot) -> Shot:
    """The part of a frame that a portrait shows."""
    region = region_of(shot.face.landmarks, PHOTO_MARGIN).upright()
    side = int(min(PHOTO_SIDE, region.size))
    affine = region.to_square(side)
    return Shot(crop(shot.frame, affine, side), moved(shot.face, affine))


def moved(face: Face, affine: Affine) -> Face:
    """The face where an affine map puts it."""
    irises = np.concatenate([transform(face.irises[:, :2], affine), face.irises[:, 2:] * np.hypot(*affine[0, :2])], 1)
    return replace(face, landmarks=transform(face.landmarks, affine), irises=floats(irises))


def varied(rng: np.random.Generator, photo: Shot, other: Image) -> Shot:
    """The photo in another light, painted, with glasses or a fringe, through another camera."""
    picture, points = photo.frame.astype(np.float32), floats(photo.face.landmarks[:, :2])
    canvas = Canvas(picture, points, _fitting(other, picture), _fitting(other, picture))
    picture = changed(rng, canvas, LIGHT)
    if rng.random() < WORN:
        layer = (glasses if rng.random() < 0.6 else strands)(rng, canvas)
        picture = layer.on(picture)
    if rng.random() < PAINTED:
        picture = _painted(rng, picture)
    if rng.random() < CAMERA:
        picture = seen(rng, picture)
    return Shot(as_image(picture), photo.face)


def occluded(rng: np.random.Generator, shot: Shot, other: Image) -> Shot:
    """The frame with something before the face."""
    region = region_of(shot.face.landmarks, CANVAS_MARGIN)
    side = int(np.clip(region.size, 96, 400))
    affine = region.to_square(side)
    picture = crop(shot.frame, affine, side).astype(np.float32)
    canvas = Canvas(picture, transform(shot.face.landmarks, affine)[:, :2], _fitting(other, picture), _fitting(other, picture))
    layer = draw(some_kind(rng), rng, canvas)
    size = (shot.frame.shape[1], shot.frame.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    alpha = cv2.warpAffine(layer.alpha, affine, size, flags=flags)[:, :, None]
    colour = cv2.warpAffine(layer.colour, affine, size, flags=flags)
    return Shot(as_image(floats(shot.frame * (1 - alpha) + colour * alpha)), shot.face)


def _painted(rng: np.random.Generator, picture: Floats) -> Floats:
    """Smooth patches with crisp borders, perhaps on canvas."""
    size = int(rng.integers(5, 10))
    smooth = cv2.bilateralFilter(as_image(picture), size, float(rng.uniform(30, 90)), size * 0.8).astype(np.float32)
    weave = rng.normal(0, rng.uniform(0, 8), picture.shape[:2]).astype(np.float32)
    return floats(np.clip(smooth + cv2.GaussianBlur(weave, (0, 0), 0.8)[:, :, None], 0, 255))


def _fitting(other: Image, picture: Floats) -> Floats:
    return floats(cv2.resize(other, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR))
