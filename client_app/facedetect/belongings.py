"""A visitor's faces follow them into an account, and go with it."""

from typing import Any

from django.dispatch import receiver

from facedetect.models import Consent, Source
from facedetect.relay import relay_for
from facedetect.visitors import visitor_left, visitor_moved


@receiver(visitor_moved)
def _move_faces(sender: object, old: str, new: str, **_: Any) -> None:
    """A face that the account has already stays as it is, for as long as the later of the two would."""
    there = {source.source_id: source for source in Source.objects.filter(visitor=new)}
    for source in Source.objects.filter(visitor=old):
        twin = there.get(source.source_id)
        if twin is None:
            source.visitor = new
            source.save(update_fields=["visitor"])
        else:
            twin.expires_at = max(twin.expires_at, source.expires_at)
            twin.save(update_fields=["expires_at"])
            source.delete()
    Consent.objects.filter(visitor=old).update(visitor=new)


@receiver(visitor_left)
def _withdraw_faces(sender: object, visitor: str, **_: Any) -> None:
    """The consents stay, as a record that names nobody."""
    for source in Source.objects.filter(visitor=visitor):
        source.withdraw(relay_for())
