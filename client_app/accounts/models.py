"""API tokens, of which only a hash is kept, and the sign-ins that failed of late."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from facedetect.models import readable_name
from facedetect.visitors import account_of, is_account

#: Before every token, so that people, and programs that look for leaked secrets, can tell what it is.
TOKEN_PREFIX = "lfs_"
TOKENS_EACH = 20
TOKEN_DAYS = (30, 90, 365)
NAME_LENGTH = 80

#: Guessing one name's password is slowed down to so many tries in so long a time.
FAILURES_ALLOWED = 10
FAILURES_WINDOW = timedelta(minutes=15)


def _digest(secret: str) -> str:
    """Of 256 random bits no list can be made, so that a plain hash does; passwords are Django's to hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokens(models.Manager["ApiToken"]):
    def of(self, visitor: str | None) -> models.QuerySet[ApiToken]:
        return self.filter(visitor=visitor, expires_at__gt=timezone.now()) if visitor else self.none()

    def issue(self, visitor: str, name: str, days: int) -> tuple[ApiToken, str]:
        """A new token and, this once, the secret itself. A visit's token lasts as long as the visit may."""
        self.filter(expires_at__lte=timezone.now()).delete()
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        lasts = timedelta(days=days) if is_account(visitor) else timedelta(hours=settings.SOURCE_HOURS)
        now = timezone.now()
        token = self.create(
            visitor=visitor, name=readable_name(name), digest=_digest(secret), created=now, expires_at=now + lasts
        )
        return token, secret

    def visitor_for(self, secret: str) -> str | None:
        """For whom the token speaks; None where it is unknown, expired or revoked, or its account is closed."""
        now = timezone.now()
        token = self.filter(digest=_digest(secret), expires_at__gt=now).first()
        if token is None or (is_account(token.visitor) and account_of(token.visitor) is None):
            return None
        if token.last_used is None or now - token.last_used > timedelta(minutes=1):
            self.filter(pk=token.pk).update(last_used=now)  # not with every call: it is for people to read
        return token.visitor


class ApiToken(models.Model):
    visitor: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    name: models.CharField[str, str] = models.CharField(max_length=NAME_LENGTH)
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    last_used: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    objects: ClassVar[ApiTokens] = ApiTokens()

    class Meta:
        ordering = ["-created", "-id"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name


class FailedSignIns(models.Manager["FailedSignIn"]):
    def wait(self, name: str) -> timedelta | None:
        """How long this name must wait before another try, whether or not there is such an account."""
        recent = self._recent(name)
        if len(recent) < FAILURES_ALLOWED:
            return None
        return recent[FAILURES_ALLOWED - 1].time + FAILURES_WINDOW - timezone.now()

    def note(self, name: str) -> None:
        self.filter(time__lte=timezone.now() - FAILURES_WINDOW).delete()
        self.create(name_digest=_name_digest(name))

    def forgive(self, name: str) -> None:
        self.filter(name_digest=_name_digest(name)).delete()

    def _recent(self, name: str) -> list[FailedSignIn]:
        since = timezone.now() - FAILURES_WINDOW
        return list(self.filter(name_digest=_name_digest(name), time__gt=since)[:FAILURES_ALLOWED])


def _name_digest(name: str) -> str:
    """People type passwords where names go: what failed is not kept readable."""
    return hashlib.sha256(name.casefold().encode()).hexdigest()


class FailedSignIn(models.Model):
    name_digest: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    time: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True, db_index=True)

    objects: ClassVar[FailedSignIns] = FailedSignIns()

    class Meta:
        ordering = ["-time", "-id"]

    def __str__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M}"
