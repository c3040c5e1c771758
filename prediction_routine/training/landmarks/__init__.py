"""Trains the first stage of the shortened landmark network to give what the whole network has there: no labels.

Not needed for serving. docs/landmarks.md has the command and the figures; `faceswap/shorten.py` puts the weights in.
"""
