"""Whether files may be swept: what one database does not know may be another's, where two installations share a folder.

Each installation leaves a mark of its own where its files are. Nobody sweeps where there is another's too.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from django.core.files.base import ContentFile

from facedetect.models.installation import Installation
from facedetect.private_storage import private_storage

_FOLDER = "installations"
#: Of the marks in a folder that is no storage.
PREFIX = "installation-"

_log = logging.getLogger(__name__)


def is_alone_in_storage() -> bool:
    """Of the private storage; where it is not, the log says so."""
    storage, own = private_storage(), Installation.objects.own_name()
    if not storage.exists(f"{_FOLDER}/{own}"):
        storage.save(f"{_FOLDER}/{own}", ContentFile(own.encode()))
    return _is_alone(own, storage.listdir(_FOLDER)[1], "the storage (MEDIA_DIR or GCS_BUCKET)", f"{_FOLDER}/")


def is_alone_in(folder: Path) -> bool:
    """Of a folder, which is made where it is missing; where it is not, the log says so."""
    own = Installation.objects.own_name()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{PREFIX}{own}").touch()
    names = [path.name.removeprefix(PREFIX) for path in folder.glob(f"{PREFIX}*")]
    return _is_alone(own, names, str(folder), PREFIX)


def _is_alone(own: str, names: Iterable[str], where: str, before: str) -> bool:
    # Of two processes that leave the mark at once, a storage gives one a name with an ending.
    others = [name for name in names if not name.startswith(own)]
    if others:
        _log.error(
            "%s is not swept: installations with other databases keep files there too. Give each a folder or bucket of its "
            "own; where such a database is gone for good, delete its mark: %s",
            where,
            ", ".join(f"{before}{name}" for name in others),
        )
    return not others
