from pathlib import Path

import numpy as np
import pytest

from faceswap.harmonise import SIDE
from training.harmoniser.chip import CHIP_SIDE
from training.harmoniser.pairs import Pairs, load


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", user=np.zeros(3))
    with pytest.raises(ValueError, match=r"lacks .*lit.*training\.harmoniser\.prepare"):
        load(tmp_path / "other.npz")


def test_pairs_come_back_as_they_were_saved(pairs: Pairs, tmp_path: Path) -> None:
    pairs.save(tmp_path / "pairs.npz")
    again = load(tmp_path / "pairs.npz")
    assert all((value == vars(again)[name]).all() for name, value in vars(pairs).items())


def test_of_people_leaves_out_everybody_else_on_either_side(pairs: Pairs) -> None:
    some = pairs.of(["carphone", "hopper"])
    assert 0 < len(some.people) < len(pairs.people)
    assert set(some.people) | set(some.source_people) == {"carphone", "hopper"}
    assert len(some.photos) == len(pairs.photos)


def test_everybody_is_swapped_onto_everybody(pairs: Pairs) -> None:
    assert len(set(zip(pairs.people.tolist(), pairs.source_people.tolist(), strict=True))) == 9
    assert pairs.user.shape[1:] == pairs.lit.shape[1:] == pairs.low.shape[1:] == (SIDE, SIDE, 3)
    assert pairs.photos.shape[1:] == (CHIP_SIDE, CHIP_SIDE, 3)
    assert (pairs.alpha.mean((1, 2)) > 25).all()


def test_a_persons_own_face_is_nearer_to_the_frame_than_a_strangers(pairs: Pairs) -> None:
    weight = pairs.alpha[..., None].astype(float)
    off = (np.abs(pairs.lit.astype(float) - pairs.user) * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3))
    chosen = pairs.people == "carphone"
    own = chosen & (pairs.source_people == "carphone")
    assert np.median(off[own]) < np.median(off[chosen & ~own])


def test_the_identity_networks_picture_has_the_eyes_where_it_wants_them(pairs: Pairs) -> None:
    """Of the face in the pair and of the source's photo alike: the left half is the right one's mirror image, roughly."""
    for photo in pairs.photos[::2]:
        grey = photo.astype(float).mean(2)
        band = grey[25:55]  # dark eyes and brows
        assert band[:, 30:120].mean() < grey[60:75, 30:120].mean()
