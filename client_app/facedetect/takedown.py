"""Takes a face down for everyone, and keeps it down."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from facedetect.errors import ApiError
from facedetect.models import Photo, ProtectedFace, Source, TakenDown
from facedetect.relay import Relay
from facedetect.signals import source_withdrawn


def take_down(source_id: str, relay: Relay) -> int:
    """Deletes everybody's copy of the face and what was made with it, ends its streams, and forbids it and each of its photos.

    Says how many visitors had it.
    """
    photos = set(Photo.objects.filter(source__source_id=source_id).values_list("digest", flat=True)) - {""}
    for forbidden in {source_id, *photos}:
        TakenDown.objects.get_or_create(source_id=forbidden)
    sources = list(Source.objects.filter(Q(source_id=source_id) | Q(photos__digest__in=photos)).distinct())
    for source in sources:
        source.withdraw(relay, takedown=True)
    if source_id not in {source.source_id for source in sources}:
        relay.revoke(source_id)
        source_withdrawn.send(Source, source_id=source_id, visitor="", takedown=True)
    return len(sources)


def protect(source_id: str, name: str) -> ProtectedFace | None:
    """Puts the person shown on the list of protected faces; None where nobody has the face any more."""
    source = Source.objects.filter(source_id=source_id).exclude(embeddings=[]).first()
    if source is None:
        return None
    return ProtectedFace.objects.create(name=name, embeddings=source.embeddings)


def require_standing(source_ids: Iterable[str]) -> None:
    """Raises ApiError `taken_down` where one of these, ids of a face and of its photos, was taken down."""
    if TakenDown.objects.filter(source_id__in=set(source_ids)).exists():
        raise ApiError(
            403, "taken_down", "This face was taken down by the operator of this server, and cannot be used here again."
        )


def standing(source_ids: Sequence[str]) -> set[str]:
    """Those that were not taken down."""
    return set(source_ids) - set(TakenDown.objects.filter(source_id__in=source_ids).values_list("source_id", flat=True))
