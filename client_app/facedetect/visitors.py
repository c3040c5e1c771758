"""Who is asking: a random id in the browser's session, made when a visitor first needs one."""

import secrets

from django.http import HttpRequest

_KEY = "visitor"


def visitor_of(request: HttpRequest) -> str | None:
    """The visitor's id, or None for one who has done nothing yet that needs one."""
    visitor = request.session.get(_KEY)
    return visitor if isinstance(visitor, str) else None


def known_visitor(request: HttpRequest) -> str:
    """The visitor's id, which from now on the browser's session cookie stands for."""
    visitor = visitor_of(request)
    if visitor is None:
        visitor = secrets.token_urlsafe(16)
        request.session[_KEY] = visitor
    return visitor
