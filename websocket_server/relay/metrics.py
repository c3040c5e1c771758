"""What `/metrics` shows. A registry of its own, so that two apps in one process do not share figures."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from relay.close_codes import CloseCode

SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5)


class Metrics:
    def __init__(self, streams_open: Callable[[], int]) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Gauge("relay_streams_open", "Streams that have started", registry=registry).set_function(streams_open)
        frames = Counter("relay_frames_total", "Camera frames by how they were answered", ["outcome"], registry=registry)
        self.swapped, self.dropped = frames.labels("swapped"), frames.labels("dropped")
        self._closed = Counter("relay_streams_closed_total", "Connections by close code", ["code"], registry=registry)
        self.errors = Counter(
            "relay_prediction_errors_total", "Calls without a picture, by the error's code", ["code"], registry=registry
        )
        self.prediction_seconds = Histogram(
            "relay_prediction_seconds", "From sending a frame to the model to its reply", buckets=SECONDS, registry=registry
        )
        self.frame_seconds = Histogram(
            "relay_frame_seconds", "From receiving a frame to sending it swapped", buckets=SECONDS, registry=registry
        )

    def count_close(self, code: int) -> None:
        """A client may close with any number: those outside the protocol count as one."""
        self._closed.labels(str(int(code)) if code in tuple(CloseCode) else "other").inc()
