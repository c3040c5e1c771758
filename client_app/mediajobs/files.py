"""The private storage as this app uses it: uploads, finished parts and results, under names that no visitor chose."""

import errno
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File

from facedetect.private_storage import private_storage

CHUNK_BYTES = 1 << 20
#: Of what a request has in the work folder: no job that runs says that it is still needed.
REQUESTS_PREFIX = "incoming-"
#: No space left, over quota, or larger than the file system or the process may write.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_full(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _FULL


class _Local(File):  # type: ignore[type-arg]  # not generic at run time
    """Lets a storage that is a folder take the file over instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def keep(path: Path, name: str) -> None:
    """Stores the local file, which may be gone then; one of the same name is replaced, half a file is not left behind."""
    storage = private_storage()
    storage.delete(name)
    try:
        with path.open("rb") as file:
            saved = storage.save(name, _Local(file, str(path)))
    except BaseException:
        storage.delete(name)
        raise
    if saved != name:
        storage.delete(saved)
        raise FileExistsError(errno.EEXIST, "the storage holds a file of this name already", name)


def fetch(name: str, path: Path) -> Path:
    """A local copy of the stored file."""
    with private_storage().open(name, "rb") as stored, path.open("wb") as local:
        shutil.copyfileobj(stored, local, CHUNK_BYTES)
    return path


def exists(name: str) -> bool:
    return private_storage().exists(name)


def discard(name: str) -> None:
    private_storage().delete(name)


def sweep(folder: str, known: Collection[str], before: datetime) -> int:
    """Deletes what lies in the folder, files and folders, under names that no row knows; says how much it was."""
    storage = private_storage()
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    swept = 0
    for name in names:
        if name not in known and storage.get_modified_time(f"{folder}/{name}") < before:
            storage.delete(f"{folder}/{name}")
            swept += 1
    for name in folders:
        inside = [f"{folder}/{name}/{file}" for file in storage.listdir(f"{folder}/{name}")[1]]
        if name not in known and all(storage.get_modified_time(file) < before for file in inside):
            discard_tree(f"{folder}/{name}")
            swept += 1
    return swept


def discard_tree(folder: str) -> None:
    """A folder's files, and itself where the storage has such a thing."""
    storage = private_storage()
    try:
        _, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        storage.delete(f"{folder}/{name}")
    if not settings.GCS_BUCKET:
        storage.delete(folder)


def work_folder(job_id: object) -> Path:
    """Where a job's worker keeps what it needs for the moment; made when it is first used."""
    return Path(settings.WORK_DIR) / str(job_id)


@contextmanager
def request_folder() -> Iterator[Path]:
    """For one request alone: two of them may be at work on the same job."""
    Path(settings.WORK_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=REQUESTS_PREFIX, dir=settings.WORK_DIR, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
