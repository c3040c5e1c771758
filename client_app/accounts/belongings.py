"""What a visit brought becomes the account's when somebody signs in, and goes when the account does."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import ApiToken
from facedetect.visitors import account_visitor, end_visit, visitor_left, visitor_moved, visitor_of_session


@receiver(user_logged_in)
def _take_along(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    visit = visitor_of_session(request)
    if settings.ACCOUNTS and visit is not None:
        with transaction.atomic():
            visitor_moved.send(sender=User, old=visit, new=account_visitor(user))
        end_visit(request)


@receiver(pre_delete, sender=User)
def _delete_all(sender: object, instance: User, **_: Any) -> None:
    visitor_left.send(sender=User, visitor=account_visitor(instance))


@receiver(visitor_moved)
def _move_tokens(sender: object, old: str, new: str, **_: Any) -> None:
    ApiToken.objects.filter(visitor=old).update(visitor=new)


@receiver(visitor_left)
def _delete_tokens(sender: object, visitor: str, **_: Any) -> None:
    ApiToken.objects.filter(visitor=visitor).delete()
