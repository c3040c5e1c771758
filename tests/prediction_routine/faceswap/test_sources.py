import hashlib
import threading

import numpy as np
import pytest

from faceswap.errors import InstanceError
from faceswap.irises import Irises
from faceswap.proportions import MODES, Proportions
from faceswap.source import Source
from faceswap.sources import SourceCache, check_photos, source_id

NOTHING = Source((), Proportions(np.zeros((2, MODES), np.float32), 1), Irises(0.6, 0j, 1.0), None)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_empty_cache_holds_nothing() -> None:
    assert SourceCache().get("a") is None


def test_one_photo_is_named_by_its_own_hash() -> None:
    assert source_id([b"photo"]) == hashlib.sha256(b"photo").hexdigest()


def test_several_photos_are_named_by_their_sorted_hashes_in_any_order() -> None:
    hashes = sorted(hashlib.sha256(photo).hexdigest() for photo in (b"a", b"b"))
    assert source_id([b"b", b"a"]) == source_id([b"a", b"b"]) == hashlib.sha256("\n".join(hashes).encode()).hexdigest()


@pytest.mark.parametrize("photos", [[], [b"other"], [b"x"] * 9])
def test_photos_that_are_not_the_source_are_refused(photos: list[bytes]) -> None:
    with pytest.raises(InstanceError) as error:
        check_photos(source_id([b"photo"]), photos)
    assert error.value.code == "bad_source"


def test_a_source_is_forgotten_some_time_after_its_last_use() -> None:
    clock = Clock()
    cache = SourceCache(ttl=600, clock=clock)
    cache.get_or_make("a", lambda: NOTHING)
    clock.now = 599
    assert cache.get("a") is NOTHING
    clock.now = 1198
    assert cache.get("a") is NOTHING
    clock.now = 1799
    assert cache.get("a") is None
    assert len(cache) == 0


def test_what_is_not_used_goes_without_anyone_asking_for_it() -> None:
    clock = Clock()
    cache = SourceCache(ttl=600, clock=clock)
    cache.get_or_make("a", lambda: NOTHING)
    clock.now = 601
    cache.drop_expired()
    assert not cache._entries


def test_a_source_is_forgotten_when_asked() -> None:
    cache = SourceCache()
    assert cache.forget("a") is False
    cache.get_or_make("a", lambda: NOTHING)
    assert cache.forget("a") is True
    assert cache.get("a") is None


def test_the_one_unused_for_longest_makes_room() -> None:
    cache = SourceCache(capacity=2)
    for name in "ab":
        cache.get_or_make(name, lambda: NOTHING)
    cache.get("a")
    cache.get_or_make("c", lambda: NOTHING)
    assert [cache.get(name) is None for name in "abc"] == [False, True, False]


def test_a_source_that_cannot_be_made_leaves_nothing_behind() -> None:
    cache = SourceCache()

    def fail() -> Source:
        raise InstanceError("no_face_in_source", "none")

    with pytest.raises(InstanceError):
        cache.get_or_make("a", fail)
    assert len(cache) == 0
    assert cache.get_or_make("a", lambda: NOTHING) is NOTHING


def test_a_source_wanted_by_many_threads_is_made_once() -> None:
    cache: SourceCache[Source] = SourceCache()
    made, ready = [], threading.Barrier(8)

    def make() -> Source:
        made.append(threading.get_ident())
        return NOTHING

    def ask() -> None:
        ready.wait()
        cache.get_or_make("a", make)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
