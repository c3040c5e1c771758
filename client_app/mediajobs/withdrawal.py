"""What becomes of jobs when a face goes."""

from typing import Any

from django.dispatch import receiver

from facedetect.signals import source_withdrawn
from mediajobs.models import ACTIVE, Job, State, Stop

TAKEN_DOWN = "It was deleted, because a face in it was taken down."


@receiver(source_withdrawn)
def end_jobs_with_it(sender: object, source_id: str, visitor: str, takedown: bool = False, **_: Any) -> None:
    """Its owner's withdrawal ends what is being made; the operator's takes away what was made, by whomever."""
    jobs = Job.objects.all() if takedown else Job.objects.filter(visitor=visitor)
    for job in jobs.filter(state__in=ACTIVE):
        if source_id in job.source_ids:
            _end(job)
    if takedown:
        for job in Job.objects.exclude(state__in=ACTIVE):
            if source_id in job.source_ids:
                _take_away(job)


def _end(job: Job) -> None:
    waiting = Job.objects.filter(id=job.id, state=State.WAITING)
    if not waiting.update(state=Stop.FACE.state, message=Stop.FACE.message):
        Job.objects.filter(id=job.id, state=State.RUNNING).update(stop=Stop.FACE)


def _take_away(job: Job) -> None:
    Job.objects.filter(id=job.id).update(state=State.FAILED, message=TAKEN_DOWN, result_type="", faces=[])
    job.remove_files()
