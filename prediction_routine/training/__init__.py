"""Trains the visibility network: what of the target's face is seen, and what has something in front of it.

Not needed for serving. `README.md` beside this file has the commands; `faceswap/occlusion.py` runs the result.
"""
