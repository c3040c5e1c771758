"""How often one visitor may call the API."""

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from facedetect.visitors import visitor_of

_WINDOW = 60


class CallsPerMinute(BaseThrottle):
    """Counts in windows of a minute. Ninja's own throttle keeps the request at hand in itself, which threads share."""

    def allow_request(self, request: HttpRequest) -> bool:
        caller = visitor_of(request) or f"address {self.get_ident(request)}"
        window = int(time.time() // _WINDOW)
        key = f"api-calls-{hashlib.sha256(caller.encode()).hexdigest()}-{window}"
        cache.add(key, 0, 2 * _WINDOW)
        try:
            return cache.incr(key) <= int(settings.API_CALLS_PER_MINUTE)
        except ValueError:  # a full cache has let the counter go
            return True

    def wait(self) -> float:
        return _WINDOW - time.time() % _WINDOW
