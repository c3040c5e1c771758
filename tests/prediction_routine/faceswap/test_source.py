import numpy as np
import pytest

from faceswap.pipeline import FrameSwapper
from faceswap.source import SMALLEST_SIDE, TEXTURE_SIDE, Source


@pytest.fixture(scope="module")
def source(swapper: FrameSwapper, astronaut: bytes) -> Source:
    return swapper.source([swapper.portrait(astronaut)])


def test_the_levels_shrink_and_keep_the_landmarks_in_place(source: Source) -> None:
    sides = [level.texture.shape[0] for level in source.levels]
    assert sides == sorted(sides, reverse=True)
    assert TEXTURE_SIDE >= sides[0] >= sides[-1] >= SMALLEST_SIDE
    for level in source.levels:
        share = level.points / level.texture.shape[0]
        assert np.abs(share - source.levels[0].points / sides[0]).max() < 0.02


@pytest.mark.parametrize(("face", "expected"), [(1, -1), (1e5, 0)])
def test_a_distant_face_reads_the_smallest_level_and_a_near_one_the_largest(source: Source, face: float, expected: int) -> None:
    assert source.level_for(face) is source.levels[expected]


def test_all_detail_is_the_texture_and_none_is_its_blur(source: Source) -> None:
    level = source.levels[1]
    assert level.with_detail(1.0) is level.texture
    assert (level.with_detail(0.0) == level.smooth).all()
    fine = [np.abs(np.diff(level.with_detail(share).astype(int), axis=1)).mean() for share in (0.0, 0.5, 1.0)]
    assert fine == sorted(fine)
    assert fine[0] < fine[2]
