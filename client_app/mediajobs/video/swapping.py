"""A video's job: cut into stretches, swapped, put together, signed."""

from itertools import takewhile
from pathlib import Path

from django.conf import settings

from mediajobs import files
from mediajobs.failures import JobFailed, JobStopped
from mediajobs.models import Job, Segment, Stop
from mediajobs.progress import Progress
from mediajobs.video import finishing
from mediajobs.video.passage import Outcome
from mediajobs.video.runners import run
from mediajobs.video.segments import Stretch, plan, stretches
from mediajobs.video.source import VideoSource, examine

NO_FACE = "No face was found in the video, so nothing was changed."


def make(job: Job, original: Path, progress: Progress) -> None:
    """`original` lies in a folder that is gone afterwards.

    Raises:
        JobFailed
        JobStopped: and where the visitor cancelled it, there is a result of what was done until then.
    """
    source, folder = examine(original), original.parent
    finishing.tell_size(job, source)
    planned = _plan(job, source)
    done = {segment.number: segment for segment in job.segments.filter(done=True)}
    progress.begin(sum(segment.frames for segment in done.values()), source.frames)
    partial: dict[int, Outcome] = {}

    def told(stretch: Stretch, outcome: Outcome) -> None:
        if not outcome.complete:
            partial[stretch.number] = outcome
            return
        segment = job.segments.get(number=stretch.number)
        files.keep(outcome.path, segment.stored_as)
        segment.frames, segment.swapped, segment.done = outcome.frames, outcome.swapped, True
        segment.save(update_fields=["frames", "swapped", "done"])

    try:
        run(source, [s for s in planned if s.number not in done], folder, progress, settings.VIDEO_STREAMS, told)
    except JobStopped:
        if progress.asked == Stop.CANCEL and not progress.gone:
            _keep_part(job, source, folder, progress, partial)
        raise
    kept = list(job.segments.all())
    if not any(segment.swapped for segment in kept):
        raise JobFailed(NO_FACE)
    frames = sum(segment.frames for segment in kept)
    if not frames:
        raise JobFailed("None of the video's frames can be read; the file is damaged.")
    finishing.finish(job, source, [finishing.stored(segment, folder) for segment in kept], folder, progress)
    Job.objects.filter(id=job.id).update(frames_done=frames, frames_total=frames)


def _plan(job: Job, source: VideoSource) -> list[Stretch]:
    """That of the worker before, where there was one: the settings may have changed since."""
    starts = list(job.segments.values_list("start", flat=True))
    if starts:
        return stretches(source, starts)
    planned = plan(source, settings.VIDEO_STREAMS)
    Segment.objects.bulk_create(Segment(job=job, number=s.number, start=s.start, end=s.end) for s in planned)
    return planned


def _keep_part(job: Job, source: VideoSource, folder: Path, progress: Progress, partial: dict[int, Outcome]) -> None:
    """Everything before the first gap."""
    whole = list(takewhile(lambda segment: segment.done, job.segments.all()))
    parts, swapped = [finishing.stored(segment, folder) for segment in whole], sum(segment.swapped for segment in whole)
    after = partial.get(len(whole))
    if after is not None and after.frames:
        parts.append(lambda: after.path)
        swapped += after.swapped
    if swapped:
        length = finishing.finish(job, source, parts, folder, progress, complete=False)
        progress.note("cancelled", f"It was cancelled: the first {length:.1f} of {source.seconds:.1f} seconds are there.")
