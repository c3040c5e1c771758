"""Hands before the face, built of capsules and lit like round things, in the skin of the person they belong to."""

import cv2
import numpy as np

from faceswap.arrays import AnyArray, Floats
from training import fills
from training.canvas import Canvas, Layer, ellipse, floats, line, noise, polygon, ramp, round_shade

Generator = np.random.Generator

#: Length and radius of a finger, the palm's half width, and how far apart fingers start: shares of the face's height.
FINGER_LENGTH, FINGER_RADIUS, PALM = 0.38, 0.047, 0.2


def hand(rng: Generator, canvas: Canvas, at: AnyArray | None = None, angle: float | None = None) -> Layer:
    """A hand, or only some fingers of one, its fingertips at or near `at`, pointing along `angle` (degrees)."""
    if at is None:
        at = floats(canvas.middle + rng.normal(0, 0.28, 2) * canvas.size)
    if angle is None:  # most hands come from below
        angle = rng.uniform(0, 360) if rng.random() < 0.3 else rng.normal(-90, 45)
    scale = canvas.size * rng.uniform(0.65, 1.3)
    skin = (
        fills.skin(rng, canvas) if rng.random() < 0.6 else np.broadcast_to(fills.skin_tone(rng, canvas), canvas.picture.shape)
    )
    if rng.random() < 0.08:  # a glove
        skin = fills.anything(rng, canvas)
    way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    aside = np.array([-way[1], way[0]])
    knuckles = at - way * scale * FINGER_LENGTH * rng.uniform(0.2, 0.8)
    light, spread, curl = rng.uniform(-1.2, 1.2), rng.uniform(0.0, 14.0), rng.uniform(0.3, 1.0)

    parts = []
    if rng.random() < 0.8:
        wrist = knuckles - way * scale * 0.42
        parts.append(
            _capsule(rng, canvas, wrist - way * scale * 0.9, wrist, scale * PALM * rng.uniform(0.55, 0.8), light, skin)
        )
        parts.append(_palm(rng, canvas, knuckles, way, scale, light, skin))
    for n in rng.permutation(4)[: rng.integers(1, 5)] if rng.random() < 0.35 else range(4):
        offset = (n - 1.5) / 1.5
        root = knuckles + aside * offset * scale * (PALM - FINGER_RADIUS)
        bend = offset * spread + rng.normal(0, 3)
        length = scale * FINGER_LENGTH * (1.05 - 0.18 * abs(offset + 0.2)) * curl * rng.uniform(0.9, 1.1)
        parts.append(_finger(rng, canvas, root, _turned(way, bend), length, scale, light, skin))
    if rng.random() < 0.6:
        side = rng.choice([-1, 1])
        root = knuckles - way * scale * 0.25 + aside * side * scale * PALM * 0.9
        parts.append(
            _finger(rng, canvas, root, _turned(way, side * rng.uniform(10, 70)), scale * 0.3, scale * 1.15, light, skin)
        )
    whole = parts[0]
    for part in parts[1:]:
        whole = part.over(_shadowed(whole, part))
    return whole


def _turned(way: AnyArray, degrees: float) -> AnyArray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([cos * way[0] - sin * way[1], sin * way[0] + cos * way[1]])


def _shadowed(layer: Layer, by: Layer) -> Layer:
    """The layer with a dark edge around what lies on it: the gap between fingers."""
    shadow = floats(cv2.GaussianBlur(by.alpha, (0, 0), 1.6))
    return Layer(layer.colour * (1 - np.float32(0.45) * shadow)[:, :, None], layer.alpha)


def _finger(
    rng: Generator, canvas: Canvas, root: AnyArray, way: AnyArray, length: float, scale: float, light: float, skin: Floats
) -> Layer:
    """Two or three capsules in a row, bent a little, sometimes with a nail or a ring."""
    radius, pieces = scale * FINGER_RADIUS * rng.uniform(0.8, 1.25), int(rng.integers(2, 4))
    whole, start, bend = None, root, rng.normal(0, 9)
    for n in range(pieces):
        end = start + way * length / pieces
        part = _capsule(rng, canvas, start, end, radius * (1 - 0.1 * n), light, skin)
        whole = part if whole is None else part.over(whole)
        start, way = end, _turned(way, bend)
    assert whole is not None
    if rng.random() < 0.35:
        nail = polygon(
            canvas.side, ellipse(floats(start), (radius * 0.75, radius * 0.55), np.degrees(np.arctan2(way[1], way[0])))
        )
        tint = floats(whole.colour * rng.uniform(1.0, 1.25)) if rng.random() < 0.7 else fills.plain(rng, canvas)
        whole = Layer(whole.colour + (tint - whole.colour) * nail[:, :, None], whole.alpha)
    return whole


def _capsule(
    rng: Generator, canvas: Canvas, start: AnyArray, end: AnyArray, radius: float, light: float, skin: Floats
) -> Layer:
    """A round-ended cylinder between two places."""
    way = (end - start) / (max(float(np.linalg.norm(end - start)), 1e-3) * max(radius, 0.5))
    shade = round_shade(ramp(canvas.side, start, (-way[1], way[0])), light)
    return Layer(skin * shade[:, :, None], line(canvas.side, np.array([start, end]), 2 * radius))


def _palm(rng: Generator, canvas: Canvas, knuckles: AnyArray, way: AnyArray, scale: float, light: float, skin: Floats) -> Layer:
    """The palm or the back of the hand: a rounded square with soft shading."""
    aside = np.array([-way[1], way[0]])
    half, back = aside * scale * PALM, way * scale * 0.45
    corners = np.array([knuckles - half, knuckles + half, knuckles + half * 0.8 - back, knuckles - half * 0.8 - back])
    alpha = cv2.GaussianBlur(polygon(canvas.side, floats(corners)), (0, 0), max(0.5, scale * 0.03))
    alpha = floats(np.clip((alpha - 0.35) * 4, 0, 1))
    relief = np.float32(0.85) + np.float32(0.3) * noise(rng, canvas.side, int(rng.integers(4, 9)))
    depth = floats(cv2.GaussianBlur(alpha, (0, 0), max(1.0, scale * 0.06)))
    return Layer(floats(skin * (relief * (0.6 + 0.4 * depth) * np.float32(0.8 + 0.2 * np.cos(light)))[:, :, None]), alpha)
