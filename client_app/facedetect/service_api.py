"""What programs ask before they begin: how the server is, what its model offers, what is to be agreed to."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema

from facedetect import catalogue
from facedetect.api import Refusal
from facedetect.consent import MEDIA_STATEMENT, STATEMENT
from facedetect.models import Source
from facedetect.relay import relay_for

router = Router(tags=["service"])


class Agreement(Schema):
    """`version` is what a call sends as `consent`, once the person who answers for it has read `text` and agrees."""

    version: str = Field(examples=[STATEMENT.version])
    text: str


class Statements(Schema):
    """`photo`: before photos of a face are brought; `media`: before pictures and videos are."""

    photo: Agreement
    media: Agreement


class Model(Schema):
    """`parameters`: a JSON schema each, under the names that a stream's and a job's options take."""

    name: str = Field(examples=["faceswap"])
    version: str = Field(examples=["1"])
    engines: list[str] = Field(default=[], examples=[["mesh"]])
    parameters: dict[str, dict[str, Any]] = Field(examples=[{"opacity": {"type": "number", "minimum": 0, "maximum": 1}}])


class Limits(Schema):
    """What may be sent at most, and how long it is kept."""

    photo_bytes: int
    photos: int
    media_bytes: int
    hours: int
    calls_per_minute: int


class Health(Schema):
    """`faces`: how many built-in ones there are."""

    status: str = Field(examples=["ok"])
    faces: int
    limits: Limits


@router.get("/statement", response=Statements, summary="What is to be agreed to before anything is brought")
def statement(request: HttpRequest) -> Any:
    return {
        name: {"version": wording.version, "text": wording.text}
        for name, wording in (("photo", STATEMENT), ("media", MEDIA_STATEMENT))
    }


@router.get("/model", response={200: Model, 503: Refusal}, summary="What the model is, and which options it takes")
def model(request: HttpRequest) -> Any:
    return relay_for(request).model()


@router.get("/health", response={200: Health, 503: Refusal}, summary="Whether this server is well, and its limits")
def health(request: HttpRequest) -> Any:
    Source.objects.exists()
    return {
        "status": "ok",
        "faces": len(catalogue.built_in()),
        "limits": {
            "photo_bytes": settings.MAX_UPLOAD_BYTES,
            "photos": settings.MAX_PHOTOS,
            "media_bytes": settings.MAX_MEDIA_BYTES,
            "hours": settings.SOURCE_HOURS,
            "calls_per_minute": settings.API_CALLS_PER_MINUTE,
        },
    }
