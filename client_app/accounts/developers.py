"""The page for those who write programs: their tokens, and the API as its own description tells it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import NewToken
from accounts.models import TOKENS_EACH, ApiToken
from accounts.reference import refusals_of_every_call, sections
from facedetect.api import api
from facedetect.visitors import is_account, known_visitor, visitor_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def developers(request: HttpRequest) -> HttpResponse:
    lasting = is_account(visitor_of(request) or "")
    form = NewToken(request.POST if request.method == "POST" else None, lasting=lasting)
    fresh: dict[str, Any] = {}
    if form.is_valid():
        visitor = known_visitor(request)
        if ApiToken.objects.of(visitor).count() >= TOKENS_EACH:
            form.add_error(None, f"You have {TOKENS_EACH} tokens, which is as many as there may be. Revoke one first.")
        else:
            token, secret = ApiToken.objects.issue(visitor, form.cleaned_data["name"], form.cleaned_data.get("days", 0))
            fresh = {"fresh": token, "secret": secret}
            form = NewToken(lasting=lasting)
    spec = api.get_openapi_schema()
    context = {
        "form": form,
        "lasting": lasting,
        "tokens": ApiToken.objects.of(visitor_of(request)),
        "hours": settings.SOURCE_HOURS,
        "rate": settings.API_CALLS_PER_MINUTE,
        "site": f"{request.scheme}://{request.get_host()}",
        "sections": sections(spec),
        "everywhere": refusals_of_every_call(spec),
        **fresh,
    }
    return render(request, "accounts/developers.html", context)


@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.of(visitor_of(request)), pk=number)
    token.delete()
    messages.success(request, f"“{token.name}” is revoked: it opens nothing any more.")
    return redirect("developers")
