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
from training.harmoniser.losses import IDENTITY, answers, given, learner, likeness, strangeness
from training.harmoniser.pairs import Pairs, load
from training.harmoniser.preview import sheet
from training.log import read_log, total, write_row

#: Pairs of one person in a batch, and of two where there is a loss of identity.
OWN, FOREIGN = 16, 4
#: The learning rate at first; it falls to a hundredth along half a cosine.
RATE = 2e-3
EVALUATE_EVERY_S = 180.0
#: Pairs of unseen people that the figures are taken from, and those on the sheet.
VALIDATION, SHOWN = 384, 16


@dataclass(frozen=True)
class Figures:
    """On unseen people. `loss`; `psnr` and `plain_psnr`: dB inside the face, with and without the network."""

    loss: float
    psnr: float
    plain_psnr: float


def evaluate(network: keras.Model, held: Batch) -> tuple[Figures, Floats]:
    """The figures, and the faces as the network changes them."""
    parts = np.array_split(np.arange(len(held.own)), len(held.own) // OWN + 1)
    composites = held.given
    faces = np.concatenate(
        [keras.ops.convert_to_numpy(net.applied(network(composites[p], training=False), held.lit[p])) for p in parts]
    )
    loss = float(keras.ops.convert_to_numpy(likeness(np.concatenate([held.user, held.alpha], 3), faces)))
    return Figures(loss, _psnr(faces, held), _psnr(held.lit, held)), faces


def _psnr(faces: Floats, held: Batch) -> float:
    off = ((faces - held.user) * held.alpha) ** 2
    return float((-10 * np.log10(off.sum((1, 2, 3)) / (3 * held.alpha.sum((1, 2, 3))) + 1e-9)).mean())


def train(
    pairs: Pairs, run: Path, validation: list[str], minutes: float, rate: float, identity: keras.Model | None, weight: float
) -> Figures:
    """Trains for that long and returns the last figures; goes on from `run`/last.keras where there is one."""
    people = sorted(set(pairs.people) - set(validation))
    if not people or not validation or set(validation) - set(pairs.people):
        raise SystemExit(f"--validation: choose some of {', '.join(sorted(set(pairs.people)))}, and leave some")
    run.mkdir(parents=True, exist_ok=True)
    log, last = run / "log.csv", run / "last.keras"
    history = read_log(log)
    step = int(history[-1]["step"]) if history else 0
    best = min((float(row["loss"]) for row in history), default=float("inf"))
    keras.utils.set_random_seed(step)
    held = _held(pairs, validation)
    network = keras.saving.load_model(last, compile=False) if last.exists() else net.build()
    learning = learner(network, identity)
    losses = [likeness, strangeness] if identity else [likeness]
    learning.compile(keras.optimizers.Adam(rate, clipnorm=1.0), losses, loss_weights=[1.0, weight][: len(losses)])
    trained = pairs.of(people)
    identities = _identities(identity, pairs)
    begun = evaluated = time.monotonic()
    running: list[float] = []
    for batch in _ahead(batches(trained, np.random.default_rng(step + 1), OWN, FOREIGN if identity else 0)):
        share = (time.monotonic() - begun) / (minutes * 60)
        learning.optimizer.learning_rate = rate * (0.01 + 0.99 * (1 + np.cos(np.pi * min(share, 1.0))) / 2)
        running.append(total(learning.train_on_batch(given(batch, identities), answers(batch, identities))))
        step += 1
        if share >= 1 or time.monotonic() - evaluated > EVALUATE_EVERY_S:
            figures, faces = evaluate(network, held)
            write_row(log, step, time.monotonic() - begun, float(np.mean(running)), figures)
            network.save(last)
            if figures.loss < best:
                best = figures.loss
                network.save(run / "best.keras")
            cv2.imwrite(str(run / "preview.png"), sheet(held, faces, SHOWN))
            running, evaluated = [], time.monotonic()
            if share >= 1:
                return figures
    raise AssertionError("batches never end")


def _held(pairs: Pairs, validation: list[str]) -> Batch:
    chosen = pairs.of(validation)
    own = np.flatnonzero(chosen.people == chosen.source_people)
    return plain(chosen, np.random.default_rng(0).permutation(own)[:VALIDATION])


def _identities(identity: keras.Model | None, pairs: Pairs) -> Floats | None:
    """Of every source's photo."""
    if identity is None:
        return None
    photos = np.array_split(pairs.photos[..., ::-1].astype(np.float32), len(pairs.photos) // OWN + 1)
    found = [keras.ops.convert_to_numpy(identity(part, training=False)) for part in photos]
    return np.concatenate(found, dtype=np.float32)


def _ahead(made: Iterator[Batch]) -> Iterator[Batch]:
    """The same, made by a thread while the network learns."""
    queue: Queue[Batch] = Queue(8)

    def fill() -> None:
        for batch in made:
            queue.put(batch)

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
