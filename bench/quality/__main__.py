"""Scores the swap on clips and portraits of one's own; see bench/quality/__init__.py for what the figures mean.

python -m bench.quality --clips clips --portraits portraits
python -m bench.quality --clips clips --portraits portraits --compare '{"harmoniser": 0}' '{}' --sheet sheet.png
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "prediction_routine"))
from bench.quality.judge import Judge
from bench.quality.material import Clip, MaterialError, Portrait, read_clips, read_portraits
from bench.quality.scores import UNSTEADY, WORST, Refused, Routine, score_crossing, score_own_face, score_pair
from bench.table import markdown
from faceswap.arrays import Floats, Image
from faceswap.model_folder import ModelFolderError, read_model_folder
from Prediction import ModelPrediction
from tests.footage import ROOT

FRAMES, SIDE, PER_CLIP = 24, 640, 3
#: Width of a picture on the sheet, pixels.
SHOWN = 240
#: Each figure, what the table calls it and how it is written.
ROWS = (
    ("source", "identity, cosine to the source", ".3f"),
    ("user", "identity, cosine to the user", ".3f"),
    ("retrieval", "retrieval", ".3f"),
    ("pose", "head pose error, degrees", ".2f"),
    ("expression", "expression error", ".3f"),
    ("jitter", "jitter", ".2f"),
    ("lag", "lag, frames", ".2f"),
    ("flicker", "flicker", ".2f"),
    ("detail", "detail", ".2f"),
    ("background", "background PSNR, dB", ".1f"),
    ("self-swap", "self-swap PSNR, dB", ".1f"),
    ("occluder", "occluder PSNR, dB", ".1f"),
    ("found", "found", ".3f"),
    ("milliseconds", "milliseconds a frame", ".1f"),
)


@dataclass(frozen=True)
class Column:
    """The figures of one set of parameters, one row of pictures for each clip, and what was refused."""

    means: Mapping[str, float]
    shown: Sequence[Sequence[Image]]
    refusals: Sequence[str]


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    cv2.setNumThreads(1)
    try:
        folder = read_model_folder(options.model)
        model = ModelPrediction(folder)
        routines = {_name(parameters): Routine(model, parameters) for parameters in options.compare}
        judge = Judge(folder)
        clips, doubts = read_clips(options.clips, judge, options.frames, options.side)
        portraits, others = read_portraits(options.portraits, judge)
    except (ModelFolderError, MaterialError, ValueError, FileNotFoundError) as error:
        raise SystemExit(str(error)) from None
    print("\n".join([*doubts, *others]), file=sys.stderr, end="\n" if doubts or others else "")
    per_clip = min(options.per_clip, len(portraits))
    columns = {}
    for name, routine in routines.items():
        print(f"{name}: {len(clips) * per_clip} pairs ...", file=sys.stderr)
        columns[name] = score(judge, routine, clips, portraits, per_clip)
    for name, column in columns.items():
        print("".join(f"{name}: {refusal}\n" for refusal in column.refusals), file=sys.stderr, end="")
    print(f"{len(clips)} clips, {len(portraits)} portraits, {len(clips) * per_clip} pairs\n")
    rows = [[label, *(_written(column, key, how) for column in columns.values())] for key, label, how in ROWS]
    print(markdown(["", *columns], rows))
    if options.sheet:
        cv2.imwrite(str(options.sheet), sheet(clips, list(columns.values())))


def score(judge: Judge, routine: Routine, clips: Sequence[Clip], portraits: Sequence[Portrait], per_clip: int) -> Column:
    """Each clip with `per_clip` portraits, taken in turn."""
    known: dict[str, Floats] = {clip.name: clip.identity for clip in clips} | {p.name: p.identity for p in portraits}
    values: dict[str, list[float]] = defaultdict(list)
    shown: list[list[Image]] = []
    refusals = []
    for number, clip in enumerate(clips):
        chosen = [portraits[(number * per_clip + n) % len(portraits)] for n in range(per_clip)]
        middle = len(clip.frames) // 2
        strip = []
        for portrait in chosen:
            try:
                swapped = routine.swap(clip.frames, portrait.photo, clip.rate)
            except Refused as error:
                refusals.append(f"{portrait.name} on {clip.name} is refused: {error}")
                _add(values, {**WORST, **UNSTEADY})
                continue
            _add(values, score_pair(judge, swapped, clip, portrait, known))
            strip.append(swapped.pictures[middle])
        try:
            own = routine.swap(clip.frames, clip.other, clip.rate)
            _add(values, {"self-swap": score_own_face(clip, own)})
            level, last = score_crossing(routine, clip, chosen[0])
            _add(values, {"occluder": level})
            strip.append(last)
        except Refused as error:
            refusals.append(f"{clip.name} with its own face or behind a bar is refused: {error}")
        shown.append(strip)
    return Column({name: float(np.mean(some)) for name, some in values.items()}, shown, refusals)


def sheet(clips: Sequence[Clip], columns: Sequence[Column]) -> Image:
    """For each clip a row: the camera's frame, then every column's swaps and, last, the bar in front of the face."""
    rows = []
    for number, clip in enumerate(clips):
        pictures = [clip.plain[len(clip.plain) // 2], *(picture for column in columns for picture in column.shown[number])]
        height, width = pictures[0].shape[:2]
        rows.append(np.hstack([cv2.resize(picture, (SHOWN, SHOWN * height // width)) for picture in pictures]))
    widest = max(row.shape[1] for row in rows)
    padded = [cv2.copyMakeBorder(row, 0, 4, 0, widest - row.shape[1], cv2.BORDER_CONSTANT) for row in rows]
    return np.asarray(np.vstack(padded), np.uint8)


def _add(values: dict[str, list[float]], scores: Mapping[str, float]) -> None:
    for name, value in scores.items():
        values[name].append(value)


def _written(column: Column, key: str, how: str) -> str:
    return format(column.means[key], how) if key in column.means else "refused"


def _name(parameters: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in parameters.items()) or "as it comes"


def _parameters(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"""expected a JSON object such as '{{"harmoniser": 0}}', got {text!r}""")
    return value


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="a folder of videos, one person each")
    parser.add_argument("--portraits", type=Path, required=True, help="a folder of photos (JPEG, PNG), one person each")
    parser.add_argument(
        "--compare", type=_parameters, nargs="+", default=[{}], metavar="JSON", help="sets of parameters, a column each"
    )
    parser.add_argument("--sheet", type=Path, help="where a picture of the swaps goes, to look at")
    parser.add_argument("--frames", type=_positive, default=FRAMES, help="frames of each clip")
    parser.add_argument("--side", type=_positive, default=SIDE, help="longer side of the frames, pixels")
    parser.add_argument("--per-clip", type=_positive, default=PER_CLIP, help="portraits tried on each clip")
    parser.add_argument("--model", type=Path, default=ROOT / "prediction_routine" / "model", help="the model folder")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text!r}")
    return int(text)


if __name__ == "__main__":
    main()
