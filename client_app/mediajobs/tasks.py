"""What the queue's worker runs."""

from django_tasks import task

from mediajobs import queue, work


@task()
def take_a_turn() -> None:
    """Does the job that is due, if there is one."""
    job = queue.claim(queue.me())
    if job is not None:
        work.do(job)
