"""The record of what visitors agreed to."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class Consent(models.Model):
    """That someone agreed, when, and to which words. It outlives the photo, which it does not contain."""

    time: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    source_id: models.CharField[str, str] = models.CharField(max_length=64, db_index=True)
    visitor: models.CharField[str, str] = models.CharField(max_length=64)
    version: models.CharField[str, str] = models.CharField(max_length=32)
    wording: models.TextField[str, str] = models.TextField()

    class Meta:
        ordering = ["-time", "-id"]

    def __str__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M} {self.source_id[:8]}"
