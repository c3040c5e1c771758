"""The page that says what a file says about itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from facedetect.errors import readable_size


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    limit = settings.MAX_VERIFY_BYTES
    return render(request, "verify.html", {"limit": limit, "readable_limit": readable_size(limit)})
