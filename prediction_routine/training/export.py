"""Writes trained weights as the `.tflite` file that is served: `python -m training.export run/best.keras visibility.tflite`."""

import argparse
import tempfile
from pathlib import Path

import keras
import tensorflow as tf


def to_tflite(model: keras.Model) -> bytes:
    """Float32, one picture at a time, nothing quantised."""
    with tempfile.TemporaryDirectory() as folder:
        save(model, Path(folder))
        return bytes(tf.lite.TFLiteConverter.from_saved_model(str(folder)).convert())


def save(model: keras.Model, folder: Path) -> None:
    """As a SavedModel that takes one picture at a time."""
    inputs = [keras.InputSpec(shape=(1, *model.input_shape[1:]), dtype="float32")]
    model.export(folder, format="tf_saved_model", input_signature=inputs, verbose=False)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("weights", type=Path, help="the .keras file that training left")
    arguments.add_argument("network", type=Path, help="the .tflite file to write")
    options = arguments.parse_args()
    blob = to_tflite(keras.saving.load_model(options.weights, compile=False))
    options.network.write_bytes(blob)
    print(f"{options.network}: {len(blob)} bytes")


if __name__ == "__main__":
    main()
