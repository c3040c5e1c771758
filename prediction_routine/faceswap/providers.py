"""What computes an ONNX network: the fastest that is there, never a slower one in silence."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnxruntime

from faceswap.model_folder import ModelFolderError

#: onnxruntime's names (onnxruntime.ai/docs/execution-providers), the fastest first.
PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
#: Which build of onnxruntime has a provider.
PACKAGES = {
    "cuda": "onnxruntime-gpu",
    "coreml": "onnxruntime on macOS",
    "directml": "onnxruntime-directml on Windows",
    "openvino": "onnxruntime-openvino",
}
WANTED, MAY_FALL_BACK = "ONNX_PROVIDER", "ONNX_ALLOW_CPU"


def choose(available: Sequence[str], wanted: str, may_fall_back: bool) -> str:
    """One of PROVIDERS: the wanted one, or with `auto` the first that is available; raises ModelFolderError."""
    there = [name for name, provider in PROVIDERS.items() if provider in available]
    if wanted == "auto":
        return there[0] if there else "cpu"
    if wanted not in PROVIDERS:
        raise ModelFolderError(f"{WANTED} is {wanted!r}; it may be auto, {', '.join(PROVIDERS)}")
    if wanted in there:
        return wanted
    if may_fall_back:
        return "cpu"
    raise ModelFolderError(
        f"{WANTED} is {wanted}, which the installed onnxruntime has not; it has {', '.join(there)}. Install {PACKAGES[wanted]} "
        f"in place of onnxruntime, choose another provider, or set {MAY_FALL_BACK}=1 to compute on the CPU"
    )


def open_session(path: Path, runtime: Any = onnxruntime) -> tuple[Any, str]:
    """A session for this network, which threads may share, and the one of PROVIDERS that computes it.

    Raises ModelFolderError for a file that cannot be run, a provider that is not there, and for one that is there but whose
    place onnxruntime has given to the CPU. `runtime`: the module onnxruntime.
    """
    may_fall_back = os.environ.get(MAY_FALL_BACK) == "1"
    chosen = choose(runtime.get_available_providers(), os.environ.get(WANTED) or "auto", may_fall_back)
    if chosen == "cuda" and hasattr(runtime, "preload_dlls"):
        runtime.preload_dlls()  # CUDA's libraries where pip has installed them, which the loader does not search
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors: what it warns of is found out below
    # Its threads would wait for the next frame by asking again and again, and take the time from the rest of this one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = runtime.InferenceSession(
            str(path), options, providers=list(dict.fromkeys([PROVIDERS[chosen], PROVIDERS["cpu"]]))
        )
    except Exception as error:  # onnxruntime's own errors have no common class
        raise ModelFolderError(f"{path} cannot be run by onnxruntime: {_first_line(error)}") from error
    session.disable_fallback()  # at run time; a provider that fails then is an error too
    taken = session.get_providers()[0]
    if taken == PROVIDERS[chosen]:
        return session, chosen
    if not may_fall_back:
        raise ModelFolderError(
            f"{path} was to be computed by {chosen}, but onnxruntime could not start it and took {taken}; mend its drivers and "
            f"libraries, set {WANTED}=cpu, or set {MAY_FALL_BACK}=1 to compute on the CPU"
        )
    return session, "cpu"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
