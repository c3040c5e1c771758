"""The published networks that are known: `models.toml`."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faceswap.one_shot import Interface, InterfaceError, check_embedder, read_interface
from faceswap.onnx_file import Signature

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

NETWORK, EMBEDDING, CONVERTER = "network", "embedding", "converter"


@dataclass(frozen=True)
class KnownModel:
    """`role`: NETWORK, EMBEDDING or CONVERTER; `needs`: by role, the known models that a network cannot do without; `settings`:
    what the manifest says of its interface, empty unless it is a network."""

    name: str
    role: str
    title: str
    files: tuple[str, ...]
    sha256: tuple[str, ...]
    licence: str
    use: str
    needs: Mapping[str, str]
    settings: Mapping[str, Any]

    @property
    def interface(self) -> Interface | None:
        return read_interface(self.settings) if self.role == NETWORK else None

    def check(self, signature: Signature) -> None:
        """Raises one_shot.InterfaceError unless a network of this signature may be this model."""
        if self.interface is not None:
            self.interface.slots(signature)
        else:
            check_embedder(signature, takes_picture=self.role == EMBEDDING)

    def may_be(self, signature: Signature) -> bool:
        try:
            self.check(signature)
        except InterfaceError:
            return False
        return True


def read_registry(path: Path) -> dict[str, KnownModel]:
    """By name. The file is this project's own: what is wrong in it raises KeyError, TypeError or ValueError."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _known(name, table) for name, table in tables.items()}


def recognised(registry: Mapping[str, KnownModel], file: str, sha256: str, signature: Signature) -> Sequence[KnownModel]:
    """What a file may be: the one of its hash, else the one of its name, else all whose inputs and outputs are its own."""
    models = registry.values()
    by_hash = [model for model in models if sha256 in model.sha256]
    by_name = [model for model in models if file in model.files]
    return by_hash or by_name or [model for model in models if model.may_be(signature)]


def _known(name: str, table: Mapping[str, Any]) -> KnownModel:
    model = KnownModel(
        name,
        table["role"],
        table["title"],
        tuple(table["files"]),
        tuple(table["sha256"]),
        table["licence"],
        table["use"],
        table.get("needs", {}),
        table.get("interface", {}),
    )
    if model.role not in (NETWORK, EMBEDDING, CONVERTER):
        raise ValueError(f"{name}: {model.role} is no role")
    if model.role == NETWORK:
        read_interface(model.settings)
    return model
