"""Trains the first stage: `python -m training.landmarks.train clips/ run/ --validation NAME ...`; run it again to go on.

`run`/first_stage.npz holds the best weights by the landmarks of people that are not trained on, `run`/last.npz the last ones,
`run`/log.csv the figures, and `run`/crops.npz the faces out of the clips, which are read once.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import build_model
import cv2
import keras
import numpy as np

from faceswap.arrays import Floats
from faceswap.networks import Network
from faceswap.shorten import read_weights, shorten, weights_of, without_blocks, write_weights
from training.landmarks.crops import Crops, collect, load
from training.landmarks.losses import by_spread, of_logit, of_mesh
from training.landmarks.measure import Figures, answers, compare
from training.landmarks.student import learnt, student, teacher
from training.landmarks.views import view
from training.log import read_log, total, write_row
from training.prepare import ENDINGS, MODEL, finder

BATCH = 8
#: The learning rate at first; it falls to nearly nothing along half a cosine, after so many steps in which it rises.
RATE, WARM_UP = 2e-3, 50
VALIDATION = 240
EVALUATE_EVERY_S = 120.0
PER_CLIP = 40


def faces(clips: Path, run: Path) -> Crops:
    """The faces of the clips, kept in `run`."""
    path = run / "crops.npz"
    if path.exists():
        return load(path)
    files = sorted(file for file in clips.iterdir() if file.suffix.lower() in ENDINGS)
    if not files:
        raise SystemExit(f"{clips} holds no clips ({', '.join(sorted(ENDINGS))})")
    crops = collect(files, finder(MODEL), PER_CLIP)
    crops.save(path)
    return crops


def train(
    crops: Crops, original: bytes, run: Path, validation: Sequence[str], minutes: float, rate: float, start: Path | None
) -> Figures:
    """Trains for that long and returns the best figures; goes on from `run`/last.npz, else from `start`, else anew."""
    people = sorted(set(crops.people) - set(validation))
    if not people or not validation or set(validation) - set(crops.people):
        raise SystemExit(f"--validation: choose some of {', '.join(sorted(set(crops.people)))}, and leave some")
    cv2.setNumThreads(1)
    log, last = run / "log.csv", run / "last.npz"
    history = read_log(log)
    step = int(history[-1]["step"]) if history else 0
    best = min((float(row["points"]) for row in history), default=float("inf"))
    keras.utils.set_random_seed(step)
    rng = np.random.default_rng(step + 1)
    begin = last if last.exists() else start
    weights = read_weights(begin) if begin else weights_of(without_blocks(original))
    model, layers = student(shorten(original, weights))
    taught = teacher(original)
    held = crops.of(validation)
    unseen = [view(np.random.default_rng(i), held) for i in range(VALIDATION)]
    truth = answers(Network(original), unseen)
    spread = [output.std((0, 1, 2)) + np.float32(1e-3) for output in _targets(taught, unseen[:32])[:2]]
    losses = [*(by_spread(scale) for scale in spread), of_mesh, of_logit]
    model.compile(optimizer=keras.optimizers.Adam(rate, clipnorm=5.0), loss=losses)

    trained, begun = crops.of(people), time.monotonic()
    evaluated, first, running, result = begun - EVALUATE_EVERY_S, step, [float("nan")], Figures(best, 0, 0, 0, 0)
    while True:
        share = (time.monotonic() - begun) / (minutes * 60)
        if share >= 1 or time.monotonic() - evaluated > EVALUATE_EVERY_S:
            figures = compare(truth, answers(Network(shorten(original, learnt(layers))), unseen))
            write_row(log, step, time.monotonic() - begun, float(np.mean(running)), figures)
            write_weights(last, learnt(layers))
            if figures.points < result.points:
                result = figures
                write_weights(run / "first_stage.npz", learnt(layers))
            running, evaluated = [], time.monotonic()
        if share >= 1:
            return result
        model.optimizer.learning_rate = rate * min(1, (step - first + 1) / WARM_UP) * (1 + np.cos(np.pi * share)) / 2
        views = [view(rng, trained) for _ in range(BATCH)]
        running.append(total(model.train_on_batch(np.stack(views), _targets(taught, views))))
        step += 1


def _targets(taught: Network, views: Sequence[Floats]) -> list[Floats]:
    """The teacher's outputs; whether it sees a face goes with the mesh."""
    given = [taught(picture[None]) for picture in views]
    first, last, mesh, logit = (np.concatenate(outputs) for outputs in zip(*given, strict=True))
    return [first, last, np.concatenate([mesh, logit > 0], 3, dtype=np.float32), logit]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("clips", type=Path, help="a folder of clips, one person each; the file's name is the person's")
    arguments.add_argument("run", type=Path, help="the folder for weights, log and faces")
    arguments.add_argument("--validation", nargs="+", required=True, metavar="NAME", help="people to validate with")
    arguments.add_argument("--minutes", type=float, default=20, help="how long to train")
    arguments.add_argument("--rate", type=float, default=RATE, help="the learning rate at first; lower to go on from before")
    arguments.add_argument("--start", type=Path, help="weights to start from, where `run` has none: weights/first_stage.npz")
    options = arguments.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    crops, original = faces(options.clips, options.run), build_model.published("face_landmarks")
    print(train(crops, original, options.run, options.validation, options.minutes, options.rate, options.start))


if __name__ == "__main__":
    main()
