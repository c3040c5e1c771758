"""Looks at photos before they count: whether they may be used here, and whether they will do."""

from collections.abc import Sequence

from facedetect.content_check import check_photos
from facedetect.photos import source_id as id_of
from facedetect.protection import require_unprotected
from facedetect.relay import Prepared, Relay
from facedetect.takedown import require_standing


def examine(photos: Sequence[bytes], relay: Relay) -> Prepared:
    """What the model makes of photos that may be used.

    Raises:
        ApiError: `taken_down`, `content_refused`, `protected_face`, what the model finds wrong with them, or that one of those
            who have to look at them cannot.
    """
    source_id = id_of(photos)
    require_standing([source_id, *(id_of([photo]) for photo in photos)])
    check_photos(photos)
    prepared = relay.prepare(source_id, photos)
    require_unprotected(prepared)
    return prepared
