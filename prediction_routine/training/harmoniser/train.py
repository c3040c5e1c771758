"""Trains the harmoniser: `python -m training.harmoniser.train pairs.npz run/ --validation NAME ... --minutes 60`; run it again
to go on. `run`/best.keras holds the best weights by people that are not trained on, `run`/last.keras the last ones,
`run`/log.csv the figures, `run`/preview.png what it does to faces of those people."""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

import cv2
import keras
import numpy as np

from faceswap.arrays import Floats
from training.harmoniser import net
from training.harmoniser.batches import Batch, batches, plain
from training.harmoniser.identity_network import read_identity_network
from training.harmoniser.losses import IDENTITY, given, learner, likeness, strangeness, truth
from training.harmoniser.pairs import Pairs, load
from training.harmoniser.preview import sheet
from training.log import read_log, total, write_row

#: Pairs of one person in a batch, and as many of two people where there is a loss of identity.
BATCH = 8
#: The learning rate at first; it falls to a hundredth along half a cosine.
RATE = 2e-3
EVALUATE_EVERY_S = 180.0
#: Pairs of unseen people that the figures are taken from, and those on the sheet.
VALIDATION, SHOWN = 192, 16

Step = tuple[list[Floats], list[Floats]]


@dataclass(frozen=True)
class Figures:
    """On unseen people. `loss`, of likeness; `psnr` and `plain_psnr`: dB inside the face, with and without the network;
    `strange`, the loss of identity, 0 where there is none."""

    loss: float
    psnr: float
    plain_psnr: float
    strange: float


def evaluate(learning: keras.Model, own: Batch, foreign: Batch, sources: Floats | None) -> tuple[Figures, Floats]:
    """The figures, and the faces as the network changes them."""
    given_all = given(own, None if sources is None else foreign)
    parts = np.array_split(np.arange(len(own.alpha)), len(own.alpha) // BATCH + 1)
    found = [keras.tree.flatten(learning([each[part] for each in given_all], training=False)) for part in parts]
    faces, *embeddings = (np.concatenate([keras.ops.convert_to_numpy(x) for x in each]) for each in zip(*found, strict=True))
    loss = float(keras.ops.convert_to_numpy(likeness(truth(own), faces)))
    strange = 0.0 if sources is None else float(keras.ops.convert_to_numpy(strangeness(sources[foreign.source], *embeddings)))
    return Figures(loss, _psnr(faces, own), _psnr(own.lit, own), strange), faces


def _psnr(faces: Floats, held: Batch) -> float:
    off = ((faces - held.user) * held.alpha) ** 2
    return float((-10 * np.log10(off.sum((1, 2, 3)) / (3 * held.alpha.sum((1, 2, 3))) + 1e-9)).mean())


def train(
    pairs: Pairs, run: Path, validation: list[str], minutes: float, rate: float, identity: keras.Model | None, weight: float
) -> Figures:
    """Trains for that long and returns the last figures; goes on from `run`/last.keras where there is one."""
    people = sorted(set(pairs.people) - set(validation))
    if len(people) < 2 or len(validation) < 2 or set(validation) - set(pairs.people):
        raise SystemExit(f"--validation: choose two or more of {', '.join(sorted(set(pairs.people)))}, and leave two")
    run.mkdir(parents=True, exist_ok=True)
    log, last = run / "log.csv", run / "last.keras"
    history = read_log(log)
    step = int(history[-1]["step"]) if history else 0
    best = min((float(row["loss"]) + weight * float(row["strange"]) for row in history), default=float("inf"))
    keras.utils.set_random_seed(step)
    own, foreign = (_held(pairs.of(validation), same) for same in (True, False))
    network = keras.saving.load_model(last, compile=False) if last.exists() else net.build()
    learning, sources = learner(network, identity), _embeddings(identity, pairs)
    losses = [likeness, strangeness][: len(learning.outputs)]
    learning.compile(keras.optimizers.Adam(rate, clipnorm=1.0), losses, loss_weights=[1.0, weight][: len(losses)])
    begun = evaluated = time.monotonic()
    running: list[float] = []
    bar = keras.utils.Progbar(round(minutes * 60), unit_name="second", stateful_metrics=["step"])
    for batch, answers in _ahead(_steps(pairs.of(people), sources, step + 1)):
        share = (time.monotonic() - begun) / (minutes * 60)
        learning.optimizer.learning_rate = rate * (0.01 + 0.99 * (1 + np.cos(np.pi * min(share, 1.0))) / 2)
        running.append(total(learning.train_on_batch(batch, answers)))
        step += 1
        bar.update(min(int(share * minutes * 60), bar.target), [("step", step), ("loss", running[-1])])
        if share >= 1 or time.monotonic() - evaluated > EVALUATE_EVERY_S:
            figures, faces = evaluate(learning, own, foreign, sources)
            write_row(log, step, time.monotonic() - begun, float(np.mean(running)), figures)
            network.save(last)
            if figures.loss + weight * figures.strange < best:
                best = figures.loss + weight * figures.strange
                network.save(run / "best.keras")
            cv2.imwrite(str(run / "preview.png"), sheet(own, faces, SHOWN))
            running, evaluated = [], time.monotonic()
            if share >= 1:
                return figures
    raise AssertionError("batches never end")


def _held(pairs: Pairs, own: bool) -> Batch:
    kind = np.flatnonzero((pairs.people == pairs.source_people) == own)
    return plain(pairs, np.random.default_rng(0).choice(kind, VALIDATION))


def _embeddings(identity: keras.Model | None, pairs: Pairs) -> Floats | None:
    """Of every source's photo."""
    if identity is None:
        return None
    photos = np.array_split(pairs.photos[..., ::-1].astype(np.float32), len(pairs.photos) // BATCH + 1)
    found = [keras.ops.convert_to_numpy(identity(part, training=False)) for part in photos]
    return np.concatenate(found, dtype=np.float32)


def _steps(pairs: Pairs, sources: Floats | None, seed: int) -> Iterator[Step]:
    """What the learner takes and what it should answer, without end."""
    rng = np.random.default_rng(seed)
    strangers = batches(pairs, rng, own=False, count=BATCH)
    for own in batches(pairs, rng, own=True, count=BATCH):
        if sources is None:
            yield given(own), [truth(own)]
        else:
            foreign = next(strangers)
            yield given(own, foreign), [truth(own), sources[foreign.source]]


def _ahead(made: Iterator[Step]) -> Iterator[Step]:
    """The same, made by a thread while the network learns."""
    queue: Queue[Step] = Queue(8)

    def fill() -> None:
        for step in made:
            queue.put(step)

    Thread(target=fill, daemon=True).start()
    while True:
        yield queue.get()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("pairs", type=Path, help="the .npz file of `python -m training.harmoniser.prepare`")
    arguments.add_argument("run", type=Path, help="the folder for weights, log and preview")
    arguments.add_argument("--validation", nargs="+", required=True, metavar="NAME", help="people to validate with")
    arguments.add_argument("--minutes", type=float, default=60, help="how long to train")
    arguments.add_argument("--rate", type=float, default=RATE, help="the learning rate at first; lower to go on from before")
    arguments.add_argument("--identity", type=Path, help="the file of training.harmoniser.identity_network, for its loss")
    arguments.add_argument("--identity-weight", type=float, default=IDENTITY, help="how much that loss counts")
    options = arguments.parse_args()
    identity = read_identity_network(options.identity) if options.identity else None
    pairs = load(options.pairs)
    print(train(pairs, options.run, options.validation, options.minutes, options.rate, identity, options.identity_weight))


if __name__ == "__main__":
    main()
