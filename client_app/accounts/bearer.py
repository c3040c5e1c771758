"""Who may call the API: whoever shows an API token, else whoever the browser's cookie stands for."""

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from accounts.models import ApiToken as StoredToken
from facedetect.errors import ApiError
from facedetect.visitors import TokenHolder


class ApiToken(HttpBearer):
    """A token that will not do is refused: falling back to the cookie would act for somebody else than was meant."""

    openapi_description = "An API token, made on the page /developers. It speaks for whoever made it."

    def __call__(self, request: HttpRequest) -> TokenHolder | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() in ("", "basic"):  # Basic is between a browser and a proxy before this server
            return None
        if scheme.lower() != "bearer":
            raise _refused(f"Expected Authorization: Bearer <API token>, got the scheme {scheme[:20]!r}.")
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> TokenHolder:
        visitor = StoredToken.objects.visitor_for(token)
        if visitor is None:
            raise _refused("The API token is unknown, has expired or was revoked; make another on the page /developers.")
        return TokenHolder(visitor)


class Visit(APIKeyCookie):
    """The browser's session; whoever has none yet is a new visitor, and welcome."""

    param_name = settings.SESSION_COOKIE_NAME
    openapi_description = "The cookie of a visit to the pages. A call without it starts a visit where it needs one."

    def __init__(self) -> None:
        super().__init__(csrf=False)  # the API guard judges where a request comes from

    def authenticate(self, request: HttpRequest, key: str | None) -> bool:
        return True


def _refused(message: str) -> ApiError:
    return ApiError(401, "bad_token", message, {"WWW-Authenticate": "Bearer"})
