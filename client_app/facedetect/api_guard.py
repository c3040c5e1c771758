"""What holds for every call of the JSON API, whatever it is for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.utils.cache import add_never_cache_headers

from facedetect.api import error_response
from facedetect.errors import ApiError

PREFIX = "/api"


class ApiGuard:
    """Serves the API to programs and to this server's own pages, keeps answers out of caches, and refuses in JSON.

    No CSRF token is asked for: the judgement of the origin and the SameSite cookie do its work, and programs need no
    page first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != PREFIX and not request.path.startswith(f"{PREFIX}/"):
            return self._get_response(request)
        response = self._answer(request)
        add_never_cache_headers(response)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            _require_own_origin(request)
            _require_length(request)
        except ApiError as error:
            return error_response(error)
        if request.method == "HEAD":
            # The web server leaves the body out; ninja knows only what is asked for with GET.
            request.method = "GET"
        response = self._get_response(request)
        return _not_allowed(request, response) if isinstance(response, HttpResponseNotAllowed) else response


def _require_own_origin(request: HttpRequest) -> None:
    """Refuses what another site's page had the browser send; a program sends neither header and is served."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in ("same-origin", "none") or (origin and origin != f"{request.scheme}://{request.get_host()}"):
        raise ApiError(403, "foreign_origin", "Only the pages of this server may use its API from a browser.")


def _require_length(request: HttpRequest) -> None:
    if "Transfer-Encoding" in request.headers:
        raise ApiError(411, "length_required", "Expected a body with a Content-Length, not one in chunks.")


def _not_allowed(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponseBase:
    methods = set(response["Allow"].split(", "))
    allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    message = f"{request.method} is not possible here; expected {allowed}."
    return error_response(ApiError(405, "method_not_allowed", message, {"Allow": allowed}))
