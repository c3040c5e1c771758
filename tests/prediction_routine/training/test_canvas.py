import numpy as np
import pytest

from training.canvas import Canvas, Layer, blank, ellipse, line, noise, polygon, ramp, round_shade


def layer(colour: float, alpha: float) -> Layer:
    return Layer(np.full((4, 4, 3), colour, np.float32), np.full((4, 4), alpha, np.float32))


def test_nothing_over_a_picture_leaves_it() -> None:
    picture = np.random.default_rng(0).uniform(0, 255, (4, 4, 3)).astype(np.float32)
    assert (layer(9, 0).on(picture) == picture).all()
    assert (layer(9, 1).on(picture) == 9).all()


@pytest.mark.parametrize(("upper", "lower", "alpha"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (0.5, 0.5, 0.75)])
def test_two_layers_become_one_that_hides_what_both_do(upper: float, lower: float, alpha: float) -> None:
    picture = np.full((4, 4, 3), 100, np.float32)
    above, below = layer(200, upper), layer(50, lower)
    both = above.over(below)
    assert both.alpha[0, 0] == pytest.approx(alpha)
    assert both.on(picture) == pytest.approx(above.on(below.on(picture)), abs=1e-3)


def test_a_polygon_without_area_covers_next_to_nothing() -> None:
    assert polygon(8, np.full((4, 2), 3.0)).sum() <= 1
    assert polygon(8, np.array([[20, 20], [30, 20], [30, 30]])).sum() == 0  # outside


def test_a_polygon_is_placed_to_a_fraction_of_a_pixel() -> None:
    square = np.array([[2.0, 2], [5, 2], [5, 5], [2, 5]])
    assert polygon(8, square)[3, 3] == 1
    assert polygon(8, square)[7, 7] == 0


def test_a_line_thinner_than_a_pixel_is_fainter() -> None:
    path = np.array([[1, 4], [7, 4]])
    assert 0.1 < line(9, path, 0.25).max() <= 0.25
    assert line(9, path, 3).max() > 0.95


def test_an_ellipse_goes_round_its_middle() -> None:
    outline = ellipse((5, 6), (3, 1), 90)
    assert outline.mean(0) == pytest.approx((5, 6), abs=0.2)
    assert np.ptp(outline[:, 1]) == pytest.approx(6, abs=0.1)


def test_a_ramp_counts_along_its_way() -> None:
    far = ramp(4, (1, 0), (1, 0))
    assert (far[:, 1] == 0).all()
    assert (far[:, 3] == 2).all()


def test_something_round_is_brightest_where_the_light_comes_from() -> None:
    across = np.linspace(-1, 1, 41, dtype=np.float32)
    assert round_shade(across, 0.0).argmax() == 20
    assert round_shade(across, np.pi / 2).argmax() == 40


def test_noise_is_the_same_for_the_same_seed_and_within_bounds() -> None:
    one, two = (noise(np.random.default_rng(5), 32, 6) for _ in range(2))
    assert (one == two).all()
    assert 0 <= one.min() < one.max() <= 1
    assert blank(3).sum() == 0


def test_skin_and_hair_are_read_where_they_are(canvas: Canvas) -> None:
    blue, green, red = canvas.skin()
    assert red > green > blue
    assert canvas.hair().mean() < canvas.skin().mean()
