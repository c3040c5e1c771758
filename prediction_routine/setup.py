"""Packs the prediction routine: `python setup.py sdist`. The weights travel apart from it, as a model folder."""

from pathlib import Path

from setuptools import setup

REQUIREMENTS = Path(__file__).parent / "requirements.txt"

setup(
    name="faceswap-prediction-routine",
    version="0.1.0",
    description="Custom prediction routine that swaps faces in frames of live video",
    license="Apache-2.0",
    python_requires=">=3.10",
    packages=["faceswap"],
    py_modules=["Prediction", "server"],
    install_requires=[line for line in REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")],
)
