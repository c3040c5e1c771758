"""Arrays of a dataclass in one .npz file."""

from pathlib import Path
from typing import Any

import numpy as np


def stored(path: Path, fields: list[str], remedy: str) -> dict[str, Any]:
    """The arrays of these names; raises ValueError saying which the file lacks, and what to do."""
    with np.load(path, allow_pickle=False) as file:
        missing = set(fields) - set(file.files)
        if missing:
            raise ValueError(f"{path} lacks {', '.join(sorted(missing))}; {remedy}")
        return {name: file[name] for name in fields}
