"""Cuts the faces out of a folder of clips: `python -m training.prepare clips/ faces.npz --notes notes.csv`."""

import argparse
from pathlib import Path

from faceswap.arrays import Image
from faceswap.detect import FaceDetector
from faceswap.geometry import region_of
from faceswap.landmarks import FaceLandmarker, Landmarks
from faceswap.model_folder import read_model_folder
from faceswap.networks import Network
from training.faces import Finder, collect, read_notes

MODEL = Path(__file__).parent.parent / "model"
ENDINGS = {".mp4", ".mov", ".avi", ".mkv", ".webm"}


def finder(model: Path) -> Finder:
    """Finds the face near where it was in the frame before, or anywhere, with the networks of a model folder."""
    files = read_model_folder(model).files
    detector = FaceDetector(Network(files["face_detector"]), Network(files["full_range_face_detector"]))
    landmarker = FaceLandmarker(Network(files["face_landmarks"]))

    def find(frame: Image, before: Landmarks | None) -> Landmarks | None:
        followed = landmarker(frame, region_of(before.points)) if before else None
        if followed:
            return followed
        detections = next((found for found in detector(frame) if found), [])
        return landmarker.from_detection(frame, detections[0].region) if detections else None

    return find


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("clips", type=Path, help="a folder of clips, one person each; the file's name is the person's")
    arguments.add_argument("faces", type=Path, help="the .npz file to write")
    arguments.add_argument(
        "--notes", type=Path, help="CSV with clip, first, last, note: frames in which something hides the face"
    )
    arguments.add_argument("--per-clip", type=int, default=30, help="faces taken from each clip")
    arguments.add_argument("--model", type=Path, default=MODEL, help="the model folder")
    options = arguments.parse_args()
    clips = sorted(path for path in options.clips.iterdir() if path.suffix.lower() in ENDINGS)
    if not clips:
        raise SystemExit(f"{options.clips} holds no clips ({', '.join(sorted(ENDINGS))})")
    notes = read_notes(options.notes) if options.notes else {}
    faces = collect(clips, finder(options.model), notes, options.per_clip)
    faces.save(options.faces)
    print(f"{options.faces}: {len(faces.pictures)} faces of {len(set(faces.people))} people, {len(faces.scraps)} scraps")


if __name__ == "__main__":
    main()
