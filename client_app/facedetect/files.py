"""The files of faces in the private storage: kept all together or not at all, gone with their row, swept where it is gone."""

import logging
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from facedetect.errors import ApiError, unknown_source
from facedetect.private_storage import STORAGE_FAULTS, private_storage

FOLDER = "faces"
#: A file whose row is still missing may be one that is just being brought.
SWEPT_AFTER = timedelta(hours=1)

_log = logging.getLogger(__name__)


@contextmanager
def all_or_none() -> Iterator[Callable[[bytes], str]]:
    """A function that keeps a JPEG and returns its name; should the block fail, what it kept is deleted again.

    Raises:
        ApiError: `storage_unavailable`.
    """
    kept: list[str] = []

    def keep(data: bytes) -> str:
        try:
            name = private_storage().save(f"{FOLDER}/{secrets.token_hex(16)}.jpg", ContentFile(data))
        except STORAGE_FAULTS as error:
            raise _unavailable("kept in", error) from error
        kept.append(name)
        return name

    try:
        yield keep
    except BaseException:
        for name in kept:
            _delete(name)
        raise


def read(name: str) -> bytes:
    """Raises ApiError: `unknown_source` where the file is not there any more, or `storage_unavailable`."""
    try:
        with private_storage().open(name) as file:
            content: bytes = file.read()
            return content
    except FileNotFoundError as error:
        _log.error("the file %s of a face is missing in the storage", name)
        raise unknown_source() from error
    except STORAGE_FAULTS as error:
        raise _unavailable("read from", error) from error


def delete_with_row(name: str) -> None:
    """Once the row's own deletion is certain; a storage that fails then is swept later."""
    if name:
        transaction.on_commit(lambda: _delete(name))


def sweep(known: Collection[str]) -> int:
    """Deletes the files that no row knows; says how many."""
    storage = private_storage()
    try:
        names = [f"{FOLDER}/{name}" for name in storage.listdir(FOLDER)[1]]
    except FileNotFoundError:
        return 0
    before = timezone.now() - SWEPT_AFTER
    orphans = [name for name in names if name not in known and storage.get_modified_time(name) < before]
    for name in orphans:
        _delete(name)
    return len(orphans)


def _delete(name: str) -> None:
    try:
        private_storage().delete(name)
    except STORAGE_FAULTS as error:
        _log.error("the file %s could not be deleted and is left to the next sweep: %s", name, error)


def _unavailable(how: str, error: Exception) -> ApiError:
    _log.error("a photo cannot be %s the storage: %s", how, error)
    return ApiError(503, "storage_unavailable", f"The photo cannot be {how} the server's storage now. Try again in a moment.")
