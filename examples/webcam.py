"""A camera, or a video file, swapped live: shown in a window, saved to a file, or both.

python webcam.py --face "Sugar skull"
python webcam.py --video clip.mp4 --save swapped.mp4 --no-window
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from faceswap_api import Api, Refused, arguments, options_of
from swap_stream import StreamEnded, Swapped, SwapStream

QUALITY = 85
TITLE = "Swapped (q ends it)"


def main() -> int:
    given = _given()
    try:
        api = Api(given.site, given.token)
        session = api.session(api.face(given.face))
        delivery = "all" if given.video else "live"
        with (
            SwapStream(session["url"], session["token"], delivery, options_of(given.option)) as stream,
            Output(given) as output,
        ):
            for swapped in _swapped(stream, _frames(given)):
                if not output.take(swapped):
                    break
    except (Refused, StreamEnded, NoPicture) as error:
        print(f"Stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


class NoPicture(Exception):
    """A camera, file or window that cannot be opened."""


def _frames(given: argparse.Namespace) -> Iterator[bytes]:
    capture = cv2.VideoCapture(str(given.video) if given.video else given.camera)
    try:
        if not capture.isOpened():
            raise NoPicture(f"{given.video or f'camera {given.camera}'} cannot be opened.")
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest picture, not the oldest
        while (read := capture.read())[0]:
            yield cv2.imencode(".jpg", read[1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
    finally:
        capture.release()


def _swapped(stream: SwapStream, frames: Iterator[bytes]) -> Iterator[Swapped]:
    for jpeg in frames:
        yield from stream.swap(jpeg)
    yield from stream.rest()


class Output:
    """Where swapped frames go; tells how many there were."""

    def __init__(self, given: argparse.Namespace) -> None:
        self._save: Path | None = given.save
        self._window: bool = given.window
        self._rate = _rate_of(given.video)
        self._writer: cv2.VideoWriter | None = None
        self._count = 0
        self._delay = 0.0

    def __enter__(self) -> "Output":
        return self

    def __exit__(self, *_: Any) -> None:
        if self._writer:
            self._writer.release()
        if self._window:
            cv2.destroyAllWindows()
        if self._count:
            where = f", saved in {self._save}" if self._save else ""
            print(f"{self._count} frames, {1000 * self._delay / self._count:.0f} ms each from camera to result{where}")

    def take(self, swapped: Swapped) -> bool:
        """Whether to go on."""
        self._count += 1
        self._delay += swapped.delay
        image = cv2.imdecode(np.frombuffer(swapped.jpeg, np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise NoPicture("A frame came back that is no picture.")
        if self._save:
            self._written_to(self._save, image.shape[1], image.shape[0]).write(image)
        return self._show(image) if self._window else True

    def _written_to(self, path: Path, width: int, height: int) -> cv2.VideoWriter:
        if self._writer is None:
            self._writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), self._rate, (width, height))
            if not self._writer.isOpened():
                raise NoPicture(f"{path} cannot be written; expected a name such as swapped.mp4.")
        return self._writer

    def _show(self, image: Any) -> bool:
        try:
            cv2.imshow(TITLE, image)
            return cv2.waitKey(1) != ord("q")
        except cv2.error as error:
            raise NoPicture("No window can be opened here: use --save FILE --no-window.") from error


def _rate_of(video: Path | None) -> float:
    rate = cv2.VideoCapture(str(video)).get(cv2.CAP_PROP_FPS) if video else 0.0
    return rate if 1 <= rate <= 240 else 30.0


def _given() -> argparse.Namespace:
    parser = arguments(str(__doc__).partition("\n")[0])
    parser.add_argument("--camera", type=int, default=0, help="which camera (%(default)s)")
    parser.add_argument("--video", type=Path, help="a video file in place of the camera; none of its frames is left out")
    parser.add_argument("--save", type=Path, metavar="FILE", help="where the swapped film goes, without sound and signature")
    parser.add_argument("--no-window", dest="window", action="store_false")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
