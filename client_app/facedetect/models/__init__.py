"""What the database keeps of faces, one kind in each module."""

from facedetect.models.consents import Consent
from facedetect.models.installation import Installation
from facedetect.models.operator import ProtectedFace, Report, TakenDown
from facedetect.models.sources import NAME_LENGTH, UNNAMED, Photo, Source, readable_name
from facedetect.models.tallies import Tally

__all__ = [
    "NAME_LENGTH",
    "UNNAMED",
    "Consent",
    "Installation",
    "Photo",
    "ProtectedFace",
    "Report",
    "Source",
    "TakenDown",
    "Tally",
    "readable_name",
]
