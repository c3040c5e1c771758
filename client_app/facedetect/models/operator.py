"""What the operator forbids, and what visitors tell the operator."""

from __future__ import annotations

from datetime import datetime

from django.db import models

CONTACT_LENGTH = 200


class ProtectedFace(models.Model):
    """Somebody whose face may not be used here. `embeddings`: what tells it from other people's, of one photo or several."""

    name: models.CharField[str, str] = models.CharField(max_length=120)
    note: models.TextField[str, str] = models.TextField(blank=True)
    embeddings: models.JSONField[list[list[float]], list[list[float]]] = models.JSONField()
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class TakenDown(models.Model):
    """A face that the operator took down, by its id or that of one of its photos: nobody may bring or use it again."""

    source_id: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    time: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-time", "-id"]
        verbose_name = "face taken down"
        verbose_name_plural = "faces taken down"

    def __str__(self) -> str:
        return self.source_id[:16]


class Report(models.Model):
    """What somebody told the operator. `face` is the id of the face that it is about, where one was given."""

    time: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    what: models.TextField[str, str] = models.TextField()
    where: models.CharField[str, str] = models.CharField(max_length=500, blank=True)
    face: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    contact: models.CharField[str, str] = models.CharField(max_length=CONTACT_LENGTH, blank=True)
    done: models.BooleanField[bool, bool] = models.BooleanField(default=False)

    class Meta:
        ordering = ["done", "-time", "-id"]

    def __str__(self) -> str:
        return f"{self.time:%Y-%m-%d %H:%M} {self.what[:40]}"
