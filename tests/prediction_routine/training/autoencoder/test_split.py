from dataclasses import replace

import numpy as np
import pytest

from training.autoencoder.faceset import PersonFaces
from training.autoencoder.split import BLOCK, BLOCKS, GAP, trained_and_held


def at_frames(faces: PersonFaces, frames: list[int]) -> PersonFaces:
    return replace(faces, frames=np.array(frames, np.int32))


def test_no_frames_are_neither(one_face: PersonFaces) -> None:
    assert trained_and_held(at_frames(one_face, [])) == ([], [])


def test_a_fifth_is_held_out_and_no_neighbour_of_it_is_trained_on(one_face: PersonFaces) -> None:
    frames = list(range(10 * BLOCK * BLOCKS))
    trained, held = trained_and_held(at_frames(one_face, frames))
    assert len(held) == len(frames) / BLOCKS
    assert not set(trained) & set(held)
    nearest = min(int(np.abs(np.array(held) - t).min()) for t in trained)
    assert nearest == GAP + 1


@pytest.mark.parametrize("first", [0, 1000])
def test_it_depends_on_the_frame_and_not_on_the_face_s_place(one_face: PersonFaces, first: int) -> None:
    frames = [BLOCK * BLOCKS * first + BLOCK * (BLOCKS - 1), BLOCK]
    assert trained_and_held(at_frames(one_face, frames)) == ([1], [0])
