"""How often one visitor may call the API."""

import time
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from facedetect.addresses import address_of
from facedetect.models import Tally
from facedetect.visitors import visitor_of

_WINDOW = 60


class CallsPerMinute(BaseThrottle):
    """Counts in windows of a minute, all processes together. Ninja's own throttle keeps the request at hand in itself, which
    threads share."""

    def allow_request(self, request: HttpRequest) -> bool:
        caller = visitor_of(request) or f"address {address_of(request)}"
        window = int(time.time() // _WINDOW)
        try:
            calls = Tally.objects.add(f"calls of {caller} in minute {window}", timedelta(seconds=_WINDOW))
        except DatabaseError:  # the call itself says what it can do without one
            return True
        return calls <= int(settings.API_CALLS_PER_MINUTE)

    def wait(self) -> float:
        return _WINDOW - time.time() % _WINDOW
