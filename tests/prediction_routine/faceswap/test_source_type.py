import io

import numpy as np
import pytest
from PIL import Image

from faceswap.source_type import ALTERED, DRAWN, SWAPPED, tag_jpeg
from tests.footage import decoded, jpeg


@pytest.mark.parametrize("source_type", [SWAPPED, ALTERED, DRAWN])
def test_the_tag_names_the_iptc_source_type_and_leaves_the_pixels(source_type: str) -> None:
    plain = jpeg(np.full((32, 48, 3), 90, np.uint8))
    tagged = tag_jpeg(plain, source_type)
    assert (decoded(tagged) == decoded(plain)).all()
    with Image.open(io.BytesIO(tagged)) as image:
        assert f">{source_type}<" in image.info["xmp"].decode()


def test_a_jpeg_without_jfif_header_is_tagged_too() -> None:
    plain = jpeg(np.zeros((8, 8, 3), np.uint8))
    length = int.from_bytes(plain[4:6], "big")
    bare = plain[:2] + plain[4 + length :]
    assert decoded(tag_jpeg(bare, SWAPPED)).shape == (8, 8, 3)
