"""A visitor's uploads and jobs follow them into an account, and go with it."""

from typing import Any

from django.dispatch import receiver

from facedetect.visitors import visitor_left, visitor_moved
from mediajobs.models import Job, Upload


@receiver(visitor_moved)
def move_jobs(sender: object, old: str, new: str, **_: Any) -> None:
    Upload.objects.filter(visitor=old).update(visitor=new)
    Job.objects.filter(visitor=old).update(visitor=new)


@receiver(visitor_left)
def remove_jobs(sender: object, visitor: str, **_: Any) -> None:
    for upload in Upload.objects.filter(visitor=visitor):
        upload.remove()
