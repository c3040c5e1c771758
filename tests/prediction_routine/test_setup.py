import os
import subprocess
import sys
from pathlib import Path

from tests.footage import ROOT


def test_the_packed_routine_loads_and_predicts_by_itself(model_dir: Path, tmp_path: Path) -> None:
    packed, installed = tmp_path / "packed", tmp_path / "installed"
    subprocess.run(
        [sys.executable, "setup.py", "-q", "egg_info", "--egg-base", str(tmp_path), "sdist", "-d", str(packed)],
        cwd=ROOT / "prediction_routine", check=True,
    )  # fmt: skip
    (archive,) = packed.glob("*.tar.gz")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(installed), str(archive)], check=True)
    code = f"""
import Prediction
assert Prediction.__file__.startswith({str(installed)!r}), Prediction.__file__
routine = Prediction.ModelPrediction.from_path({str(model_dir)!r})
print(routine.predict([{{"describe": True}}])[0]["model"]["name"], "error" in routine.predict([{{}}])[0])
"""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["faceswap", "True"]
