"""What a stream has done: for the stats message each second, and for the log at the end."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """`take` gives the figures since the last `take`."""

    since: float
    arrived: int = 0
    swapped: int = 0
    dropped: int = 0
    _predict_ms: list[float] = field(default_factory=list)
    _swapped_before: int = 0
    _dropped_before: int = 0

    def predicted(self, seconds: float) -> None:
        self._predict_ms.append(seconds * 1000)

    def take(self, now: float) -> dict[str, Any]:
        """`predict_ms` is the mean, null where nothing was predicted."""
        times = self._predict_ms
        stats = {
            "fps": round((self.swapped - self._swapped_before) / max(now - self.since, 1e-3), 1),
            "dropped": self.dropped - self._dropped_before,
            "predict_ms": round(sum(times) / len(times), 1) if times else None,
        }
        self.since, self._predict_ms = now, []
        self._swapped_before, self._dropped_before = self.swapped, self.dropped
        return stats
