"""Trains the network: `python -m training.train faces.npz run/ --validation NAME ... --minutes 45`; run it again to go on."""

import argparse
import multiprocessing
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Full

import cv2
import keras
import numpy as np

from faceswap.arrays import Floats
from training import net
from training.faces import FaceSet, load
from training.log import read_log, write_row
from training.occluders import some_kind
from training.preview import sheet
from training.samples import Sample, batch, sample

BATCH = 32
#: The learning rate at first; it falls to a hundredth along half a cosine.
RATE = 3e-3
#: Each batch comes again so often, each time when this many others have come.
REPLAYS, REPLAY_AFTER = 3, 64
EVALUATE_EVERY_S = 150.0
#: Samples of unseen people, and how many of them have nothing before the face.
VALIDATION, BARE = 384, 128
_EPSILON = 1e-6

Batch = tuple[Floats, Floats]


@dataclass(frozen=True)
class Figures:
    """On unseen people. `loss`; `iou`: of what is hidden, where something is; `false_alarm`: share of bare skin called
    hidden, where nothing is; `visible`: what bare skin is given, 0 to 1."""

    loss: float
    iou: float
    false_alarm: float
    visible: float


def loss(truth: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Weighted cross-entropy, plus soft Dice of what is hidden; `truth` (n, side, side, 2) is visible and weight."""
    visible, weight = truth[..., 0], truth[..., 1]
    z = net.unfolded(logits)
    entropy = keras.ops.relu(z) - z * visible + keras.ops.log1p(keras.ops.exp(-keras.ops.abs(z)))
    total = keras.ops.sum(weight) + _EPSILON
    hidden, guess = weight * (1 - visible), weight * keras.ops.sigmoid(-z)
    overlap = keras.ops.sum(hidden * keras.ops.sigmoid(-z))
    dice = 1 - (2 * overlap + 1) / (keras.ops.sum(hidden) + keras.ops.sum(guess) + 1)
    return keras.ops.sum(weight * entropy) / total + np.float32(0.2) * dice


def batches(faces: FaceSet, seed: int) -> Iterator[Batch]:
    """Pixels and truth, without end."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    while True:
        pixels, visible, weight = batch(rng, faces, BATCH)
        yield pixels, np.stack([visible, weight], -1)


def _produce(path: Path, people: list[str], seed: int, queue: "Queue[Batch]") -> None:
    parent = multiprocessing.parent_process()
    for made in batches(load(path).of(people), seed):
        while True:
            try:
                queue.put(made, timeout=5)
                break
            except Full:
                if parent is None or not parent.is_alive():
                    return


def replayed(fresh: Iterator[Batch], rng: np.random.Generator) -> Iterator[Batch]:
    """Each batch several times, later ones mirrored and in other light: drawing samples costs more than learning them."""
    past: deque[tuple[int, Batch]] = deque()
    for batch_made in fresh:
        past.append((1, batch_made))
        yield batch_made
        for _ in range(REPLAYS if len(past) > REPLAY_AFTER else 0):
            times, (pixels, truth) = past.popleft()
            gain = rng.uniform(0.75, 1.25, (len(pixels), 1, 1, 3)) ** 0.5 * rng.uniform(0.8, 1.2, (len(pixels), 1, 1, 1))
            mirrored = np.clip(pixels[:, :, ::-1] * np.float32(gain), 0, 1), truth[:, :, ::-1]
            if times < REPLAYS:
                past.append((times + 1, mirrored))
            yield mirrored


def evaluate(model: keras.Model, samples: list[Sample]) -> tuple[Figures, Floats]:
    """The figures, and what is visible by the network (n, side, side)."""
    pixels = np.stack([s.pixels for s in samples])
    visible, weight = np.stack([s.visible for s in samples]), np.stack([s.weight for s in samples])
    logits = np.concatenate(
        [keras.ops.convert_to_numpy(model(part, training=False)) for part in np.array_split(pixels, len(pixels) // BATCH + 1)]
    )
    value = float(loss(np.stack([visible, weight], -1), logits))
    seen = 1 / (1 + np.exp(-keras.ops.convert_to_numpy(net.unfolded(logits))))
    certain, bare = weight > 0.5, visible.min((1, 2)) > 0.5
    hidden, guess = certain & (visible < 0.5), certain & (seen < 0.5)
    overlap = (hidden & guess)[~bare].sum() / max(1, (hidden | guess)[~bare].sum())
    skin = seen[bare][certain[bare]]
    return Figures(value, float(overlap), float((skin < 0.5).mean()), float(skin.mean())), np.asarray(seen, np.float32)


def train(path: Path, run: Path, validation: list[str], minutes: float, rate: float = RATE, seed: int = 0) -> Figures:
    """Trains for that long and returns the best figures; goes on from `run`/last.keras where there is one."""
    faces = load(path)
    people = sorted(set(faces.people) - set(validation))
    unknown = set(validation) - set(faces.people)
    if unknown or not people or not validation:
        raise SystemExit(f"--validation: choose some of {', '.join(sorted(set(faces.people)))}, and leave some")
    run.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed + 1)
    held = faces.of(validation)
    samples = [sample(rng, held, ()) for _ in range(BARE)]
    samples += [sample(rng, held, [some_kind(rng) for _ in range(rng.integers(1, 3))]) for _ in range(VALIDATION - BARE)]
    last, log = run / "last.keras", run / "log.csv"
    history = read_log(log)
    model = keras.saving.load_model(last, compile=False) if last.exists() else net.build()
    model.compile(optimizer=keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=1.0), loss=loss)
    best = min((float(row["loss"]) for row in history), default=float("inf"))
    best_figures = Figures(best, 0, 0, 0)
    step = int(history[-1]["step"]) if history else 0

    context = multiprocessing.get_context("spawn")
    queue: Queue[Batch] = context.Queue(8)
    worker = context.Process(target=_produce, args=(path, people, seed + 2 + step, queue), daemon=True)
    worker.start()
    start, evaluated, running = time.monotonic(), time.monotonic(), []
    try:
        for pixels, truth in replayed(iter(queue.get, None), rng):
            share = (time.monotonic() - start) / (minutes * 60)
            model.optimizer.learning_rate = rate * (0.01 + 0.99 * (1 + np.cos(np.pi * min(share, 1.0))) / 2)
            running.append(float(model.train_on_batch(pixels, truth)))
            step += 1
            if share >= 1 or time.monotonic() - evaluated > EVALUATE_EVERY_S:
                figures, seen = evaluate(model, samples)
                write_row(log, step, time.monotonic() - start, float(np.mean(running)), figures)
                model.save(last)
                if figures.loss < best:
                    best, best_figures = figures.loss, figures
                    model.save(run / "best.keras")
                    cv2.imwrite(str(run / "preview.png"), sheet(samples, seen))
                running, evaluated = [], time.monotonic()
            if share >= 1:
                return best_figures
    finally:
        worker.terminate()
    raise AssertionError("batches never end")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("faces", type=Path, help="the .npz file of `python -m training.prepare`")
    arguments.add_argument("run", type=Path, help="the folder for last.keras, best.keras, log.csv and preview.png")
    arguments.add_argument("--validation", nargs="+", required=True, metavar="NAME", help="people to validate with")
    arguments.add_argument("--minutes", type=float, default=45, help="how long to train")
    arguments.add_argument("--rate", type=float, default=RATE, help="the learning rate at first; lower to go on from before")
    options = arguments.parse_args()
    print(train(options.faces, options.run, options.validation, options.minutes, options.rate))


if __name__ == "__main__":
    main()
