"""What is kept: the photos of a visit until it ends, and the consents given for them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from facedetect.consent import Statement
from facedetect.photos import source_id as id_of
from facedetect.relay import Relay

NAME_LENGTH = 80
UNNAMED = "Your photo"


def readable_name(text: str) -> str:
    """A name of any characters but control characters and halves of characters, cut to a length that fits a card."""
    kept = "".join(character for character in text if unicodedata.category(character) not in ("Cc", "Cs"))
    return " ".join(kept.split())[:NAME_LENGTH].strip() or UNNAMED


class Sources(models.Manager["Source"]):
    def live(self) -> models.QuerySet[Source]:
        return self.filter(expires_at__gt=timezone.now())

    def of(self, visitor: str | None) -> models.QuerySet[Source]:
        """The visitor's own, as long as they last; nobody's for a visitor who has brought nothing yet."""
        return self.live().filter(visitor=visitor) if visitor else self.none()

    def delete_expired(self) -> int:
        """Deletes what no one may see any more, photos included; says how many sources that were."""
        expired = self.filter(expires_at__lte=timezone.now())
        count = expired.count()
        if count:
            expired.delete()
        return count

    def bring(self, visitor: str, name: str, photos: Sequence[bytes], statement: Statement) -> Source:
        """Keeps the photos for this visit, and the consent for good. The same photos again are the same source."""
        self.delete_expired()
        with transaction.atomic():
            source, _ = self.update_or_create(
                visitor=visitor,
                source_id=id_of(photos),
                defaults={
                    "name": readable_name(name),
                    "created": timezone.now(),
                    "expires_at": timezone.now() + timedelta(hours=settings.SOURCE_HOURS),
                },
            )
            source.photos.all().delete()
            Photo.objects.bulk_create(
                Photo(source=source, position=position, data=photo) for position, photo in enumerate(photos)
            )
            Consent.objects.create(
                source_id=source.source_id, visitor=visitor, version=statement.version, wording=statement.text
            )
        return source


class Source(models.Model):
    """One person's photos, brought by one visitor. Two visitors with the same photo have a row each."""

    source_id: models.CharField[str, str] = models.CharField(max_length=64)
    visitor: models.CharField[str, str] = models.CharField(max_length=64)
    name: models.CharField[str, str] = models.CharField(max_length=NAME_LENGTH)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)

    photos: models.Manager[Photo]

    objects: ClassVar[Sources] = Sources()

    class Meta:
        ordering = ["-created", "-id"]
        constraints = [models.UniqueConstraint(fields=["visitor", "source_id"], name="one_row_per_visitor_and_source")]

    def __str__(self) -> str:
        return f"{self.name} ({self.source_id[:8]})"

    def photo_bytes(self) -> list[bytes]:
        # A database may hand out a memoryview where bytes went in.
        return [bytes(data) for data in self.photos.values_list("data", flat=True)]

    def withdraw(self, relay: Relay) -> None:
        """Deletes the source for good and ends the streams that show it; photos first, so no stream fetches them again."""
        self.delete()
        relay.revoke(self.source_id)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.source_id,
            "name": self.name,
            "image": reverse("api:source-image", args=[self.source_id]),
            "kind": "upload",
            "credit": "",
            "expires_at": self.expires_at.isoformat(),
        }


class Photo(models.Model):
    """One photo of a source: an upright JPEG without metadata. In the database, so that deleting a row deletes it all."""

    source: models.ForeignKey[Source, Source] = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="photos")
    position: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField()
    data: models.BinaryField[bytes, bytes] = models.BinaryField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"photo {self.position + 1}"


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
