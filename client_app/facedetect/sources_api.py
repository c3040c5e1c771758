"""The faces that a visitor may use, and sessions with them."""

import base64
from http import HTTPStatus
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from ninja.security import HttpBearer
from pydantic import model_validator

from facedetect import catalogue, tokens, uploads
from facedetect.api import Refusal
from facedetect.api_description import answers_with_a_file
from facedetect.consent import STATEMENT
from facedetect.errors import ApiError
from facedetect.intake import examine
from facedetect.models import Source, readable_name
from facedetect.photos import normalise
from facedetect.relay import address_for_page, relay_for
from facedetect.visitors import known_visitor, visitor_of

MAX_SESSION_SOURCES = 8

router = Router(tags=["faces"])


class Face(Schema):
    """`kind`: upload, photo, persona or trained; `expires_at`: null for a built-in face; a trained person has no picture."""

    id: str
    name: str
    image: str
    thumbnail: str
    kind: str
    credit: str
    expires_at: str | None


class Faces(Schema):
    sources: list[Face]


class Remark(Schema):
    code: str
    message: str


class NewFace(Face):
    """`reasons`: the model's remarks on photos that will do, but could be better."""

    reasons: list[Remark]


class Photo(Schema):
    b64: str


class Look(Schema):
    """`verdict`: good; usable, with `reasons` why another photo would do better; refused, with the reason it would be refused
    for. `crop`: the face as a JPEG, null where it is refused."""

    verdict: Literal["good", "usable", "refused"]
    reasons: list[Remark]
    crop: Photo | None


class Renaming(Schema):
    name: str


class Photos(Schema):
    images: list[Photo]


class SessionRequest(Schema):
    """Either `source` or `sources`."""

    source: str | None = None
    sources: list[str] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "SessionRequest":
        if (self.source is None) == (self.sources is None):
            raise ValueError('Expected either {"source": id} or {"sources": [id, ...]}')
        if not 1 <= len(self.wanted()) <= MAX_SESSION_SOURCES:
            raise ValueError(f"Expected 1 to {MAX_SESSION_SOURCES} faces, got {len(self.wanted())}")
        return self

    def wanted(self) -> list[str]:
        """Each face once, in the order they were asked for."""
        return list(dict.fromkeys([self.source] if self.source is not None else self.sources or []))


class Session(Schema):
    """`token` opens a stream at `url` within `expires_in` seconds."""

    token: str
    url: str
    expires_in: int = Field(examples=[tokens.START_SECONDS])


class SessionToken(HttpBearer):
    openapi_description = "The token that POST /api/sessions gives."

    def __call__(self, request: HttpRequest) -> tokens.Grant:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise tokens.unauthorised("Expected the session token as a bearer.")
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> tokens.Grant:
        return tokens.read(token)


@router.get("/sources", response=Faces, url_name="sources", summary="The faces you may use")
def list_sources(request: HttpRequest) -> Any:
    return {"sources": catalogue.entries(visitor_of(request))}


@router.post(
    "/sources",
    response={201: NewFace, 400: Refusal, 413: Refusal, 422: Refusal, 503: Refusal},
    summary="Bring photos of a person",
    openapi_extra=uploads.FORM,
)
def bring_source(request: HttpRequest) -> Any:
    upload = uploads.read(request)
    prepared = examine(upload.photos, relay_for(request))
    source = Source.objects.bring(known_visitor(request), upload.name, upload.photos, STATEMENT, prepared)
    return Status(201, {**source.as_json(), "reasons": prepared.reasons})


@router.post(
    "/photos/check",
    response={200: Look, 400: Refusal, 413: Refusal, 503: Refusal},
    summary="See how a photo would be cropped and whether it will do; nothing is kept",
    openapi_extra=uploads.ONE_PHOTO,
)
def check_photo(request: HttpRequest) -> Any:
    content = uploads.read_one(request)
    try:
        prepared = examine([normalise(content)], relay_for(request))
    except ApiError as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return {"verdict": "refused", "reasons": [{"code": error.code, "message": error.message}], "crop": None}
    crop = {"b64": base64.b64encode(prepared.crop).decode("ascii")} if prepared.crop else None
    return {"verdict": "usable" if prepared.reasons else "good", "reasons": prepared.reasons, "crop": crop}


@router.patch("/sources/{source_id}", response={200: Face, 400: Refusal, 404: Refusal}, summary="Give a face another name")
def rename_source(request: HttpRequest, source_id: str, wanted: Renaming) -> Any:
    source = catalogue.own(visitor_of(request), source_id)
    source.name = readable_name(wanted.name)
    source.save(update_fields=["name"])
    return source.as_json()


@router.delete("/sources/{source_id}", response={204: None, 404: Refusal}, url_name="source", summary="Delete a face for good")
def withdraw_source(request: HttpRequest, source_id: str) -> Any:
    catalogue.own(visitor_of(request), source_id).withdraw(relay_for(request))
    return Status(204, None)


@router.get(
    "/sources/{source_id}/image",
    response={404: Refusal},
    url_name="source-image",
    summary="A face as its owner sees it (JPEG)",
    openapi_extra=answers_with_a_file("image/jpeg"),
)
def source_image(request: HttpRequest, source_id: str) -> HttpResponse:
    first, *_ = catalogue.photos(visitor_of(request), source_id)
    return HttpResponse(first, content_type="image/jpeg")


@router.get(
    "/sources/{source_id}/thumbnail",
    response={404: Refusal},
    url_name="source-thumbnail",
    summary="A face you brought, small (JPEG)",
    openapi_extra=answers_with_a_file("image/jpeg"),
)
def source_thumbnail(request: HttpRequest, source_id: str) -> HttpResponse:
    return HttpResponse(catalogue.thumbnail(visitor_of(request), source_id), content_type="image/jpeg")


@router.get(
    "/sources/{source_id}/images",
    response={200: Photos, 401: Refusal, 403: Refusal, 404: Refusal},
    auth=SessionToken(),
    throttle=[],  # the relay fetches for everybody
    url_name="source-images",
    summary="A face as the relay fetches it, with a session token as bearer",
)
def source_images(request: HttpRequest, source_id: str) -> Any:
    grant = request.auth  # type: ignore[attr-defined]  # ninja puts there what the token says
    if source_id not in grant.sources:
        raise ApiError(403, "forbidden", "The session token is not for this face.")
    catalogue.require_usable(grant.visitor, source_id)
    photos = catalogue.photos(grant.visitor, source_id)
    return {"images": [{"b64": base64.b64encode(photo).decode("ascii")} for photo in photos]}


@router.post(
    "/sessions", response={200: Session, 400: Refusal, 404: Refusal}, summary="Open a session with one face or several"
)
def open_session(request: HttpRequest, wanted: SessionRequest) -> Any:
    sources = wanted.wanted()
    for source_id in sources:
        catalogue.require_usable(visitor_of(request), source_id)
    token = tokens.issue(known_visitor(request), sources)
    return {"token": token, "url": address_for_page(request).stream, "expires_in": tokens.START_SECONDS}
