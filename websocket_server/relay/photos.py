"""Photos of the sources: fetched from tier 1 for a session, checked against their id, kept for a short while."""

import binascii
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from relay.model import Photos
from relay.tokens import Session

AGE_S = 600.0
CACHE_BYTES = 64 * 1024 * 1024
MAX_PHOTOS = 8
#: To connect, and between two bytes of the reply.
TIMEOUTS_S = (3.0, 10.0)


class PhotosRefused(Exception):
    """The session's faces cannot be had (again); a new session token may help."""


class PhotosUnavailable(Exception):
    """Tier 1 cannot be reached at the moment."""


class PhotosWrong(Exception):
    """What tier 1 gave is not what the source's id names."""


@dataclass(frozen=True)
class _Kept:
    photos: Photos
    size: int
    until: float


class PhotoStore:
    """A bounded cache in front of tier 1: the least recently used go first, and none is kept longer than AGE_S."""

    def __init__(self, client_url: str, clock: Callable[[], float] = time.monotonic, most_bytes: int = CACHE_BYTES) -> None:
        self._client_url = client_url
        self._clock = clock
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._forgotten = 0

    def get(self, source: str, session: Session) -> Photos:
        """Raises PhotosRefused, PhotosUnavailable, PhotosWrong."""
        self._expire()
        if source in self._kept:
            self._kept.move_to_end(source)
            return self._kept[source].photos
        forgotten = self._forgotten
        photos = self._fetch(source, session.token)
        if forgotten == self._forgotten:
            self._keep(source, photos)
        return photos

    def forget(self, source: str) -> None:
        """What is just being fetched is not kept either."""
        self._forgotten += 1
        self._kept.pop(source, None)

    def _keep(self, source: str, photos: Photos) -> None:
        size = sum(len(photo["b64"]) for photo in photos)
        self._kept[source] = _Kept(photos, size, self._clock() + AGE_S)
        while sum(kept.size for kept in self._kept.values()) > self._most_bytes:
            self._kept.popitem(last=False)

    def _expire(self) -> None:
        now = self._clock()
        for source in [source for source, kept in self._kept.items() if kept.until <= now]:
            del self._kept[source]

    def _fetch(self, source: str, token: str) -> Photos:
        url = f"{self._client_url}/api/sources/{source}/images"
        try:
            response = requests.get(
                url, headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUTS_S, allow_redirects=False
            )
            status, body = response.status_code, response.json() if response.ok else None
        except (requests.RequestException, ValueError) as error:
            raise PhotosUnavailable("the application server, which has the faces, cannot be reached") from error
        if status in (401, 403, 404, 410):
            raise PhotosRefused("the face is gone, or this session may no longer use it; ask for a new session token")
        if status != 200:
            raise PhotosUnavailable(f"the application server, which has the faces, answered with status {status}")
        return _checked(source, body)


def _checked(source: str, body: Any) -> Photos:
    try:
        photos: Photos = [{"b64": image["b64"]} for image in body["images"]]
        hashes = sorted(hashlib.sha256(binascii.a2b_base64(photo["b64"])).hexdigest() for photo in photos)
    except (KeyError, TypeError, ValueError) as error:
        raise PhotosWrong("the application server gave something else than photos") from error
    if not 1 <= len(photos) <= MAX_PHOTOS:
        raise PhotosWrong(f"the application server gave {len(photos)} photos of a face; expected 1 to {MAX_PHOTOS}")
    if source_id(hashes) != source:
        raise PhotosWrong("the photos of the face are not those that its id names")
    return photos


def source_id(hashes: list[str]) -> str:
    """The id of a source whose photos have these SHA-256 sums (hex, sorted)."""
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()
