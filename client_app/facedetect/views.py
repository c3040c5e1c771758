"""Pages."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from facedetect import catalogue
from facedetect.api import error_response
from facedetect.consent import MEDIA_STATEMENT, STATEMENT
from facedetect.errors import ApiError
from facedetect.models import Source
from facedetect.relay import address_for_page
from facedetect.visitors import visitor_of
from mediajobs.models import remove_expired


@require_safe
@never_cache
@gzip_page
def studio(request: HttpRequest) -> HttpResponse:
    return _page_with_faces(request, "index.html", **_media())


@require_safe
@never_cache
@gzip_page
def files(request: HttpRequest) -> HttpResponse:
    """Pictures and videos."""
    return _page_with_faces(request, "files.html", **_media())


def _media() -> dict[str, Any]:
    return {
        "media_consent": {"version": MEDIA_STATEMENT.version, "text": MEDIA_STATEMENT.text},
        "max_media_bytes": settings.MAX_MEDIA_BYTES,
    }


@require_safe
@never_cache
@gzip_page
def stage(request: HttpRequest) -> HttpResponse:
    """The swapped picture alone, for a window that others see."""
    return render(request, "stage.html", {"gallery": _gallery(visitor_of(request))})


def _page_with_faces(request: HttpRequest, template: str, **more: Any) -> HttpResponse:
    """A page on which a face can be chosen and brought; `more` joins what its scripts are told."""
    relay = address_for_page(request)
    config = {
        "relay": {"stream": relay.stream, "health": relay.health},
        "consent": {"version": STATEMENT.version, "text": STATEMENT.text},
        "max_upload_bytes": settings.MAX_UPLOAD_BYTES,
        "max_photos": settings.MAX_PHOTOS,
        **more,
    }
    return render(request, template, {"config": config, "gallery": _gallery(visitor_of(request))})


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
    deleted = Source.objects.delete_expired() + remove_expired()
    return JsonResponse({"deleted": deleted, "swept": Source.objects.sweep_files()})
