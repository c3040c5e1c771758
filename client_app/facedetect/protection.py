"""The operator's list of people whose faces may not be used: compares by what SFace says of a face."""

import logging
import math
from collections.abc import Iterable, Sequence

from facedetect.errors import ApiError
from facedetect.models import ProtectedFace, Source
from facedetect.relay import Prepared, Relay

#: Numbers in an embedding of SFace (Zhong et al., IEEE TIP 2021).
LENGTH = 128
#: Two pictures whose embeddings' cosine is this or more show one person, as OpenCV publishes for SFace. Of 460 pairs of one
#: person none lay below 0.51, of 34520 pairs of two people 0.9 % reached it: somebody else is refused now and then rather than
#: a protected face let through.
SAME_PERSON = 0.363

_log = logging.getLogger(__name__)

Embedding = Sequence[float]


def similarity(one: Embedding, other: Embedding) -> float:
    """The cosine, 1 for the same direction; below any threshold where one of both has no direction."""
    lengths = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else -1.0


def match(embeddings: Iterable[Embedding]) -> tuple[ProtectedFace, float] | None:
    """The protected face that one of these is most like, and how like, if it is the same person's."""
    listed = list(ProtectedFace.objects.all())
    likeness = [
        (similarity(embedding, protected), face) for embedding in embeddings for face in listed for protected in face.embeddings
    ]
    best = max(likeness, key=lambda pair: pair[0], default=None)
    return (best[1], best[0]) if best and best[0] >= SAME_PERSON else None


def anyone_listed() -> bool:
    return ProtectedFace.objects.exists()


def require_unprotected(prepared: Prepared) -> None:
    """Raises ApiError: `protected_face`, or `face_not_told` where the model does not say whose face it is."""
    if not anyone_listed():
        return
    if not prepared.embeddings or any(len(embedding) != LENGTH for embedding in prepared.embeddings):
        _log.error("the model gives no embedding of %d numbers, without which no face can be compared", LENGTH)
        raise ApiError(503, "face_not_told", "Whose face it is cannot be told just now, so that it cannot be used.")
    found = match(prepared.embeddings)
    if found is not None:
        face, likeness = found
        _log.warning("a face was refused: it is like protected face %d (%s) by %.2f", face.pk, face.name, likeness)
        raise ApiError(
            422,
            "protected_face",
            "This face is on the operator's list of people whose faces may not be used here. "
            "If that is a mistake, write to the operator by the report link at the foot of the page.",
        )


def withdraw_matching(relay: Relay) -> int:
    """Withdraws the faces that visitors have brought of somebody who is listed by now; says how many."""
    found = [source for source in Source.objects.live() if match(source.embeddings) is not None]
    for source in found:
        source.withdraw(relay)
    return len(found)
