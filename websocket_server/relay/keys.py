"""Secrets that the tiers share: from the environment, or from a folder that every tier on one machine can read."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path


class KeyUnavailable(Exception):
    """The message names the variable to set."""


def read_key(environ: Mapping[str, str], variable: str, folder: Path) -> str:
    """The key in the variable, else in `<folder>/stream.key` for STREAM_KEY; a missing file is made.

    Raises KeyUnavailable where there is neither and the folder cannot be written, as in a cloud.
    """
    given = environ.get(variable, "").strip()
    if given:
        return given
    path = folder / f"{variable.lower().removesuffix('_key')}.key"
    try:
        if not path.exists():
            _create(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnavailable(f"{variable} is not set, and {path} cannot be used instead ({error}). Set {variable}.") from error
    if not key:
        raise KeyUnavailable(
            f"{variable} is not set, and {path} is empty. Set {variable}, or delete the file to get a new key."
        )
    return key


def _create(path: Path) -> None:
    """All tiers start at once: whoever links first has made the key, and the others read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
