"""What exported weights do on people they never saw: `python -m training.measure faces.npz net.tflite --people NAME ...`."""

import argparse
from pathlib import Path

import numpy as np

from faceswap.arrays import Floats
from faceswap.geometry import crop, region_of
from faceswap.mesh import POINTS
from faceswap.networks import Network
from faceswap.occlusion import Occlusion
from training.canvas import as_image, floats
from training.faces import FaceSet, load
from training.occluders import KINDS
from training.samples import MARGIN, SIDE, Sample, sample

#: Samples of each kind.
COUNT = 60


def overlap(occlusion: Occlusion, samples: list[Sample]) -> float:
    """Intersection over union of what is hidden and what is called hidden, where it counts."""
    both = either = 0
    for made in samples:
        asked, hidden = made.weight > 0.5, made.visible < 0.5
        found = occlusion(as_image(made.pixels * 255)) < 0.5
        both += int((asked & hidden & found).sum())
        either += int((asked & (hidden | found)).sum())
    return both / max(1, either)


def bare(occlusion: Occlusion, faces: FaceSet) -> tuple[float, float]:
    """Of the faces as they were filmed: the share of bare skin called hidden, and what bare skin is given on average."""
    seen: list[Floats] = []
    for picture, points, certain in zip(faces.pictures, faces.points, faces.certain, strict=True):
        affine = region_of(np.hstack([points, np.zeros((POINTS, 1), np.float32)]), MARGIN).to_square(SIDE)
        asked = crop(np.repeat(certain[:, :, None], 3, 2), affine, SIDE)[:, :, 0] == 255
        seen.append(occlusion(crop(picture, affine, SIDE))[asked])
    skin = floats(np.concatenate(seen))
    return float((skin < 0.5).mean()), float(skin.mean())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("faces", type=Path, help="the .npz file of `python -m training.prepare`")
    arguments.add_argument("network", type=Path, help="the .tflite file")
    arguments.add_argument("--people", nargs="+", required=True, metavar="NAME", help="those who were not trained on")
    options = arguments.parse_args()
    occlusion, faces = Occlusion(Network(options.network.read_bytes())), load(options.faces).of(options.people)
    rng = np.random.default_rng(0)
    for kind in KINDS:
        print(f"{kind:12} IoU {overlap(occlusion, [sample(rng, faces, [kind]) for _ in range(COUNT)]):.3f}")
    changed = [sample(rng, faces, ()) for _ in range(4 * COUNT)]
    wrong = [float((occlusion(as_image(made.pixels * 255)) < 0.5)[made.weight > 0.5].mean()) for made in changed]
    print(f"bare, in any light and through any camera: called hidden {np.mean(wrong):.4f}")
    for person in options.people:
        called, mean = bare(occlusion, faces.of([person]))
        print(f"bare, {person:20} called hidden {called:.4f}, mean {mean:.4f}")


if __name__ == "__main__":
    main()
