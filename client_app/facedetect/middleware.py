"""Response headers that depend on the request or that Django has no setting for."""

import ipaddress
from collections.abc import Callable

from csp.middleware import CSPMiddleware, PolicyParts
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import split_domain_port

from facedetect.relay import address_for_page

DEVICE_POLICY = ", ".join(
    ["camera=(self)", "microphone=(self)"]
    + [
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "browsing-topics",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "midi",
            "payment",
            "usb",
        )
    ]
)
_OPENER_POLICY = "Cross-Origin-Opener-Policy"


class DevicePolicy:
    """Says which of the visitor's devices the pages may ask for: the camera, the microphone for recordings, nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers["Permissions-Policy"] = DEVICE_POLICY
        if _OPENER_POLICY in response.headers and not _is_secure_context(request):
            # Browsers ignore it there, with an error in the console that would hide those that matter.
            del response.headers[_OPENER_POLICY]
        return response


class StreamContentSecurityPolicy(CSPMiddleware):
    """The policy of the settings, and the relay's address as one the page may connect to."""

    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only:
            parts.update = {**(parts.update or {}), "connect-src": _relay_origins(request)}
        return parts


def _relay_origins(request: HttpRequest) -> tuple[str, ...]:
    try:
        return address_for_page(request).origins
    except DisallowedHost:
        return ()


def _is_secure_context(request: HttpRequest) -> bool:
    if request.is_secure():
        return True
    host = split_domain_port(request.META.get("HTTP_HOST", ""))[0].strip("[]")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
