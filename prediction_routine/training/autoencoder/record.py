"""What is written down about footage and training: who agreed, which files, which frames, who trained."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from training.autoencoder.errors import TrainingError

CONSENT_NEEDED = """\
Train only on people who agreed to it: each person in the footage has said yes to being filmed or to this footage being used,
to a model of their face being trained from it, and to what the swapped pictures will be used for; each knows that they can
take that back, and that model and faces are deleted then. For a person under age, the parents say it. What you state with
--consent is kept with the faces, with the run and with the exported model."""
#: The file in a run's folder that says who trained, and from which faces.
RUN_RECORD = "record.json"
#: A statement names someone and a date: no less than this many characters can.
SHORTEST_STATEMENT = 12


@dataclass(frozen=True)
class Footage:
    """A video that faces were taken from: its name, SHA-256 in hexadecimal, and the frames taken, counted from 0."""

    file: str
    sha256: str
    frames: tuple[int, ...]


@dataclass(frozen=True)
class Record:
    """`consent`: the statement as given; `extracted`: ISO date and time; `left_out`: how many faces for which reason;
    `embedding`: the unit mean of the person's SFace embeddings, by which the person can be known again."""

    consent: str
    extracted: str
    footage: tuple[Footage, ...]
    left_out: dict[str, int]
    embedding: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def record_from(json: Any) -> Record:
    """Raises TrainingError where it is not what `as_json` gave."""
    try:
        footage = tuple(
            Footage(str(f["file"]), str(f["sha256"]), tuple(int(frame) for frame in f["frames"])) for f in json["footage"]
        )
        left_out = {str(reason): int(count) for reason, count in json["left_out"].items()}
        embedding = tuple(float(value) for value in json["embedding"])
        return Record(statement(json["consent"]), str(json["extracted"]), footage, left_out, embedding)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TrainingError(f"the record of consent and footage does not fit ({error!r}); extract the faces again") from error


def statement(text: str) -> str:
    """The consent as stated, or TrainingError where it says nothing."""
    said = " ".join(text.split())
    if len(said) < SHORTEST_STATEMENT or not any(letter.isalpha() for letter in said):
        raise TrainingError(
            f'--consent {text!r} says nothing; state who agreed and when, such as --consent "Ana Ruiz, in writing, 2025-03-01"'
        )
    return said


def sha256_of(path: Path) -> str:
    """Raises TrainingError where the file cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({error.strerror}); check the path") from error
    return digest.hexdigest()
