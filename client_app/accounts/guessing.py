"""Slows down the guessing of passwords and of names: so many tries in so long a time, by name and by address."""

import math
from datetime import timedelta

from django.core.exceptions import ValidationError

from facedetect.models import Tally

WINDOW = timedelta(minutes=15)
TRIES_WITH_NAME = 10
#: More than by name, since a school or an office has one address.
TRIES_FROM_ADDRESS = 50


def require_patience_with_name(name: str) -> None:
    """Raises ValidationError, whether or not there is such an account."""
    _require(_of_name(name), TRIES_WITH_NAME, "with this name")


def require_patience_from_address(address: str) -> None:
    """Raises ValidationError."""
    _require(_of_address(address), TRIES_FROM_ADDRESS, "from your address")


def note_with_name(name: str) -> None:
    Tally.objects.add(_of_name(name), WINDOW)


def note_from_address(address: str) -> None:
    Tally.objects.add(_of_address(address), WINDOW)


def forgive_name(name: str) -> None:
    """The address is not forgiven: whoever has one password may be after another."""
    Tally.objects.forget(_of_name(name))


def _of_name(name: str) -> str:
    return f"sign-ins with {name.casefold()}"


def _of_address(address: str) -> str:
    return f"sign-ins from {address}"


def _require(what: str, most: int, where: str) -> None:
    wait = Tally.objects.wait(what, most)
    if wait is not None:
        minutes = math.ceil(wait.total_seconds() / 60)
        raise ValidationError(f"Too many tries {where}. Wait {minutes} min, then try again.", code="too_many")
