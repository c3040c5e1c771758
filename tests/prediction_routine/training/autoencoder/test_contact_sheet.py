import numpy as np

from faceswap.arrays import Image
from training.autoencoder.contact_sheet import BAR, COLUMNS, TILE, contact_sheet


def faces(count: int, level: int) -> list[Image]:
    return [np.full((192, 192, 3), level, np.uint8)] * count


def test_one_face_is_a_row() -> None:
    sheet = contact_sheet([faces(1, 200)], taken=0)
    assert sheet.shape == (BAR + TILE, COLUMNS * TILE, 3)
    assert (sheet[BAR:, :TILE] == 200).all()
    assert (sheet[BAR:, TILE:] == 0).all()


def test_the_taken_person_comes_first_and_the_others_below() -> None:
    sheet = contact_sheet([faces(30, 50), faces(20, 150), faces(3, 250)], taken=1)
    assert sheet.shape[0] == 3 * BAR + (2 + 1 + 1) * TILE
    assert (sheet[BAR : BAR + TILE] == 150).all()
    assert (sheet[2 * BAR + 2 * TILE : 2 * BAR + 3 * TILE] == 50).all()
    assert (sheet[3 * BAR + 3 * TILE :, : 3 * TILE] == 250).all()


def test_a_long_film_fits_on_a_sheet() -> None:
    assert contact_sheet([faces(5000, 90)], taken=0).shape[0] < 1000
