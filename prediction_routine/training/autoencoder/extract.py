"""Cuts the faces of one person: `python -m training.autoencoder.extract VIDEO ... --out faces.npz --consent TEXT`.

Beside the file come a contact sheet (.png) to check and the record (.json) of files, frames and consent for people to read;
the file holds the same record, so that it cannot be parted from its faces.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import cv2
import numpy as np

from faceswap.arrays import Floats, Image
from faceswap.model_folder import ModelFolderError, read_model_folder
from training.autoencoder.contact_sheet import contact_sheet
from training.autoencoder.errors import TrainingError
from training.autoencoder.faceset import PersonFaces
from training.autoencoder.gather import Candidate, Gatherer, frames_in
from training.autoencoder.identities import grouped, unit
from training.autoencoder.record import CONSENT_NEEDED, Footage, Record, sha256_of, statement
from training.prepare import MODEL

#: Fewer faces teach the network too little of a person.
FEWEST_FACES = 100
#: Softer than this share of the person's usual detail is motion blur.
LEAST_DETAIL = 0.6
BLURRED, STRANGER = "blurred_by_movement", "other_people"


@dataclass(frozen=True)
class Found:
    """A face and the number of the video it is from."""

    video: int
    face: Candidate


def chosen_person(embeddings: Floats, person: int) -> list[list[int]]:
    """Which faces each person has, whoever is seen most first; raises TrainingError where there is no such `person`."""
    people = grouped(embeddings)
    groups = [np.flatnonzero(people == number).tolist() for number in range(people.max(initial=-1) + 1)]
    if not 1 <= person <= len(groups):
        raise TrainingError(f"--person {person}: the footage shows {len(groups)}; look at the contact sheet")
    return groups


def sharp(details: Sequence[float]) -> list[bool]:
    """Which of a person's faces are about as sharp as they mostly are."""
    bound = LEAST_DETAIL * float(np.median(details))
    return [detail >= bound for detail in details]


def gather(videos: Sequence[Path], gatherer: Gatherer, every: int) -> list[Found]:
    """The usable faces of all videos; prints what each gave."""
    found: list[Found] = []
    for number, video in enumerate(videos):
        before = len(found)
        found += [Found(number, face) for face in gatherer.faces_of(video, every)]
        print(f"{video}: {len(found) - before} faces", flush=True)
    return found


def person_faces(videos: Sequence[Path], found: Sequence[Found], person: int, left_out: dict[str, int], consent: str,
                 fewest: int) -> tuple[PersonFaces, Image]:  # fmt: skip
    """The person's faces and the contact sheet; raises TrainingError where they are too few."""
    if not found:
        reasons = ", ".join(f"{reason} {count}" for reason, count in left_out.items()) or "no face in any frame"
        raise TrainingError(f"no usable face was found ({reasons}); the face should be large, sharp and turned to the camera")
    groups = chosen_person(np.stack([f.face.embedding for f in found]), person)
    sheet = contact_sheet([[found[i].face.picture for i in group] for group in groups], person - 1)
    mine = [found[i] for i in groups[person - 1]]
    taken = [f for f, good in zip(mine, sharp([f.face.detail for f in mine]), strict=True) if good]
    counted = {**left_out, BLURRED: len(mine) - len(taken), STRANGER: len(found) - len(mine)}
    if len(taken) < fewest:
        reasons = ", ".join(f"{reason} {count}" for reason, count in counted.items() if count)
        raise TrainingError(
            f"only {len(taken)} faces of person {person} will do; {fewest} are needed, better 1000 with many directions and "
            f"expressions. Left out: {reasons or 'none'}. Bring more footage"
        )
    footage = tuple(
        Footage(video.name, sha256_of(video), tuple(f.face.frame for f in taken if f.video == number))
        for number, video in enumerate(videos)
    )
    embedding = unit(np.sum([f.face.embedding for f in taken], axis=0, dtype=np.float32))
    record = Record(
        consent, datetime.now(timezone.utc).isoformat(timespec="seconds"), footage, counted,
        tuple(round(float(value), 6) for value in embedding),
    )  # fmt: skip
    faces = PersonFaces(
        np.stack([f.face.picture for f in taken]),
        np.stack([f.face.points for f in taken]).astype(np.float32),
        np.stack([f.face.visible for f in taken]),
        np.array([f.video for f in taken], np.int32),
        np.array([f.face.frame for f in taken], np.int32),
        record,
    )
    return faces, sheet


def extract(videos: Sequence[Path], out: Path, consent: str, model: Path, most: int, person: int) -> PersonFaces:
    """Writes `out`, and beside it the sheet and the record; raises TrainingError and ModelFolderError."""
    said = statement(consent)
    for video in videos:
        sha256_of(video)  # a wrong path shows now, not after an hour
    gatherer = Gatherer(read_model_folder(model))
    every = max(1, sum(map(frames_in, videos)) // most)
    found = gather(videos, gatherer, every)
    faces, sheet = person_faces(videos, found, person, dict(gatherer.left_out), said, FEWEST_FACES)
    out.parent.mkdir(parents=True, exist_ok=True)
    faces.save(out)
    cv2.imwrite(str(out.with_suffix(".png")), sheet)
    out.with_suffix(".json").write_text(json.dumps(faces.record.as_json(), indent=1) + "\n", encoding="utf-8")
    return faces


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, epilog=CONSENT_NEEDED, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("videos", type=Path, nargs="+", help="videos that show the person")
    arguments.add_argument("--out", type=Path, required=True, help="the .npz file to write")
    arguments.add_argument("--consent", required=True, help="who agreed, and when; kept with everything made from it")
    arguments.add_argument("--most", type=int, default=3000, help="look at about so many frames, evenly spread")
    arguments.add_argument("--person", type=int, default=1, help="whose faces: 1 is who is seen most, see the contact sheet")
    arguments.add_argument("--model", type=Path, default=MODEL, help="the model folder")
    options = arguments.parse_args()
    print(CONSENT_NEEDED, file=sys.stderr)
    if options.out.suffix != ".npz" or options.most < 1:
        arguments.error("--out ends in .npz, and --most is 1 or more")
    try:
        faces = extract(options.videos, options.out, options.consent, options.model, options.most, options.person)
    except (TrainingError, ModelFolderError) as error:
        raise SystemExit(str(error)) from error
    left_out = ", ".join(f"{reason} {count}" for reason, count in faces.record.left_out.items() if count)
    print(f"{options.out}: {len(faces)} faces; left out: {left_out or 'none'}; look at {options.out.with_suffix('.png')}")


if __name__ == "__main__":
    main()
