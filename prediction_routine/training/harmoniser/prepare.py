"""Makes pairs out of a folder of clips: `python -m training.harmoniser.prepare clips/ pairs.npz`."""

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from faceswap.landmarks import FaceLandmarker
from faceswap.mesh import read_mesh
from faceswap.mesh_engine import MeshEngine
from faceswap.model_folder import read_model_folder, sha256_of
from faceswap.networks import Network
from faceswap.occlusion import Occlusion
from faceswap.proportions import ProportionSpace
from faceswap.source import SourceMaker
from training.harmoniser.footage import occluded, shots, tracker
from training.harmoniser.pairs import Candidate, Pairing, Pairs, candidates
from training.prepare import ENDINGS, MODEL

#: Share of the target frames in which something is before the face.
OCCLUDED = 0.25


def prepare(clips: Sequence[Path], model: Path, targets: int, sources: int, own: int, foreign: int) -> Pairs:
    """Of each clip so many target frames and source frames; each target gets `own` sources of the same person and `foreign`
    ones of others. Raises SystemExit where no clip shows a face."""
    files = read_model_folder(model).files
    mesh = read_mesh(files["face_mesh"])
    track, rng = tracker(files, mesh), np.random.default_rng(0)
    space = ProportionSpace(mesh)
    make_source = SourceMaker(mesh, space, FaceLandmarker(Network(files["face_landmarks"])))
    found = {}
    for clip in clips:
        found[clip.stem] = shots(clip, track, targets)
        print(f"{clip.name}: {len(found[clip.stem])} frames", flush=True)
    found = {person: taken for person, taken in found.items() if taken}
    if len(found) < 2:
        raise SystemExit(f"a face was found in {len(found)} of the clips; at least two people are needed")
    made: list[Candidate] = []
    backgrounds = [taken[0].frame for taken in found.values()]
    for person, taken in found.items():
        chosen = [taken[i] for i in np.unique(np.linspace(0, len(taken) - 1, sources).round().astype(int))]
        made += candidates(rng, person, chosen, backgrounds, make_source)
        print(f"{person}: {len(made)} sources in all", flush=True)
    pairing = Pairing(MeshEngine(mesh, space, Occlusion(Network(files["visibility"]))))
    numbers = {person: [i for i, c in enumerate(made) if c.person == person] for person in found}
    strangers = {person: [i for i, c in enumerate(made) if c.person != person] for person in found}
    for person, taken in found.items():
        for shot in taken:
            for number in (*rng.choice(numbers[person], own), *rng.choice(strangers[person], foreign)):
                covered = rng.random() < OCCLUDED
                other = backgrounds[rng.integers(len(backgrounds))]
                pairing.add(occluded(rng, shot, other) if covered else shot, person, int(number), made[number])
    return pairing.pairs([candidate.photo for candidate in made])


def _record(clips: Sequence[Path], pairs: Pairs, options: Mapping[str, object]) -> dict[str, object]:
    """What the pairs were made of: every clip's SHA-256 and how many pairs show its person, and what was asked for."""
    counts = Counter(pairs.people.tolist())
    files = [{"file": clip.name, "sha256": sha256_of(clip), "pairs": counts[clip.stem]} for clip in clips]
    return {"clips": files, "options": {name: str(value) for name, value in options.items()}}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("clips", type=Path, help="a folder of clips, one person each; the file's name is the person's")
    arguments.add_argument("pairs", type=Path, help="the .npz file to write")
    arguments.add_argument("--targets", type=int, default=48, help="frames of each clip that get a face")
    arguments.add_argument(
        "--sources", type=int, default=12, help="frames of each clip that give one, each as it is and varied"
    )
    arguments.add_argument("--own", type=int, default=6, help="faces of the same person for each frame")
    arguments.add_argument("--foreign", type=int, default=3, help="faces of other people for each frame")
    arguments.add_argument("--model", type=Path, default=MODEL, help="the model folder")
    options = arguments.parse_args()
    cv2.setNumThreads(1)
    clips = sorted(path for path in options.clips.iterdir() if path.suffix.lower() in ENDINGS)
    if not clips:
        raise SystemExit(f"{options.clips} holds no clips ({', '.join(sorted(ENDINGS))})")
    pairs = prepare(clips, options.model, options.targets, options.sources, options.own, options.foreign)
    pairs.save(options.pairs)
    record = options.pairs.with_suffix(".json")
    record.write_text(json.dumps(_record(clips, pairs, vars(options)), indent=1) + "\n", encoding="utf-8")
    print(f"{options.pairs}: {len(pairs.people)} pairs of {len(set(pairs.people))} people, {len(pairs.photos)} sources")


if __name__ == "__main__":
    main()
