import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relay.face_news import EVERY_S, FaceNews


def face(x: float = 0.0, id: str = "1", source: str | None = "a", size: float = 100.0) -> dict[str, Any]:
    return {"id": id, "box": [x, 0.0, size, size], "source": source}


def test_no_faces_are_told_once() -> None:
    news = FaceNews()
    assert [news.is_due([], now) for now in (0.0, 1.0, 2.0)] == [True, False, False]


def test_other_faces_and_sources_are_told_at_once() -> None:
    news = FaceNews()
    pictures: list[list[dict[str, Any]]] = [[face()], [face(), face(id="2")], [face(), face(id="2", source=None)], [face()], []]
    assert all(news.is_due(picture, 0.0) for picture in pictures)


def test_a_move_is_told_when_it_is_one_and_not_too_often() -> None:
    news = FaceNews()
    assert news.is_due([face()], 0.0)
    assert not news.is_due([face(4.0)], 1.0), "less than a twentieth of its size"
    assert not news.is_due([face(40.0)], EVERY_S / 2)
    assert news.is_due([face(40.0)], 1.0)
    assert not news.is_due([face(80.0)], 1.0 + EVERY_S / 2)
    assert news.is_due([face(40.0, size=120.0)], 1.0 + EVERY_S), "growing is moving"


def test_slow_steps_add_up() -> None:
    news = FaceNews()
    told = [news.is_due([face(step)], step) for step in range(12)]
    assert told == [step in (0, 6) for step in range(12)]


def test_what_is_no_box_does_no_harm() -> None:
    news = FaceNews()
    boxes = [None, "box", [1, 2], ["a", 1, 2, 3], {}]
    assert news.is_due([{"id": "1", "box": boxes[0]}], 0.0)
    assert not any(news.is_due([{"id": "1", "box": box}], 9.0 + place) for place, box in enumerate(boxes))
    assert news.is_due([{"id": "1", "box": [1, 2, 3, 4]}], 99.0)


@given(st.lists(st.tuples(st.floats(0, 0.2), st.floats(0, 640)), max_size=60))
def test_one_face_is_never_told_more_often_than_agreed(steps: list[tuple[float, float]]) -> None:
    news, now, told = FaceNews(), 0.0, []
    for pause, x in steps:
        now += pause
        if news.is_due([face(x)], now):
            told.append(now)
    assert all(later - earlier >= EVERY_S * 0.999 for earlier, later in itertools.pairwise(told))
