"""A recording's job: what the page recorded of swapped frames becomes an MP4 with its sound, signed. Nothing is swapped."""

from pathlib import Path

from mediajobs.failures import JobFailed
from mediajobs.models import Job
from mediajobs.progress import Progress
from mediajobs.video import finishing
from mediajobs.video.encoder import StretchWriter
from mediajobs.video.frames import decode
from mediajobs.video.passage import UNREADABLE
from mediajobs.video.picture import Converter
from mediajobs.video.source import examine


def make(job: Job, original: Path, progress: Progress) -> None:
    """`original`: the recording, in a folder that is gone afterwards. Raises JobFailed, JobStopped."""
    source, folder = examine(original), original.parent
    finishing.tell_size(job, source)
    progress.begin(0, source.frames)
    converter, part, frames = Converter(source), folder / "stretch", 0
    writer = StretchWriter(part, source, streams=1)
    for frame in decode(source, source.first, None, lambda: progress.note("unreadable", UNREADABLE)):
        writer.write(converter.upright(frame))
        progress.frame_done(None)
        frames += 1
        progress.beat()
    writer.close()
    if not frames:
        raise JobFailed("None of the recording's frames can be read.")
    finishing.finish(job, source, [lambda: part], folder, progress)
    Job.objects.filter(id=job.id).update(frames_done=frames, frames_total=frames)
