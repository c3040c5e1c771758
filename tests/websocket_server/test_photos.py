from collections.abc import Iterator

import pytest

from relay.photos import AGE_S, PhotosRefused, PhotoStore, PhotosUnavailable, PhotosWrong
from relay.tokens import Session
from tests.websocket_server.conftest import Clock
from tests.websocket_server.doubles import ALICE, BOB, ClientApp, b64, id_of, token


@pytest.fixture
def store(client_app: ClientApp, clock: Clock) -> Iterator[PhotoStore]:
    return PhotoStore(client_app.url, clock, most_bytes=3 * len(b64(ALICE)["b64"]))


def session(*photos: bytes) -> Session:
    return Session("s", tuple(map(id_of, photos)), 2, token(*photos))


def test_a_face_that_tier_1_does_not_know_is_refused(store: PhotoStore) -> None:
    with pytest.raises(PhotosRefused):
        store.get(id_of(b"nobody"), session(b"nobody"))


def test_a_face_outside_the_token_is_refused_by_tier_1(store: PhotoStore) -> None:
    with pytest.raises(PhotosRefused):
        store.get(id_of(ALICE), session(BOB))


def test_tier_1_down_or_broken_is_unavailable(store: PhotoStore, client_app: ClientApp) -> None:
    client_app.status = 500
    with pytest.raises(PhotosUnavailable, match="status 500"):
        store.get(id_of(ALICE), session(ALICE))
    client_app.stop()
    with pytest.raises(PhotosUnavailable, match="cannot be reached"):
        store.get(id_of(ALICE), session(ALICE))


@pytest.mark.parametrize(
    "body", [None, [], {}, {"images": 3}, {"images": [5]}, {"images": [{"b64": 5}]}, {"images": [{"b64": "ä"}]}, {"images": []}]
)
def test_what_is_no_photos_is_wrong(
    store: PhotoStore, client_app: ClientApp, body: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_app, "get", lambda path, authorization: (200, body))
    with pytest.raises(PhotosWrong):
        store.get(id_of(ALICE), session(ALICE))


def test_photos_of_another_face_are_wrong(store: PhotoStore, client_app: ClientApp) -> None:
    client_app.photos[id_of(ALICE)] = [BOB]
    with pytest.raises(PhotosWrong, match="not those that its id names"):
        store.get(id_of(ALICE), session(ALICE))


def test_photos_are_fetched_once_and_again_after_ten_minutes_however_often_used(
    store: PhotoStore, client_app: ClientApp, clock: Clock
) -> None:
    for seconds in (0, 300, AGE_S - 1):
        clock.now = seconds
        assert store.get(id_of(ALICE), session(ALICE)) == [b64(ALICE)]
    assert len(client_app.asked) == 1
    clock.now = AGE_S
    store.get(id_of(ALICE), session(ALICE))
    assert len(client_app.asked) == 2


def test_the_least_recently_used_go_when_there_is_no_room(store: PhotoStore, client_app: ClientApp) -> None:
    others = [b"\xff\xd8 portrait of Carl%d" % i for i in range(2)]
    client_app.photos.update({id_of(other): [other] for other in others})
    everyone = session(ALICE, BOB, *others)
    for photo in (ALICE, BOB, ALICE, *others, ALICE):
        store.get(id_of(photo), everyone)
    assert client_app.asked.count(id_of(ALICE)) == 1
    store.get(id_of(BOB), everyone)
    assert client_app.asked.count(id_of(BOB)) == 2


def test_a_forgotten_face_is_fetched_again(store: PhotoStore, client_app: ClientApp) -> None:
    store.get(id_of(ALICE), session(ALICE))
    store.forget(id_of(ALICE))
    store.get(id_of(ALICE), session(ALICE))
    assert len(client_app.asked) == 2


def test_a_face_forgotten_while_it_is_fetched_is_not_kept(
    store: PhotoStore, client_app: ClientApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = client_app.get

    def forgotten_meanwhile(path: str, authorization: str) -> tuple[int, object]:
        store.forget(id_of(ALICE))
        return given(path, authorization)

    with monkeypatch.context() as patch:
        patch.setattr(client_app, "get", forgotten_meanwhile)
        store.get(id_of(ALICE), session(ALICE))
    store.get(id_of(ALICE), session(ALICE))
    assert len(client_app.asked) == 2


def test_the_id_of_several_photos_does_not_depend_on_their_order(store: PhotoStore, client_app: ClientApp) -> None:
    source = id_of(ALICE, BOB)
    client_app.photos[source] = [BOB, ALICE]
    assert len(store.get(source, Session("s", (source,), 2, token(sources=(source,))))) == 2
