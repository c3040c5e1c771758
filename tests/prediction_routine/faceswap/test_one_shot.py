from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faceswap.one_shot import Interface, InterfaceError, check_embedder, read_interface, read_projection
from faceswap.onnx_file import FLOAT32, Signature, Slot, read_signature
from tests.prediction_routine import tiny_onnx

SETTINGS: dict[str, Any] = {"source": "unit", "template": "arcface_128", "side": 128}
INTERFACE = read_interface(SETTINGS)


class TestSettings:
    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"source": None}, "source: one of unit, projected, raw, picture was expected, found None"),
            ({"source": "face"}, "found 'face'"),
            ({"template": "ffhq"}, "template: one of arcface_112_v1"),
            ({"side": 127.5}, "side: a whole number from 64 to 1024"),
            ({"side": True}, "side"),
            ({"side": 100_000}, "side"),
            ({"mean": 0.5}, "mean: three numbers"),
            ({"mean": [0.5, 0.5]}, "mean: three numbers"),
            ({"std": ["1", 1, 1]}, "std: three numbers"),
            ({"std": [0, 1, 1]}, "std: numbers over 0"),
            ({"restored": "yes"}, "restored"),
            ({"masked": 3}, "masked"),
            ({"colours": "rbg"}, "colours"),
            ({"size": 128}, "there is no setting size"),
        ],
    )
    def test_what_is_no_interface_is_refused_by_name(self, changed: dict[str, Any], said: str) -> None:
        with pytest.raises(InterfaceError, match=said):
            read_interface({**SETTINGS, **changed})

    def test_nothing_is_no_interface(self) -> None:
        with pytest.raises(InterfaceError, match="source"):
            read_interface({})

    def test_what_is_left_out_is_plain(self) -> None:
        assert Interface("unit", "arcface_128", 128) == INTERFACE
        assert (INTERFACE.mean, INTERFACE.std, INTERFACE.colours) == ((0, 0, 0), (1, 1, 1), "rgb")


class TestPixels:
    def test_colours_are_turned_round_and_scaled(self) -> None:
        interface = read_interface({**SETTINGS, "mean": [0.5, 0.25, 0], "std": [0.5, 1, 2]})
        blue_green_red = np.full((128, 128, 3), (255, 51, 102), np.uint8)
        given = interface.as_input(blue_green_red)
        assert given.shape == (1, 3, 128, 128)
        assert given.dtype == np.float32
        assert np.allclose(given[0, :, 0, 0], [(0.4 - 0.5) / 0.5, 0.2 - 0.25, 1 / 2])

    def test_blue_first_stays_blue_first(self) -> None:
        interface = read_interface({**SETTINGS, "colours": "bgr"})
        assert np.allclose(interface.as_input(np.full((128, 128, 3), (255, 0, 0), np.uint8))[0, :, 5, 5], [1, 0, 0])

    @pytest.mark.parametrize("colours", ["rgb", "bgr"])
    @pytest.mark.parametrize(("mean", "std"), [([0, 0, 0], [1, 1, 1]), ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    def test_every_level_comes_back_exactly(self, colours: str, mean: list[float], std: list[float]) -> None:
        interface = read_interface({**SETTINGS, "side": 64, "mean": mean, "std": std, "restored": True, "colours": colours})
        picture = np.arange(64 * 64 * 3, dtype=np.int64).reshape(64, 64, 3).astype(np.uint8)
        assert (interface.as_picture(interface.as_input(picture)) == picture).all()

    def test_what_is_beyond_black_and_white_is_cut(self) -> None:
        output = np.zeros((1, 3, 128, 128), np.float32)
        output[0, 0], output[0, 2] = 7, -7
        assert (INTERFACE.as_picture(output)[0, 0] == (0, 0, 255)).all()


class TestSlots:
    def test_a_network_of_its_shapes_fits_whatever_the_names(self, tmp_path: Path) -> None:
        slots = INTERFACE.slots(read_signature(tiny_onnx.swapper(tmp_path / "x.onnx", names=("a", "b"))))
        assert (slots.target, slots.source, slots.output, slots.mask) == ("a", "b", "output", None)

    def test_another_size_is_named_with_what_was_found(self, tmp_path: Path) -> None:
        with pytest.raises(InterfaceError, match=r"input of float32 1x3x128x128 .* user's face; found: .*target 1x3x256x256"):
            INTERFACE.slots(read_signature(tiny_onnx.swapper(tmp_path / "x.onnx", 256)))

    def test_another_source_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InterfaceError, match=r"1x512 was expected, the source's embedding; found: .*source 1x256"):
            INTERFACE.slots(read_signature(tiny_onnx.swapper(tmp_path / "x.onnx", source=(1, 256))))

    def test_a_mask_that_is_missing_is_named(self, tmp_path: Path) -> None:
        interface = read_interface({**SETTINGS, "masked": True})
        with pytest.raises(InterfaceError, match="output of float32 1x1x128x128 was expected, its mask"):
            interface.slots(read_signature(tiny_onnx.swapper(tmp_path / "x.onnx")))
        assert interface.slots(read_signature(tiny_onnx.swapper(tmp_path / "x.onnx", mask=1))).mask == "mask"

    def test_two_pictures_are_told_apart_by_their_sizes(self, tmp_path: Path) -> None:
        interface = read_interface({**SETTINGS, "source": "picture", "side": 256})
        slots = interface.slots(read_signature(tiny_onnx.swapper(tmp_path / "x.onnx", 256, (1, 3, 112, 112), open_sizes=True)))
        assert (slots.target, slots.source) == ("target", "source")

    def test_two_pictures_of_open_sizes_cannot_be_told_apart(self) -> None:
        interface = read_interface({**SETTINGS, "source": "picture"})
        pictures = tuple(Slot(name, FLOAT32, (1, 3, None, None)) for name in "ab")
        with pytest.raises(InterfaceError, match="two inputs were expected"):
            interface.slots(Signature(pictures, pictures))

    def test_a_third_input_is_refused(self) -> None:
        slots = (Slot("a", FLOAT32, (1, 3, 128, 128)), Slot("b", FLOAT32, (1, 512)), Slot("c", FLOAT32, (1,)))
        with pytest.raises(InterfaceError, match="two inputs were expected"):
            INTERFACE.slots(Signature(slots, slots))

    def test_half_precision_is_refused_by_its_name(self) -> None:
        slots = (Slot("a", 10, (1, 3, 128, 128)), Slot("b", FLOAT32, (1, 512)))
        with pytest.raises(InterfaceError, match="a 1x3x128x128 of float16"):
            INTERFACE.slots(Signature(slots, slots))

    @given(
        st.lists(st.builds(Slot, st.text(max_size=3), st.integers(0, 20), st.lists(st.none() | st.integers(1, 600)).map(tuple)))
    )
    def test_whatever_a_file_says_it_fits_or_is_refused(self, slots: list[Slot]) -> None:
        with suppress(InterfaceError):
            assert INTERFACE.slots(Signature(tuple(slots), tuple(slots))).target in {slot.name for slot in slots}


def test_embedding_networks_and_converters_are_known_by_what_they_take(tmp_path: Path) -> None:
    embedder = read_signature(tiny_onnx.embedder(tmp_path / "e.onnx")[0])
    converter = read_signature(tiny_onnx.converter(tmp_path / "c.onnx"))
    assert check_embedder(embedder, takes_picture=True) == ("input.1", "683")
    assert check_embedder(converter, takes_picture=False) == ("input", "output")
    for signature, takes_picture in ((embedder, False), (converter, True)):
        with pytest.raises(InterfaceError, match="was expected"):
            check_embedder(signature, takes_picture=takes_picture)


def test_last_weights_that_project_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InterfaceError, match=r"512x512 matrix .* found: 1 of int64"):
        read_projection(tiny_onnx.swapper(tmp_path / "x.onnx"))
