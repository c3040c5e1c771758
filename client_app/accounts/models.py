"""API tokens, of which only a hash is kept."""

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
