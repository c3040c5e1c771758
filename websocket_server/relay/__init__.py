"""Tier 2: relays camera frames between browsers and the model behind a prediction API, and keeps pace."""

__version__ = "0.1.0"
