"""Turns at the queue: one for each job that waits."""

from datetime import timedelta

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from mediajobs.models import Job, State

TASK = "mediajobs.tasks.take_a_turn"
_TOLD_FOR = timedelta(hours=1)


def give(count: int = 1) -> None:
    for _ in range(count):
        import_string(TASK).enqueue()


def give_missing() -> None:
    """A worker that was killed has taken its turn with it."""
    there = DBTaskResult.objects.filter(task_path=TASK, status=TaskResultStatus.READY).count()
    give(max(0, Job.objects.filter(state=State.WAITING).count() - there))


def forget_taken() -> None:
    """What a worker that was killed had taken stays marked as running; no turn takes longer than a day."""
    taken = DBTaskResult.objects.filter(task_path=TASK)
    taken.filter(finished_at__lt=timezone.now() - _TOLD_FOR).delete()
    taken.filter(status=TaskResultStatus.RUNNING, started_at__lt=timezone.now() - timedelta(days=1)).delete()
