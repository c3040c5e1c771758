"""The faces that visitors bring, until their visit ends."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from facedetect import files, installation
from facedetect.consent import Statement
from facedetect.models.consents import Consent
from facedetect.photos import source_id as id_of
from facedetect.photos import thumbnail
from facedetect.private_storage import private_storage
from facedetect.relay import Prepared, Relay, relay_for
from facedetect.signals import source_withdrawn

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
        """Deletes what no one may see any more, photos included, and ends its streams; says how many sources that were."""
        expired = list(self.filter(expires_at__lte=timezone.now()))
        for source in expired:
            source.withdraw(relay_for())
        return len(expired)

    def sweep_files(self) -> int:
        """Deletes files that a crash or a storage that failed has left behind; says how many."""
        if not installation.is_alone_in_storage():
            return 0
        photos = Photo.objects.values_list("file", flat=True)
        return files.sweep({*photos, *self.values_list("thumbnail", flat=True)})

    def bring(
        self, visitor: str, name: str, photos: Sequence[bytes], statement: Statement, prepared: Prepared | None = None
    ) -> Source:
        """Keeps the photos for this visit, and the consent for good. The same photos again are the same source.

        Raises:
            ApiError: `storage_unavailable`.
        """
        self.delete_expired()
        now = timezone.now()
        with files.all_or_none() as keep:
            names = [keep(photo) for photo in photos]
            small = thumbnail(prepared.crop) if prepared else b""
            with transaction.atomic():
                self.filter(visitor=visitor, source_id=id_of(photos)).delete()
                source = self.create(
                    visitor=visitor,
                    source_id=id_of(photos),
                    name=readable_name(name),
                    created=now,
                    expires_at=now + timedelta(hours=settings.SOURCE_HOURS),
                    thumbnail=keep(small) if small else "",
                    embeddings=[list(embedding) for embedding in prepared.embeddings] if prepared else [],
                )
                Photo.objects.bulk_create(
                    Photo(source=source, position=position, file=name, digest=id_of([photo]))
                    for position, (name, photo) in enumerate(zip(names, photos, strict=True))
                )
                Consent.objects.create(
                    source_id=source.source_id, visitor=visitor, version=statement.version, wording=statement.text
                )
        return source


class Source(models.Model):
    """One person's photos, brought by one visitor. Two visitors with the same photo have a row each.

    `embeddings`: of the face in each photo, what tells it from other people's (SFace, 128 numbers).
    """

    source_id: models.CharField[str, str] = models.CharField(max_length=64)
    visitor: models.CharField[str, str] = models.CharField(max_length=64)
    name: models.CharField[str, str] = models.CharField(max_length=NAME_LENGTH)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    expires_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    thumbnail = models.FileField(storage=private_storage, blank=True)
    embeddings: models.JSONField[list[list[float]], list[list[float]]] = models.JSONField(default=list, blank=True)

    photos: models.Manager[Photo]

    objects: ClassVar[Sources] = Sources()

    class Meta:
        ordering = ["-created", "-id"]
        constraints = [models.UniqueConstraint(fields=["visitor", "source_id"], name="one_row_per_visitor_and_source")]

    def __str__(self) -> str:
        return f"{self.name} ({self.source_id[:8]})"

    def photo_bytes(self) -> list[bytes]:
        """Raises ApiError: `unknown_source` or `storage_unavailable`."""
        return [files.read(name) for name in self.photos.values_list("file", flat=True)]

    def thumbnail_bytes(self) -> bytes:
        """Raises ApiError: `unknown_source` or `storage_unavailable`."""
        return files.read(self.thumbnail.name) if self.thumbnail.name else self.photo_bytes()[0]

    def withdraw(self, relay: Relay, takedown: bool = False) -> None:
        """Deletes the source for good and ends the streams that show it; photos first, so no stream fetches them again."""
        self.delete()
        relay.revoke(self.source_id)
        source_withdrawn.send(Source, source_id=self.source_id, visitor=self.visitor, takedown=takedown)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.source_id,
            "name": self.name,
            "image": reverse("api:source-image", args=[self.source_id]),
            "thumbnail": reverse("api:source-thumbnail", args=[self.source_id]),
            "kind": "upload",
            "credit": "",
            "expires_at": self.expires_at.isoformat(),
        }


class Photo(models.Model):
    """One photo of a source: an upright JPEG without metadata, in the private storage; its file goes with the row.

    `digest`: the SHA-256 of it, which is the id of a source of this photo alone.
    """

    source: models.ForeignKey[Source, Source] = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="photos")
    position: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField()
    file = models.FileField(storage=private_storage)
    digest: models.CharField[str, str] = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"photo {self.position + 1}"


@receiver(post_delete, sender=Photo)
def _delete_photo_file(instance: Photo, **_: Any) -> None:
    files.delete_with_row(instance.file.name or "")


@receiver(post_delete, sender=Source)
def _delete_thumbnail_file(instance: Source, **_: Any) -> None:
    files.delete_with_row(instance.thumbnail.name or "")
