"""The model folder: every file that is loaded, checked against its manifest."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "manifest.json"


class ModelFolderError(Exception):
    """The model folder cannot be used; the message says which file, what was expected and what to do."""


@dataclass(frozen=True)
class ModelFolder:
    """`files`: the bytes of each file by its purpose; `version`: short and changes whenever a file does."""

    name: str
    version: str
    files: dict[str, bytes]


def read_model_folder(folder: Path) -> ModelFolder:
    """Reads and checks all files that the manifest lists; raises ModelFolderError."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except OSError as error:
        raise ModelFolderError(
            f"{folder / MANIFEST} cannot be read ({error.strerror}); `make models` builds the folder"
        ) from error
    try:
        manifest = json.loads(text)
        name = str(manifest["name"])
        entries = [(str(e["purpose"]), str(e["file"]), str(e["sha256"])) for e in manifest["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFolderError(
            f"{folder / MANIFEST} is not a model manifest ({error}); `make models` builds a new one"
        ) from error
    files = {purpose: _checked(folder / file, sha256) for purpose, file, sha256 in entries}
    return ModelFolder(name, hashlib.sha256(text.encode()).hexdigest()[:12], files)


def _checked(path: Path, sha256: str) -> bytes:
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise ModelFolderError(f"{path} is in the manifest but cannot be read ({error.strerror}); run `make models`") from error
    found = hashlib.sha256(blob).hexdigest()
    if found != sha256:
        raise ModelFolderError(
            f"{path} has changed: its SHA-256 is {found}, the manifest says {sha256}; run `make models` for the original"
        )
    return blob
