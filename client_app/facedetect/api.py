"""What every API view shares: JSON answers for whatever happens, and answers for its own pages only."""

import json
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase, JsonResponse, UnreadablePostError
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from facedetect.errors import ApiError, bad_request, readable_size

_log = logging.getLogger(__name__)


def error_response(error: ApiError) -> JsonResponse:
    body = {"error": {"code": error.code, "message": error.message}}
    return JsonResponse(body, status=error.status, headers=error.headers)


# No CSRF token: `require_own_origin` and the SameSite cookie do its work, and programs need no page first.
@method_decorator([csrf_exempt, never_cache], name="dispatch")
class ApiView(View):
    """A view whose every answer, errors included, is JSON."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            require_own_origin(request)
            return super().dispatch(request, *args, **kwargs)
        except ApiError as error:
            return error_response(error)
        except RequestDataTooBig:
            return error_response(too_much(settings.MAX_JSON_BYTES))
        except UnreadablePostError:
            return error_response(bad_request("The request ended before its body was complete."))
        except DatabaseError:
            _log.exception("the database failed; if its tables are missing, run: python manage.py migrate")
            return error_response(ApiError(503, "database_unavailable", "The server's database does not answer now."))
        except Exception:
            _log.exception("%s %s failed", request.method, request.path)
            return error_response(ApiError(500, "internal_error", "Something went wrong here; the operator can see it."))

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        allowed = ", ".join(method.upper() for method in self.http_method_names if hasattr(self, method))
        message = f"{request.method} is not possible here; expected {allowed}."
        raise ApiError(405, "method_not_allowed", message, {"Allow": allowed})


class UnknownApiView(ApiView):
    """Whatever lies under /api/ and is nothing."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return error_response(ApiError(404, "not_found", f"There is nothing at {request.path}."))


def require_own_origin(request: HttpRequest) -> None:
    """Refuses what another site's page had the browser send; a program sends neither header and is served."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in ("same-origin", "none") or (origin and origin != f"{request.scheme}://{request.get_host()}"):
        raise ApiError(403, "foreign_origin", "Only the pages of this server may use its API from a browser.")


def require_body_below(request: HttpRequest, limit: int) -> None:
    """Judges the body by its announced length, before any of it is read."""
    if "Transfer-Encoding" in request.headers:
        raise ApiError(411, "length_required", "Expected a body with a Content-Length, not one in chunks.")
    if int(request.headers.get("Content-Length") or 0) > limit:
        raise too_much(limit)


def too_much(limit: int) -> ApiError:
    return ApiError(413, "body_too_large", f"The request is larger than the {readable_size(limit)} that are possible.")


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The body as a JSON object."""
    require_body_below(request, settings.MAX_JSON_BYTES)
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise bad_request("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise bad_request(f"Expected a JSON object, got {type(body).__name__}.")
    return body
