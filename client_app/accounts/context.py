"""What the navigation of every page needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def accounts(request: HttpRequest) -> dict[str, Any]:
    return {"accounts_offered": settings.ACCOUNTS}
