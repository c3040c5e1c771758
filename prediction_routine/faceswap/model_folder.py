"""The model folder: every file that is loaded, checked against its manifest."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
#: The engine that is always there, and the default where the manifest names no other.
MESH = "mesh"
#: An engine's name goes into parameters and file names.
ENGINE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
REMOVE_ENGINE = "take the engine's entry out of the manifest, or add its weights again"
_PIECE = 1 << 20


class ModelFolderError(Exception):
    """The model folder cannot be used; the message says which file, what was expected and what to do."""


@dataclass(frozen=True)
class EngineEntry:
    """An engine besides the mesh, as the manifest has it (docs/models.md): `kind` says what runs it, see faceswap.engines;
    `files`: where its files are, by their role, hashes checked; `settings` are for the engine to check."""

    name: str
    kind: str
    files: Mapping[str, Path]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class ModelFolder:
    """`files`: the bytes of each file by its purpose; `version`: short, changes whenever a file does."""

    name: str
    version: str
    files: dict[str, bytes]
    engines: tuple[EngineEntry, ...] = ()
    default_engine: str = MESH


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
        engines = [dict(entry) for entry in manifest.get("engines", [])]
        default = str(manifest.get("default_engine", MESH))
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFolderError(
            f"{folder / MANIFEST} is not a model manifest ({error}); `make models` builds a new one"
        ) from error
    files = {purpose: _checked(folder / file, sha256) for purpose, file, sha256 in entries}
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return ModelFolder(name, version, files, _engines(folder, engines, default), default)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Whole or not at all: a server may be reading it."""
    written = folder / f"{MANIFEST}.new"
    written.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    written.replace(folder / MANIFEST)


def _engines(folder: Path, entries: Sequence[Mapping[str, Any]], default: str) -> tuple[EngineEntry, ...]:
    engines = tuple(_engine(folder, entry) for entry in entries)
    names = [MESH, *(engine.name for engine in engines)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ModelFolderError(f"{folder / MANIFEST} names the engine {twice} twice; {MESH} is there without being named")
    if default not in names:
        raise ModelFolderError(f"{folder / MANIFEST}: default_engine is {default!r}, the folder has {', '.join(names)}")
    return engines


def _engine(folder: Path, entry: Mapping[str, Any]) -> EngineEntry:
    name, kind, settings = entry.get("name"), entry.get("kind"), entry.get("settings", {})
    if not isinstance(name, str) or not ENGINE_NAME.fullmatch(name):
        raise ModelFolderError(
            f"{folder / MANIFEST}: an engine is named {name!r}; a name is 1 to 40 of a-z, 0-9, _ and -; {REMOVE_ENGINE}"
        )
    try:
        listed = [(str(file["role"]), str(file["file"]), str(file["sha256"])) for file in entry.get("files", [])]
    except (KeyError, TypeError) as error:
        raise ModelFolderError(
            f"{folder / MANIFEST}: a file of the engine {name} lacks role, file or sha256 ({error}); {REMOVE_ENGINE}"
        ) from error
    if not isinstance(kind, str) or not isinstance(settings, dict):
        raise ModelFolderError(
            f"{folder / MANIFEST}: the engine {name} lacks its kind, or its settings are no object; {REMOVE_ENGINE}"
        )
    files = {}
    for role, file, sha256 in listed:
        if Path(file).name != file:
            raise ModelFolderError(
                f"{folder / MANIFEST}: {file!r} of the engine {name} is not in the folder itself; {REMOVE_ENGINE}"
            )
        files[role] = folder / file
        _compare(files[role], sha256_of(files[role]), sha256, REMOVE_ENGINE)
    return EngineEntry(name, kind, files, settings)


def sha256_of(path: Path) -> str:
    """Of a file that may be too large for memory; raises ModelFolderError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise ModelFolderError(f"{path} cannot be read ({error.strerror}); {REMOVE_ENGINE}") from error
    return digest.hexdigest()


def _compare(path: Path, found: str, expected: str, remedy: str) -> None:
    if found != expected:
        raise ModelFolderError(f"{path} has changed: its SHA-256 is {found}, the manifest says {expected}; {remedy}")


def _checked(path: Path, sha256: str) -> bytes:
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise ModelFolderError(f"{path} is in the manifest but cannot be read ({error.strerror}); run `make models`") from error
    _compare(path, hashlib.sha256(blob).hexdigest(), sha256, "run `make models` for the original")
    return blob
