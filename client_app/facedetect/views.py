"""Pages, the API behind them, and the images it takes and serves."""

import base64
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facedetect import catalogue, tokens, uploads
from facedetect.api import ApiView, error_response, read_json
from facedetect.consent import STATEMENT
from facedetect.errors import ApiError, bad_request
from facedetect.models import Source
from facedetect.photos import source_id as id_of
from facedetect.relay import address_for_page, relay_for
from facedetect.visitors import known_visitor, visitor_of

MAX_SESSION_SOURCES = 8


@require_safe
@never_cache
def studio(request: HttpRequest) -> HttpResponse:
    relay = address_for_page(request)
    config = {
        "relay": {"stream": relay.stream, "health": relay.health},
        "consent": {"version": STATEMENT.version, "text": STATEMENT.text},
        "max_upload_bytes": settings.MAX_UPLOAD_BYTES,
        "max_photos": settings.MAX_PHOTOS,
    }
    return render(request, "index.html", {"config": config, "gallery": _gallery(visitor_of(request))})


def _gallery(visitor: str | None) -> list[dict[str, Any]]:
    # The page with its built-in faces is worth showing even while the database is not there; the API says that it is not.
    try:
        return catalogue.entries(visitor)
    except DatabaseError:
        return catalogue.built_in()


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy.html", {"hours": settings.SOURCE_HOURS, "consent": STATEMENT.text})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it where a page names no icon, as the admin's do."""
    return redirect(static("icons/icon.svg"))


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    try:
        Source.objects.exists()
    except DatabaseError as error:
        message = f"The database does not answer ({error}). If its tables are missing, run: python manage.py migrate"
        return error_response(ApiError(503, "database_unavailable", message))
    return JsonResponse({"status": "ok", "faces": len(catalogue.built_in())})


@require_safe
@never_cache
def expire_sources(request: HttpRequest) -> JsonResponse:
    """App Engine's cron calls this; it only does what is due anyway, so it matters little who else might."""
    if request.headers.get("X-Appengine-Cron") != "true":
        return error_response(ApiError(403, "forbidden", "Only App Engine's cron service calls this."))
    request.session.clear_expired()
    return JsonResponse({"deleted": Source.objects.delete_expired()})


class SourcesView(ApiView):
    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse({"sources": catalogue.entries(visitor_of(request))})

    def post(self, request: HttpRequest) -> JsonResponse:
        upload = uploads.read(request)
        reasons = relay_for(request).prepare(id_of(upload.photos), upload.photos)
        source = Source.objects.bring(known_visitor(request), upload.name, upload.photos, STATEMENT)
        return JsonResponse({**source.as_json(), "reasons": reasons}, status=201)


class SourceView(ApiView):
    def delete(self, request: HttpRequest, source_id: str) -> HttpResponse:
        catalogue.own(visitor_of(request), source_id).withdraw(relay_for(request))
        return HttpResponse(status=204)


class SourceImageView(ApiView):
    """A face as its owner sees it."""

    def get(self, request: HttpRequest, source_id: str) -> HttpResponse:
        first, *_ = catalogue.photos(visitor_of(request), source_id)
        return HttpResponse(first, content_type="image/jpeg")


class SourceImagesView(ApiView):
    """A face as the relay fetches it, for whoever's session token it holds."""

    def get(self, request: HttpRequest, source_id: str) -> JsonResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise tokens.unauthorised("Expected the session token as a bearer.")
        grant = tokens.read(token.strip())
        if source_id not in grant.sources:
            raise ApiError(403, "forbidden", "The session token is not for this face.")
        photos = catalogue.photos(grant.sid, source_id)
        return JsonResponse({"images": [{"b64": base64.b64encode(photo).decode("ascii")} for photo in photos]})


class SessionsView(ApiView):
    def post(self, request: HttpRequest) -> JsonResponse:
        wanted = _wanted_sources(read_json(request))
        for source_id in wanted:
            catalogue.require_usable(visitor_of(request), source_id)
        token = tokens.issue(known_visitor(request), wanted)
        url = address_for_page(request).stream
        return JsonResponse({"token": token, "url": url, "expires_in": tokens.START_SECONDS})


def _wanted_sources(body: dict[str, Any]) -> list[str]:
    if ("source" in body) == ("sources" in body):
        raise bad_request('Expected either {"source": id} or {"sources": [id, ...]}.')
    wanted = body["sources"] if "sources" in body else [body["source"]]
    if not isinstance(wanted, list) or not all(isinstance(item, str) for item in wanted):
        raise bad_request("Expected the ids of faces as text.")
    distinct = list(dict.fromkeys(wanted))
    if not 1 <= len(distinct) <= MAX_SESSION_SOURCES:
        raise bad_request(f"Expected 1 to {MAX_SESSION_SOURCES} faces, got {len(distinct)}.")
    return distinct
