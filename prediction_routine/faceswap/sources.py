"""The sources that this process holds, and how a photo becomes one."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from faceswap.errors import InstanceError

TTL_SECONDS = 600.0
#: A prepared source takes about 3 MB.
CAPACITY = 16
MAX_PHOTOS = 8

Prepared = TypeVar("Prepared")


def source_id(photos: Sequence[bytes]) -> str:
    """The id that photos of one person make: the SHA-256 of the photo, or of the sorted hashes joined by newlines."""
    hashes = sorted(hashlib.sha256(photo).hexdigest() for photo in photos)
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def check_photos(source: str, photos: Sequence[bytes]) -> None:
    """Raises InstanceError bad_source unless these are the photos that the id stands for."""
    if not 1 <= len(photos) <= MAX_PHOTOS:
        raise InstanceError("bad_source", f"source {source}: {len(photos)} photos came; 1 to {MAX_PHOTOS} are taken")
    found = source_id(photos)
    if found != source:
        raise InstanceError("bad_source", f"source {source}: the photos that came make the id {found}, not this one")


@dataclass
class _Entry(Generic[Prepared]):
    """One source, made by whoever comes first; the others wait for its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    source: Prepared | None = None
    used: float = 0.0


class SourceCache(Generic[Prepared]):
    """What an engine prepared of sources, by their ids: at most `capacity` of them, none longer than `ttl` seconds after its
    last use. Thread-safe."""

    def __init__(self, capacity: int = CAPACITY, ttl: float = TTL_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity, self._ttl, self._clock = capacity, ttl, clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry[Prepared]] = OrderedDict()

    def get(self, source: str) -> Prepared | None:
        with self._lock:
            self._drop_expired()
            entry = self._entries.get(source)
            if entry is None or entry.source is None:
                return None
            self._touch(source, entry)
            return entry.source

    def get_or_make(self, source: str, make: Callable[[], Prepared]) -> Prepared:
        """The source, made by `make` at most once at a time whoever asks; what `make` raises passes through."""
        with self._lock:
            self._drop_expired()
            entry = self._entries.setdefault(source, _Entry(used=self._clock()))
        with entry.lock:
            try:
                made = make() if entry.source is None else entry.source
            except InstanceError:
                with self._lock:
                    self._entries.pop(source, None)
                raise
            entry.source = made
        with self._lock:
            self._entries[source] = entry
            self._touch(source, entry)
            while len(self._entries) > self._capacity:
                self._entries.popitem(last=False)
        return made

    def forget(self, source: str) -> bool:
        """Whether there was anything to forget."""
        with self._lock:
            self._drop_expired()
            return self._entries.pop(source, None) is not None

    def drop_expired(self) -> None:
        """For a replica that nobody calls: everything else here does it by the way."""
        with self._lock:
            self._drop_expired()

    def _touch(self, source: str, entry: _Entry[Prepared]) -> None:
        entry.used = self._clock()
        self._entries.move_to_end(source)

    def _drop_expired(self) -> None:
        oldest = self._clock() - self._ttl
        for source in [source for source, entry in self._entries.items() if entry.used < oldest]:
            del self._entries[source]

    def __len__(self) -> int:
        with self._lock:
            self._drop_expired()
            return len(self._entries)
