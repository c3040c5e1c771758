"""Packages one person of a run as an identity that is served, as the source `model:NAME`:
`python -m training.autoencoder.export run MODEL_DIR --person first --name NAME`."""

import argparse
import io
import json
import tempfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import keras

from faceswap.trained import SAVED_MODEL, TFLITE
from training.autoencoder import net
from training.autoencoder.errors import TrainingError
from training.autoencoder.package import add_identity, checked_name, start_folder
from training.autoencoder.record import RUN_RECORD, record_from
from training.export import save, to_tflite
from training.prepare import MODEL


def trained(run: Path) -> keras.Model:
    """The network of a run, computing in float32 whatever it was trained in; raises TrainingError."""
    last = run / "last.keras"
    try:
        model = keras.saving.load_model(last, compile=False)
        whole = net.build(model.inputs[0].shape[1])
        whole.set_weights(model.get_weights())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{last} is not a run of training.autoencoder.train ({error})") from error
    return whole


def told_of(run: Path, person: str) -> dict[str, Any]:
    """What the manifest is to tell: whose face it is, by which embedding, who trained it, and from what footage of both."""
    try:
        record = json.loads((run / RUN_RECORD).read_text(encoding="utf-8"))
        people = record["people"]
        mine = record_from(people[net.PEOPLE.index(person)])
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise TrainingError(f"{run / RUN_RECORD} is not the record of a run ({error}); train again") from error
    return {
        "embedding": list(mine.embedding),
        "consent": mine.consent,
        "person": person,
        "trained_by": record["trained_by"],
        "exported": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "trained_on": people,
    }


def to_saved_model(model: keras.Model) -> bytes:
    """A SavedModel in a .zip."""
    blob = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(blob, "w", zipfile.ZIP_DEFLATED) as archive:
        save(model, Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            archive.write(path, path.relative_to(folder))
    return blob.getvalue()


def export(run: Path, folder: Path, person: str, name: str, form: str, base: Path) -> Path:
    """Returns the path of the weights in the model folder; raises TrainingError."""
    checked_name(name)
    told = told_of(run, person)
    served = net.swapper(trained(run), person)
    start_folder(folder, base)
    blob = to_tflite(served) if form == TFLITE else to_saved_model(served)
    return add_identity(folder, name, form, blob, told)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("run", type=Path, help="the folder that training.autoencoder.train left")
    arguments.add_argument(
        "folder", type=Path, help="the model folder to add the identity to; made from --base where it is new"
    )
    arguments.add_argument("--person", choices=net.PEOPLE, required=True, help="whose face: of the first or the second file")
    arguments.add_argument("--name", required=True, help="what the identity is called: 1 to 40 of a-z, 0-9, _ and -")
    arguments.add_argument(
        "--form", choices=(TFLITE, SAVED_MODEL), default=TFLITE, help="a SavedModel needs TensorFlow to serve"
    )
    arguments.add_argument("--base", type=Path, default=MODEL, help="the model folder to begin with")
    options = arguments.parse_args()
    try:
        file = export(options.run, options.folder, options.person, options.name, options.form, options.base)
    except TrainingError as error:
        raise SystemExit(str(error)) from error
    print(
        f"{file}: {file.stat().st_size} bytes, the source model:{options.name}; serve it with AIP_STORAGE_URI={options.folder}"
    )


if __name__ == "__main__":
    main()
