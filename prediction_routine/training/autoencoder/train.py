"""Trains an autoencoder for two people: `python -m training.autoencoder.train faces_a.npz faces_b.npz run --minutes 60`; run it
again to go on."""

import argparse
import getpass
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import keras
import numpy as np

from faceswap.arrays import Floats, Image
from training.autoencoder import net
from training.autoencoder.errors import TrainingError
from training.autoencoder.faceset import PersonFaces, load
from training.autoencoder.identities import SAME_PERSON
from training.autoencoder.preview import sheet
from training.autoencoder.record import CONSENT_NEEDED, RUN_RECORD, sha256_of
from training.autoencoder.samples import View, batch, decibels, view
from training.autoencoder.split import trained_and_held
from training.log import read_log, total, write_row

#: Faces of each person in a step.
BATCH = 8
RATE = 8e-4
#: The learning rate grows to RATE over so many steps, and falls to a hundredth along half a cosine.
WARM_UP = 200
#: Full warp until the first share of the time, so that the halves of the network learn faces and not pictures; from the second
#: on only so much of it, so that they learn detail.
WARP_UNTIL, WARP_FALLEN, LEAST_WARP = 0.4, 0.7, 0.1
EVALUATE_EVERY_S = 180.0
#: Faces of the other person whose colours are lent.
LOOKS = 64
#: Weight of the gradients in the loss.
GRADIENTS = 0.5


@dataclass(frozen=True)
class Figures:
    """Of held-out faces: decibels between a face and what its own decoder makes of it, within the mask, on average."""

    first_db: float
    second_db: float


@dataclass(frozen=True)
class Person:
    """`trained`: numbers of the faces to learn from; `held`: the truths of those that are not, float32 (n, side, side, 4);
    `looks`: what the other person's samples take colours from."""

    faces: PersonFaces
    trained: list[int]
    held: Floats
    looks: list[View]


def loss(truth: keras.KerasTensor, answer: keras.KerasTensor) -> keras.KerasTensor:
    """Absolute differences of pixels and mask, and of their gradients; `truth` (n, side, side, 8) as samples.sample does."""
    # Four channels throughout: what is broadcast or cut on the innermost axis costs as much as half the network.
    off = (answer - truth[..., :4]) * truth[..., 4:]
    down, right = off[:, 1:] - off[:, :-1], off[:, :, 1:] - off[:, :, :-1]
    pixels, *edges = (keras.ops.mean(keras.ops.abs(part)) for part in (off, down, right))
    return pixels + GRADIENTS * (edges[0] + edges[1])


def warp_at(share: float) -> float:
    """How strongly inputs are bent when this share of the time is over."""
    return float(np.interp(share, (WARP_UNTIL, WARP_FALLEN), (1.0, LEAST_WARP)))


def person(path: Path, side: int) -> Person:
    """Raises TrainingError where there are too few faces."""
    faces = load(path)
    trained, held = trained_and_held(faces)
    if len(trained) < BATCH or not held:
        raise TrainingError(
            f"{path}: {len(trained)} faces to train on and {len(held)} to measure with; {BATCH} and 1 are the least. "
            "Extract from longer footage"
        )
    looks = [view(faces, number, side) for number in trained[:: max(1, len(trained) // LOOKS)]]
    return Person(faces, trained, np.stack([view(faces, number, side).truth for number in held]), looks)


def both(rng: np.random.Generator, people: Sequence[Person], warp: float) -> tuple[list[Floats], list[Floats]]:
    """A batch of each person: inputs and truths."""
    pairs = zip(people, reversed(people), strict=True)
    made = [batch(rng, p.faces, p.trained, other.looks, BATCH, other.looks[0].mask.shape[0], warp) for p, other in pairs]
    return [given for given, _ in made], [truth for _, truth in made]


def answers(model: keras.Model, pixels: Floats, by: str) -> Floats:
    """What a person's decoder makes of faces (n, side, side, 3)."""
    made = net.swapper(model, by)
    parts = np.array_split(pixels, len(pixels) // 16 + 1)
    return np.concatenate([keras.ops.convert_to_numpy(made(part, training=False)) for part in parts])


def evaluate(model: keras.Model, held: Sequence[Floats]) -> tuple[Figures, Image]:
    """Figures and the preview; `held`: the truths (n, side, side, 4) of both people's held-out faces."""
    own = [answers(model, truths[..., :3], name) for truths, name in zip(held, net.PEOPLE, strict=True)]
    shown = [truths[np.linspace(0, len(truths) - 1, 10).round().astype(int)] for truths in held]
    shown_own = [answers(model, truths[..., :3], name) for truths, name in zip(shown, net.PEOPLE, strict=True)]
    swapped = [answers(model, truths[..., :3], name) for truths, name in zip(shown, reversed(net.PEOPLE), strict=True)]
    levels = [
        float(np.mean([decibels(t, a) for t, a in zip(truths, made, strict=True)]))
        for truths, made in zip(held, own, strict=True)
    ]
    return Figures(*levels), sheet([truths[..., :3] for truths in shown], shown_own, swapped)


def write_record(paths: Sequence[Path], people: Sequence[Person], run: Path, by: str) -> None:
    """Who trained from which faces; raises TrainingError where the run was begun with others."""
    said = [
        {"faces": path.name, "sha256": sha256_of(path), **p.faces.record.as_json()}
        for path, p in zip(paths, people, strict=True)
    ]
    file = run / RUN_RECORD
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        if [entry["sha256"] for entry in before["people"]] != [entry["sha256"] for entry in said]:
            raise TrainingError(f"{run} was begun with other faces; give another folder, or the files that {file} names")
        return
    run.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"trained_by": by, "people": said}, indent=1) + "\n", encoding="utf-8")


def train(paths: Sequence[Path], run: Path, minutes: float, by: str, side: int = net.SIDE, seed: int = 0) -> Figures:
    """Trains for that long, going on from `run`/last.keras where there is one; raises TrainingError."""
    cv2.setNumThreads(1)
    people = [person(path, side) for path in paths]
    first, second = (np.array(p.faces.record.embedding) for p in people)
    if first @ second >= SAME_PERSON:
        raise TrainingError(f"{paths[0]} and {paths[1]} show the same person; an autoencoder needs two")
    write_record(paths, people, run, by)
    last, log = run / "last.keras", run / "log.csv"
    history = read_log(log)
    step = int(history[-1]["step"]) if history else 0
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng((seed, step))
    if last.exists():
        model = keras.saving.load_model(last, custom_objects={"loss": loss})
        if model.inputs[0].shape[1] != side:
            raise TrainingError(
                f"{last} was begun with --side {model.inputs[0].shape[1]}; go on with that, or in another folder"
            )
    else:
        model = net.build(side)
        model.compile(optimizer=keras.optimizers.Adam(RATE, beta_2=0.99, clipnorm=1.0), loss=loss, jit_compile=False)
    start = evaluated = time.monotonic()
    running: list[float] = []
    for count in itertools.count(1):
        share = min(1.0, (time.monotonic() - start) / (60 * minutes))
        fallen = 0.01 + 0.99 * (1 + np.cos(np.pi * share)) / 2
        model.optimizer.learning_rate = RATE * fallen * min(1.0, count / WARM_UP)
        running.append(total(model.train_on_batch(*both(rng, people, warp_at(share)))))
        step += 1
        if share >= 1 or time.monotonic() - evaluated > EVALUATE_EVERY_S:
            figures, preview = evaluate(model, [p.held for p in people])
            write_row(log, step, time.monotonic() - start, float(np.mean(running)), figures)
            model.save(last)
            cv2.imwrite(str(run / "preview.png"), preview)
            running, evaluated = [], time.monotonic()
            if share >= 1:
                return figures
    raise AssertionError("counting never ends")


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, epilog=CONSENT_NEEDED, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("first", type=Path, help="faces of one person, from `python -m training.autoencoder.extract`")
    arguments.add_argument("second", type=Path, help="faces of the other")
    arguments.add_argument("run", type=Path, help="the folder for last.keras, log.csv, preview.png and record.json")
    arguments.add_argument("--minutes", type=float, default=60, help="how long to train")
    arguments.add_argument(
        "--side", type=int, default=net.SIDE, help=f"pixels of the face's picture, a multiple of {net.STEP}; larger is slower"
    )
    arguments.add_argument("--by", default=getpass.getuser(), help="who trains; kept in record.json")
    arguments.add_argument(
        "--bfloat16", action="store_true", help="compute with half the bits, for processors that are faster at it"
    )
    options = arguments.parse_args()
    if options.side < net.STEP or options.side % net.STEP:
        arguments.error(f"--side is a multiple of {net.STEP}")
    if options.bfloat16:
        keras.mixed_precision.set_dtype_policy("mixed_bfloat16")
    try:
        print(train((options.first, options.second), options.run, options.minutes, options.by, options.side))
    except TrainingError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
