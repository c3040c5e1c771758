"""Where visitors' files are kept: `storages["private"]`, a folder or a bucket, encrypted with age where there is a key."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.utils.functional import cached_property
from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError

ALIAS = "private"
#: What a storage raises when it cannot do as it is told: no space, no right, no connection.
STORAGE_FAULTS = (OSError, GoogleAPIError, GoogleAuthError)

_HEADER = b"age-encryption.org/v1\n"
#: What is decrypted stays in memory up to this size, and is an unnamed temporary file beyond it.
_IN_MEMORY = 2_000_000


def private_storage() -> Storage:
    """For a FileField, so that a migration holds no place of any one installation."""
    return storages[ALIAS]


def configuration(folder: Path, bucket: str, keys: Sequence[str]) -> dict[str, Any]:
    """The entry in STORAGES.

    Raises:
        ImproperlyConfigured: where one of the keys is none.
    """
    for key in keys:
        _identity(key)
    plain = _bucket(bucket) if bucket else _folder(folder)
    return _encrypted(plain, keys) if keys else plain


def _folder(folder: Path) -> dict[str, Any]:
    modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder), **modes}}


def _bucket(name: str) -> dict[str, Any]:
    return {
        "BACKEND": "storages.backends.gcloud.GoogleCloudStorage",
        "OPTIONS": {"bucket_name": name, "default_acl": None, "querystring_auth": True, "file_overwrite": False},
    }


def _encrypted(plain: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {"BACKEND": "facedetect.private_storage.EncryptedStorage", "OPTIONS": {"plain": plain, "keys": list(keys)}}


def _identity(key: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(key)
    except pyrage.IdentityError as error:
        raise ImproperlyConfigured(
            "STORAGE_KEY is no age identity; expected AGE-SECRET-KEY-1... as age-keygen prints it"
        ) from error


class EncryptedStorage(Storage):
    """Another storage, whose files are encrypted with the first of the keys and can be read with any of them.

    A file that is not encrypted is read as it is: it was there before the key was, or came into the bucket directly.
    """

    def __init__(self, plain: dict[str, Any], keys: Sequence[str]) -> None:
        self._inner = plain
        self._identities = [_identity(key) for key in keys]

    @cached_property
    def inner(self) -> Storage:
        return storages.create_storage(self._inner)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError(f"an encrypted file opens for reading (rb), not {mode}; save it anew to change it")
        stored = self.inner.open(name)
        begun = stored.read(len(_HEADER))
        stored.seek(0)
        if begun != _HEADER:
            return stored
        clear = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (whoever opened it closes it)
        try:
            with stored:
                pyrage.decrypt_io(stored, clear, self._identities)
        except (pyrage.DecryptError, OSError) as error:
            clear.close()
            raise OSError(f"{name} cannot be decrypted ({error}); is STORAGE_KEY the one it was kept with?") from error
        clear.seek(0)
        return File(clear, name)

    def _save(self, name: str, content: File[bytes]) -> str:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as encrypted:
            content.seek(0)
            pyrage.encrypt_io(content, encrypted, [self._identities[0].to_public()])
            encrypted.seek(0)
            return self.inner.save(name, File(encrypted, name))

    def size(self, name: str) -> int:
        """Of what comes out, which only decrypting tells."""
        with self._open(name) as file:
            return int(file.seek(0, 2))

    def delete(self, name: str) -> None:
        self.inner.delete(name)

    def exists(self, name: str) -> bool:
        return self.inner.exists(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        return self.inner.listdir(path)

    def get_modified_time(self, name: str) -> Any:
        return self.inner.get_modified_time(name)
