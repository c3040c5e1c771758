"""The figures of a training run, a row for each time it was evaluated."""

import csv
from pathlib import Path
from typing import Any


def read_log(path: Path) -> list[dict[str, str]]:
    """Its rows, none where there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_row(path: Path, step: int, seconds: float, training_loss: float, figures: object) -> None:
    """Appends a row with the fields of `figures`, a dataclass of numbers, and prints it."""
    row = {"step": step, "seconds": round(seconds), "training_loss": training_loss, **vars(figures)}
    shown = {name: f"{value:.5f}" if isinstance(value, float) else str(value) for name, value in row.items()}
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(shown))
        if new:
            writer.writeheader()
        writer.writerow(shown)
    print(" ".join(f"{name} {value}" for name, value in shown.items()), flush=True)


def total(losses: Any) -> float:
    """What Keras says of a batch: of several outputs it gives the sum first."""
    return float(losses[0] if isinstance(losses, (list, tuple)) else losses)
