"""What a static file's answer says beyond what it needs: as little as may be."""

from collections.abc import MutableMapping


def add_headers(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """For WhiteNoise: a browser is to take the file for what it is called and for nothing else."""
    headers["X-Content-Type-Options"] = "nosniff"
