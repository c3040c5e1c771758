"""What a packaged identity does on frames it never saw: `python -m training.autoencoder.measure MODEL_DIR --name NAME
faces_of_the_person.npz faces_of_the_user.npz`. Needs no TensorFlow."""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.autoencoder_engine import decoded
from faceswap.identity import IdentityEncoder
from faceswap.images import decode_frame, encode_jpeg, from_base64, to_base64
from faceswap.model_folder import ModelFolder, ModelFolderError, read_model_folder
from faceswap.trained import KIND, FaceNetwork, Identity, identities_of, open_network
from Prediction import NAMED_SOURCE, ModelPrediction
from training.autoencoder.errors import TrainingError
from training.autoencoder.faceset import PersonFaces, load
from training.autoencoder.samples import decibels, view
from training.autoencoder.split import trained_and_held
from training.prepare import finder

#: Frames go in and come out as JPEG of this quality, unmarked, so that only the swap is measured.
QUALITY = 95


@dataclass(frozen=True)
class Swapped:
    """A frame before and after, BGR uint8, and the cosines of the face in it to the person and to the user."""

    before: Image
    after: Image
    to_person: float
    to_user: float


def self_reconstruction(network: FaceNetwork, faces: PersonFaces) -> list[float]:
    """Decibels of each held-out face of the person."""
    levels = []
    for number in trained_and_held(faces)[1]:
        seen = view(faces, number, network.side)
        answer = decoded(network, seen.picture)
        levels.append(decibels(seen.truth, answer) if answer is not None else 0.0)
    return levels


def swaps(model: ModelFolder, folder: Path, name: str, person: Floats, user: PersonFaces) -> Iterator[Swapped]:
    """The user's held-out frames by the whole prediction routine."""
    routine, find, encoder = ModelPrediction.from_path(str(folder)), finder(folder), IdentityEncoder(model.files["identity"])
    own = np.array(user.record.embedding, np.float32)
    for number in trained_and_held(user)[1]:
        before = user.pictures[number]
        instance = {"image": to_base64(encode_jpeg(before, QUALITY)), "source": NAMED_SOURCE + name}
        (answer,) = routine.predict([instance], mark=False, quality=QUALITY)
        after = decode_frame(from_base64(_picture(answer), "image"))
        found = find(after, None)
        if found:
            embedding = encoder(after, found.points)
            yield Swapped(before, after, float(embedding @ person), float(embedding @ own))


def _picture(answer: dict[str, Any]) -> object:
    if "error" in answer:
        raise TrainingError(f"the swap was refused: {answer['error']['message']}")
    return answer["image"]


def milliseconds(network: FaceNetwork) -> float:
    """The middle of 30 runs."""
    pixels = np.full((1, network.side, network.side, 3), 0.5, np.float32)
    spent = []
    for _ in range(30):
        start = time.perf_counter()
        network(pixels)
        spent.append(1000 * (time.perf_counter() - start))
    return float(np.median(spent))


def identity_named(model: ModelFolder, name: str) -> Identity:
    known = {k: v for entry in model.engines if entry.kind == KIND for k, v in identities_of(entry).items()}
    if name not in known:
        raise TrainingError(f"--name {name}: the model folder's identities are {', '.join(known) or 'none'}")
    return known[name]


def contact(swapped: Sequence[Swapped], columns: int = 10) -> Image:
    """Frames above, their swaps below; BGR uint8."""
    chosen = [swapped[i] for i in np.linspace(0, len(swapped) - 1, columns).round().astype(int)]
    return np.asarray(np.vstack([np.hstack([s.before for s in chosen]), np.hstack([s.after for s in chosen])]), np.uint8)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path, help="the model folder that export wrote")
    arguments.add_argument("person", type=Path, help="the faces of the person whose identity it is, as trained on")
    arguments.add_argument("user", type=Path, help="the faces of the other, as trained on; who gets the person's face here")
    arguments.add_argument("--name", required=True, help="the identity")
    arguments.add_argument("--sheet", type=Path, help="a picture to write of frames and swaps, to look at")
    options = arguments.parse_args()
    try:
        model = read_model_folder(options.folder)
        identity = identity_named(model, options.name)
        network, person, user = open_network(identity), load(options.person), load(options.user)
        levels = self_reconstruction(network, person)
        swapped = list(swaps(model, options.folder, options.name, identity.embedding, user))
    except (TrainingError, ModelFolderError) as error:
        raise SystemExit(str(error)) from error
    if not swapped or not levels:
        raise SystemExit("there are no held-out frames to measure with; extract the faces from longer footage")
    tenth = np.percentile(levels, 10)
    print(f"self-reconstruction, {len(levels)} held-out faces: {np.mean(levels):.1f} dB, a tenth of them below {tenth:.1f}")
    to_person, to_user = ([getattr(s, name) for s in swapped] for name in ("to_person", "to_user"))
    print(f"swapped onto the other, {len(swapped)} held-out frames: identity to the person {np.mean(to_person):.3f}, "
          f"to the user {np.mean(to_user):.3f}")  # fmt: skip
    print(f"a face: {milliseconds(network):.1f} ms on one thread")
    if options.sheet:
        cv2.imwrite(str(options.sheet), contact(swapped))


if __name__ == "__main__":
    main()
