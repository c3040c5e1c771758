"""The JSON API: one for all the apps of this server, each of which adds a router of its own in `urls.py`."""

import json
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from ninja import Schema
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.parser import Parser

from accounts.bearer import ApiToken, Visit
from accounts.rate import CallsPerMinute
from facedetect.api_description import DescribedApi, description
from facedetect.errors import ApiError, bad_request, readable_size

_log = logging.getLogger(__name__)


class Problem(Schema):
    """`code` names the case for programs, `message` says to people what was expected and what to do."""

    code: str
    message: str


class Refusal(Schema):
    error: Problem


def error_response(error: ApiError) -> JsonResponse:
    body = {"error": {"code": error.code, "message": error.message}}
    return JsonResponse(body, status=error.status, headers=error.headers)


class _JsonBody(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise bad_request("The body is not JSON.") from error
        if not isinstance(body, dict):
            raise bad_request(f"Expected a JSON object, got {type(body).__name__}.")
        return body


api = DescribedApi(
    title="Live Face Swap",
    version="1",
    description=description(),
    urls_namespace="api",
    docs_url=None,
    parser=_JsonBody(),
    auth=[ApiToken(), Visit()],
    throttle=CallsPerMinute(),
)


@api.exception_handler(ApiError)
def _refused(request: HttpRequest, error: ApiError) -> HttpResponse:
    return error_response(error)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return error_response(bad_request(" ".join(_fault(fault) for fault in error.errors)))


@api.exception_handler(HttpError)
def _ninjas_own(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, ApiError):  # ninja wraps what the parser of the body raises
        return error_response(error.__cause__)
    return error_response(ApiError(error.status_code, "http_error", error.message))


@api.exception_handler(Throttled)
def _too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
    # ninja adds how long to wait, as Retry-After.
    message = f"More calls came than the {settings.API_CALLS_PER_MINUTE} that are possible in a minute; wait a moment."
    return error_response(ApiError(429, "too_many_calls", message))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return error_response(too_much(settings.MAX_JSON_BYTES))


@api.exception_handler(UnreadablePostError)
def _cut_off(request: HttpRequest, error: UnreadablePostError) -> HttpResponse:
    return error_response(bad_request("The request ended before its body was complete."))


@api.exception_handler(DatabaseError)
def _no_database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    _log.error("the database failed; if its tables are missing, run: python manage.py migrate", exc_info=error)
    return error_response(ApiError(503, "database_unavailable", "The server's database does not answer now."))


@api.exception_handler(Exception)
def _our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return error_response(ApiError(500, "internal_error", "Something went wrong here; the operator can see it."))


def unknown(request: HttpRequest) -> HttpResponse:
    """Whatever lies under /api/ and is nothing."""
    return error_response(ApiError(404, "not_found", f"There is nothing at {request.path}."))


def require_body_below(request: HttpRequest, limit: int) -> None:
    """Judges the body by its announced length, before any of it is read."""
    if int(request.headers.get("Content-Length") or 0) > limit:
        raise too_much(limit)


def too_much(limit: int) -> ApiError:
    return ApiError(413, "body_too_large", f"The request is larger than the {readable_size(limit)} that are possible.")


def _fault(fault: dict[str, Any]) -> str:
    """One of pydantic's complaints as a sentence: where it is, and what was expected."""
    if fault["type"] == "missing" and len(fault["loc"]) == 2:
        return "Expected a JSON object as the body; it is empty."
    place = ".".join(str(part) for part in fault["loc"][2:])
    message = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{place}: {message}." if place else f"{message}."
