"""How often something was done of late, over all processes of the server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class Tallies(models.Manager["Tally"]):
    def add(self, what: str, lasts: timedelta) -> int:
        """Counts one more; returns how many there are. The first begins the time after which all are forgotten."""
        digest = _digest(what)
        if not self._one_more(digest):
            self.forget_expired()
            self.get_or_create(digest=digest, defaults={"ends": timezone.now() + lasts})
            self._one_more(digest)
        return self._current(digest).values_list("count", flat=True).first() or 1

    def wait(self, what: str, most: int) -> timedelta | None:
        """How long until it is forgotten, where it has been counted as often as it may."""
        full = self._current(_digest(what)).filter(count__gte=most).first()
        return None if full is None else full.ends - timezone.now()

    def forget(self, what: str) -> None:
        self.filter(digest=_digest(what)).delete()

    def forget_expired(self) -> None:
        self.filter(ends__lte=timezone.now()).delete()

    def _current(self, digest: str) -> models.QuerySet[Tally]:
        return self.filter(digest=digest, ends__gt=timezone.now())

    def _one_more(self, digest: str) -> int:
        return self._current(digest).update(count=models.F("count") + 1)


class Tally(models.Model):
    """Of what it is, only a digest says that cannot be guessed from outside: it may be an address, or a password in the place
    of a name."""

    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    count: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    ends: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)

    objects: ClassVar[Tallies] = Tallies()

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.count} until {self.ends:%Y-%m-%d %H:%M}"


def _digest(what: str) -> str:
    return salted_hmac("facedetect.tally", what, algorithm="sha256").hexdigest()
