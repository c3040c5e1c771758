import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from faceswap.model_folder import ModelFolderError
from faceswap.providers import MAY_FALL_BACK, PROVIDERS, WANTED, choose, open_session
from tests.prediction_routine import tiny_onnx


def test_with_nothing_there_it_is_the_cpu() -> None:
    assert choose([], "auto", False) == "cpu"


@pytest.mark.parametrize("first", range(len(PROVIDERS)))
def test_the_first_in_order_that_is_there_is_taken(first: int) -> None:
    names = list(PROVIDERS)
    available = [PROVIDERS[name] for name in reversed(names[first:])] + ["AzureExecutionProvider"]
    assert choose(available, "auto", False) == names[first]
    assert choose(available, "cpu", False) == "cpu"


def test_one_that_is_wanted_and_not_there_is_refused_with_what_would_bring_it() -> None:
    with pytest.raises(ModelFolderError, match=r"ONNX_PROVIDER is cuda, .* it has cpu\. Install onnxruntime-gpu"):
        choose(["CPUExecutionProvider"], "cuda", False)
    assert choose(["CPUExecutionProvider"], "cuda", True) == "cpu"


def test_one_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ModelFolderError, match="may be auto, cuda, coreml, directml, openvino, cpu"):
        choose([], "tpu", True)


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (WANTED, MAY_FALL_BACK):
        monkeypatch.delenv(name, raising=False)
    return tiny_onnx.converter(tmp_path / "x.onnx")


def runtime(available: list[str], starts: list[str]) -> Any:
    """An onnxruntime that has these providers, of which only some start."""

    def open_(path: str, options: Any, providers: list[str]) -> Any:
        taken = [name for name in providers if name in starts]
        return SimpleNamespace(get_providers=lambda: taken, disable_fallback=lambda: None)

    options = SimpleNamespace(add_session_config_entry=lambda *_: None)
    return SimpleNamespace(get_available_providers=lambda: available, SessionOptions=lambda: options, InferenceSession=open_)


BOTH, CPU = [PROVIDERS["cuda"], PROVIDERS["cpu"]], [PROVIDERS["cpu"]]


def test_what_starts_is_reported(network: Path) -> None:
    assert open_session(network, runtime(BOTH, BOTH))[1] == "cuda"


@pytest.mark.parametrize(("available", "asked"), [(BOTH, 1), (CPU, 0)])
def test_cudas_libraries_are_looked_for_where_pip_put_them(available: list[str], asked: int, network: Path) -> None:
    calls: list[int] = []
    given = runtime(available, available)
    given.preload_dlls = lambda: calls.append(1)
    open_session(network, given)
    assert len(calls) == asked


@pytest.mark.parametrize("wanted", ["", "auto", "cuda"])
def test_the_cpu_in_its_place_is_an_error_unless_it_is_allowed(
    wanted: str, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WANTED, wanted)
    with pytest.raises(ModelFolderError, match=r"was to be computed by cuda, .* took CPUExecutionProvider; .*ONNX_ALLOW_CPU=1"):
        open_session(network, runtime(BOTH, CPU))
    monkeypatch.setenv(MAY_FALL_BACK, "1")
    assert open_session(network, runtime(BOTH, CPU))[1] == "cpu"


def test_here_it_runs_by_what_is_installed(network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WANTED, "cpu")
    assert open_session(network)[1] == "cpu"
    absent = "directml" if sys.platform != "win32" else "coreml"
    monkeypatch.setenv(WANTED, absent)
    with pytest.raises(ModelFolderError, match=f"ONNX_PROVIDER is {absent}"):
        open_session(network)


def test_a_file_that_onnxruntime_cannot_run_is_named(network: Path) -> None:
    network.write_bytes(network.read_bytes()[:-20])
    with pytest.raises(ModelFolderError, match=r"x\.onnx cannot be run by onnxruntime"):
        open_session(network)
