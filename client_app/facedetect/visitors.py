"""Who is asking: an account, whoever an API token speaks for, or a random id in the browser's session.

Whatever a visitor owns is filed under one string. Apps that keep something follow two signals: `visitor_moved` when
what a visit brought becomes an account's, `visitor_left` when all that a visitor owns is to be deleted.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.dispatch import Signal
from django.http import HttpRequest

#: kwargs: `old` and `new`, both visitors.
visitor_moved = Signal()
#: kwargs: `visitor`.
visitor_left = Signal()

_KEY = "visitor"
_ACCOUNT = "user-"  # no random id begins so and is as short


@dataclass(frozen=True)
class TokenHolder:
    """As `request.auth`: an API token came with the request, and speaks for this visitor whatever cookie came too."""

    visitor: str


def visitor_of(request: HttpRequest) -> str | None:
    """The visitor's id, or None for one who has done nothing yet that needs one."""
    holder = getattr(request, "auth", None)
    if isinstance(holder, TokenHolder):
        return holder.visitor
    if settings.ACCOUNTS and isinstance(request.user, User):
        return account_visitor(request.user)
    return visitor_of_session(request)


def visitor_of_session(request: HttpRequest) -> str | None:
    """The id of a visit, whoever has signed in during it."""
    visitor = request.session.get(_KEY)
    return visitor if isinstance(visitor, str) else None


def known_visitor(request: HttpRequest) -> str:
    """The visitor's id, which from now on the browser's session cookie stands for."""
    visitor = visitor_of(request)
    if visitor is None:
        visitor = secrets.token_urlsafe(16)
        request.session[_KEY] = visitor
    return visitor


def end_visit(request: HttpRequest) -> None:
    """From now on the session stands for nobody of its own."""
    request.session.pop(_KEY, None)


def account_visitor(user: User) -> str:
    return f"{_ACCOUNT}{user.pk}"


def is_account(visitor: str) -> bool:
    return visitor.startswith(_ACCOUNT)


def account_of(visitor: str) -> User | None:
    """The account behind the id, unless the operator has closed it or all of them."""
    if not settings.ACCOUNTS or not is_account(visitor):
        return None
    return User.objects.filter(pk=visitor.removeprefix(_ACCOUNT), is_active=True).first()
