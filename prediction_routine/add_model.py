"""Adds a network that you have as an ONNX file to the model folder: `python add_model.py FILE [folder]`.

The file is recognised, checked against what it is to be, and its licence is shown; nothing is changed before you agree, and
nothing is fetched. docs/models.md, "Weights you bring", says which networks are known and what each needs.
"""

import argparse
import importlib.util
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faceswap.model_folder import (
    ENGINE_NAME,
    MANIFEST,
    MESH,
    EngineEntry,
    ModelFolderError,
    read_model_folder,
    sha256_of,
    write_manifest,
)
from faceswap.one_shot import PROJECTED, InterfaceError, read_projection
from faceswap.onnx_file import OnnxFileError, Signature, read_signature
from faceswap.registry import NETWORK, KnownModel, read_registry, recognised

HERE = Path(__file__).parent
REGISTRY = HERE / "models.toml"
KIND = "onnx"
#: Where the manifest lists the networks that others need.
PARTS = "parts"


class Refused(Exception):
    """Nothing was changed; the message says why, and what to do."""


@dataclass(frozen=True)
class Plan:
    """What is to be added: the `file`, as which known `model`, under which `name`, with which entry of the manifest."""

    file: Path
    sha256: str
    model: KnownModel
    name: str
    entry: Mapping[str, Any]

    @property
    def stored_as(self) -> str:
        return f"{self.name}.onnx"


def plan(file: Path, folder: Path, wanted: str | None, name: str | None) -> Plan:
    """Checks everything; raises Refused, and ModelFolderError for a folder that is none."""
    read_model_folder(folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    signature = _signature(file)
    sha256 = sha256_of(file)
    model = _model(read_registry(REGISTRY), file, sha256, signature, wanted)
    _check(model, file, signature)
    if model.role != NETWORK:
        _none_of(manifest.get(PARTS, []), model.name, sha256)
        _free(manifest, model.name)
        return Plan(file, sha256, model, model.name, {"name": model.name, **_file_entry(model, model.name, sha256)})
    name = name or (file.stem if file.name in model.files else model.name)
    if not ENGINE_NAME.fullmatch(name) or name == MESH:
        raise Refused(
            f"{name!r} cannot be an engine's name: 1 to 40 of a-z, 0-9, _ and - are taken, not {MESH}; choose one by --name"
        )
    _none_of(manifest.get("engines", []), name, sha256)
    _free(manifest, name)
    needed = [_part(manifest, part, role, model) for role, part in model.needs.items()]
    entry = {
        "name": name,
        "kind": KIND,
        "model": model.name,
        "settings": model.settings,
        "files": [_file_entry(model, name, sha256), *needed],
    }
    return Plan(file, sha256, model, name, entry)


def add(planned: Plan, folder: Path) -> None:
    """Copies the file, then writes the manifest; raises Refused where the folder cannot be written."""
    part = folder / f"{planned.stored_as}.part"
    try:
        shutil.copyfile(planned.file, part)
        part.replace(folder / planned.stored_as)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Refused(f"{folder / planned.stored_as} cannot be written ({error.strerror}); nothing was added") from error
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest.setdefault("engines" if planned.model.role == NETWORK else PARTS, []).append(planned.entry)
    write_manifest(folder, manifest)


def tried(planned: Plan, folder: Path) -> str:
    """What became of running it once: raises Refused where it does not run."""
    if importlib.util.find_spec("onnxruntime") is None:
        return "onnxruntime is not installed: before the server is started, pip install -r requirements-onnx.txt"
    from faceswap import onnx_engine

    others = {file["role"]: folder / file["file"] for file in planned.entry["files"][1:]}
    entry = EngineEntry(planned.name, KIND, {NETWORK: planned.file, **others}, planned.model.settings)
    try:
        engine = onnx_engine.load(entry, read_model_folder(folder))
    except ModelFolderError as error:
        raise Refused(str(error)) from error
    return f"It was run once, by {engine.facts['provider']}."


def terms(planned: Plan, folder: Path) -> str:
    """What a person is shown before agreeing."""
    model = planned.model
    known = (
        "as published"
        if planned.sha256 in model.sha256
        else "not one of those known; the file has the right shape, no more is known of it"
    )
    return "\n".join(
        [
            f"{planned.file}",
            f"  is            {model.title}",
            f"  SHA-256       {planned.sha256}",
            f"                ({known})",
            f"  licence       {model.licence}",
            f"  may be used   {model.use}",
            f"  goes into     {folder / planned.stored_as}",
        ]
    )


def _signature(file: Path) -> Signature:
    try:
        return read_signature(file)
    except OSError as error:
        raise Refused(f"{file} cannot be read ({error.strerror})") from error
    except OnnxFileError as error:
        raise Refused(f"{file}: {error}. Fetch it again, whole, from where it is published") from error


def _model(registry: Mapping[str, KnownModel], file: Path, sha256: str, signature: Signature, wanted: str | None) -> KnownModel:
    if wanted is not None:
        if wanted not in registry:
            raise Refused(f"--as {wanted}: no such model is known; there are {', '.join(registry)}")
        return registry[wanted]
    found = recognised(registry, file.name, sha256, signature)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            f"{file} is none of the known networks, neither by hash nor by name, nor by what it takes and gives ({signature}); "
            f"known are {', '.join(registry)}"
        )
    raise Refused(
        f"{file} may be several of the known networks by what it takes and gives; say which: "
        + " or ".join(f"--as {model.name} ({model.title})" for model in found)
    )


def _check(model: KnownModel, file: Path, signature: Signature) -> None:
    try:
        model.check(signature)
        if model.settings.get("source") == PROJECTED:
            read_projection(file)
    except (InterfaceError, OnnxFileError) as error:
        raise Refused(f"{file} is not {model.name}: {error}") from error


def _none_of(entries: Sequence[Mapping[str, Any]], name: str, sha256: str) -> None:
    there = next((entry for entry in entries if entry.get("name") == name), None)
    if there is None:
        return
    if sha256 in (there.get("sha256"), *(file.get("sha256") for file in there.get("files", []))):
        raise Refused(f"{name} is in the folder already, and this is the same file")
    raise Refused(
        f"the folder has another {name}; add this one under another --name, or take that one's entry out of {MANIFEST}"
    )


def _free(manifest: Mapping[str, Any], name: str) -> None:
    owners = [manifest, *manifest.get("engines", []), {"files": manifest.get(PARTS, [])}]
    if f"{name}.onnx" in (file["file"] for owner in owners for file in owner.get("files", [])):
        raise Refused(f"{name} is the name of another file of the folder; choose another one by --name")


def _part(manifest: Mapping[str, Any], name: str, role: str, model: KnownModel) -> dict[str, Any]:
    part = next((part for part in manifest.get(PARTS, []) if part["name"] == name), None)
    if part is None:
        known = read_registry(REGISTRY)[name]
        raise Refused(
            f"{model.name} needs {name} ({known.title}), which the folder has not; add it first: "
            f"python add_model.py {known.files[0]}"
        )
    return {"role": role, **{key: part[key] for key in ("file", "sha256", "licence", "origin")}}


def _file_entry(model: KnownModel, name: str, sha256: str) -> dict[str, Any]:
    return {
        "role": model.role,
        "file": f"{name}.onnx",
        "sha256": sha256,
        "licence": f"{model.licence}; {model.use}",
        "origin": model.title,
    }


def main(arguments: Sequence[str] | None = None, ask: Callable[[str], str] = input) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the ONNX file")
    parser.add_argument("folder", type=Path, nargs="?", default=HERE / "model", help="the model folder")
    parser.add_argument("--as", dest="wanted", metavar="MODEL", help="which of the networks in models.toml it is")
    parser.add_argument("--name", help="what the engine is to be called; otherwise as the file or the network")
    parser.add_argument("--accept-licence", action="store_true", help="do not ask: you have read the licence and agree to it")
    given = parser.parse_args(arguments)
    try:
        planned = plan(given.file, given.folder, given.wanted, given.name)
        print(terms(planned, given.folder))
        if not given.accept_licence and ask("Do you agree to its licence? Type yes: ").strip().lower() != "yes":
            raise Refused("not agreed to; nothing was added")
        ran = tried(planned, given.folder) if planned.model.role == NETWORK else ""
        add(planned, given.folder)
    except (Refused, ModelFolderError) as error:
        raise SystemExit(str(error)) from error
    except EOFError as error:
        raise SystemExit("nobody is there to agree: read the licence, then add --accept-licence; nothing was added") from error
    print(f"{planned.name} is added. {ran}".rstrip())


if __name__ == "__main__":
    main()
