"""What a job has the model do."""

from django.conf import settings

from mediajobs.models import Job
from mediajobs.relay_stream import Wish

#: A stream whose connection was lost counts for a while, beside the one that takes its place.
_SPARE = 2


def wish_of(job: Job) -> Wish:
    return Wish(job.visitor, str(job.id), job.source, job.assign, job.options, settings.VIDEO_STREAMS + _SPARE)
