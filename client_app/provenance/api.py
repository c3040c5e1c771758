"""What a file says about itself, for the page and for programs."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from ninja import Field, Router, Schema

from facedetect.api import Refusal, require_body_below
from facedetect.errors import ApiError, bad_request
from provenance.examine import Busy, examine
from provenance.manifest import Credentials
from provenance.statement import State, Statement, statement_of

_CHUNK = 1 << 16

router = Router(tags=["verify"])


class SourceTypeSaid(Schema):
    """A digital source type of IPTC's: the term's address, what it means, whether generative AI had a part in it."""

    address: str
    words: str
    by_ai: bool


class ActionSaid(Schema):
    """`name` is C2PA's, such as `c2pa.created`; `when` is the maker's own clock. Empty where nothing is said."""

    name: str
    when: str
    software: str
    source_type: str
    description: str


class CredentialsSaid(Schema):
    """C2PA content credentials.

    `trusted`: signed with this server's own certificate. `intact`: signature and content fit each other.
    `signed_at`: by a time-stamp authority, empty without one.
    """

    signer: str
    software: str
    title: str
    signed_at: str
    trusted: bool
    intact: bool
    actions: list[ActionSaid]


class FileStatement(Schema):
    """`headline`, `meaning` and `limits` say to people what `state` says to programs."""

    state: State
    headline: str
    meaning: str
    limits: str
    media_type: str = Field(description="judged by its bytes; empty where it is none that can be read")
    credentials: CredentialsSaid | None
    source_types: list[SourceTypeSaid] = Field(description="in the credentials, then in the XMP")


@router.post(
    "/verify",
    response={200: FileStatement, 413: Refusal, 503: Refusal},
    summary="What a file says about itself",
    description="The body is the file itself: JPEG, PNG, WebP or MP4. It is read and let go.",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def verify(request: HttpRequest) -> FileStatement:
    require_body_below(request, settings.MAX_VERIFY_BYTES)
    try:
        with _kept_for_now(request) as file:
            return _said(statement_of(examine(file)))
    except Busy as error:
        message = "Other files are being looked at; try again in a moment."
        raise ApiError(503, "busy", message, {"Retry-After": "20"}) from error


@contextmanager
def _kept_for_now(request: HttpRequest) -> Iterator[IO[bytes]]:
    """The body as a file without a name: even a crash leaves nothing behind."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(tempfile.TemporaryFile())
            while chunk := request.read(_CHUNK):
                file.write(chunk)
            file.flush()
        except UnreadablePostError:
            raise
        except OSError as error:
            raise ApiError(503, "no_room", "The server has no room for this file now; try again later.") from error
        if file.tell() < int(request.headers.get("Content-Length") or 0):
            raise bad_request("The request ended before its body was complete.")
        yield file


def _said(statement: Statement) -> FileStatement:
    return FileStatement(
        state=statement.state,
        headline=statement.headline,
        meaning=statement.meaning,
        limits=statement.limits,
        media_type=statement.media_type,
        credentials=_credentials_said(statement.credentials) if statement.credentials else None,
        source_types=[SourceTypeSaid(**vars(source_type)) for source_type in statement.source_types],
    )


def _credentials_said(found: Credentials) -> CredentialsSaid:
    return CredentialsSaid(
        signer=found.signer,
        software=found.software,
        title=found.title,
        signed_at=found.signed_at,
        trusted=found.ours,
        intact=found.signature_holds and found.content_fits,
        actions=[ActionSaid(**vars(action)) for action in found.actions],
    )
