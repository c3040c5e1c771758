"""Trains the autoencoder: a shared encoder and a decoder for each of two people who agreed, from videos of them.

Not needed for serving. `docs/train.md` walks through it; `faceswap/autoencoder_engine.py` runs the result.
"""
