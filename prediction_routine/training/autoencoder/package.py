"""Puts a trained identity into a model folder: the weights, and in the manifest who agreed and what it was trained from."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faceswap.model_folder import MANIFEST, ModelFolderError, read_model_folder, write_manifest
from faceswap.trained import IDENTITY_NAME, KIND, SAVED_MODEL, TFLITE
from training.autoencoder.errors import TrainingError

ENDINGS = {TFLITE: ".tflite", SAVED_MODEL: ".saved_model.zip"}


def checked_name(name: str) -> str:
    """Raises TrainingError where it cannot be an identity's."""
    if not IDENTITY_NAME.fullmatch(name):
        raise TrainingError(f"--name {name!r}: a name is 1 to 40 of a-z, 0-9, _ and -")
    return name


def start_folder(folder: Path, base: Path) -> None:
    """Copies the model folder `base` where there is none yet; raises TrainingError unless both are whole."""
    try:
        if not folder.exists():
            read_model_folder(base)
            shutil.copytree(base, folder)
        read_model_folder(folder)
    except ModelFolderError as error:
        raise TrainingError(str(error)) from error


def add_identity(folder: Path, name: str, form: str, weights: bytes, told: Mapping[str, Any]) -> Path:
    """Writes the weights and the manifest's entry, in place of an identity of the same name, and returns the weights' path.

    `told`: what the entry's settings tell of the person, `embedding` among it.
    """
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    engines = manifest.setdefault("engines", [])
    entry = next((engine for engine in engines if engine["kind"] == KIND), None)
    if entry is None:
        entry = {"name": KIND, "kind": KIND, "settings": {"identities": {}}, "files": []}
        engines.append(entry)
    file = folder / f"{KIND}_{name}{ENDINGS[form]}"
    before = [listed["file"] for listed in entry["files"] if listed["role"] == name]
    entry["files"] = [listed for listed in entry["files"] if listed["role"] != name]
    entry["files"].append({"role": name, "file": file.name, "sha256": hashlib.sha256(weights).hexdigest()})
    entry["settings"]["identities"][name] = {"form": form, **told}
    file.write_bytes(weights)
    write_manifest(folder, manifest)
    for old in set(before) - {file.name}:
        (folder / old).unlink(missing_ok=True)
    return file
