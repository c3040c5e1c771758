"""The parts of the relay that all streams share."""

from dataclasses import dataclass

from relay.metrics import Metrics
from relay.model import Model
from relay.photos import PhotoStore
from relay.settings import Settings
from relay.sockets import Sockets
from relay.streams import Streams
from relay.tokens import Tokens


@dataclass(frozen=True)
class Relay:
    settings: Settings
    sockets: Sockets
    tokens: Tokens
    photos: PhotoStore
    model: Model
    streams: Streams
    metrics: Metrics

    def admits_origin(self, origin: str | None) -> bool:
        """Programs send none. The token is what gives access: the list only keeps other sites' pages from trying."""
        allowed = self.settings.allowed_origins
        return not allowed or origin is None or origin.lower() in allowed
