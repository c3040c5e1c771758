"""What all videos end with: one file, signed, in the storage."""

from pathlib import Path

from mediajobs import files
from mediajobs.models import Job, Segment
from mediajobs.progress import Progress
from mediajobs.video.assembly import Fetch, assemble
from mediajobs.video.source import VideoSource
from provenance.credentials import sign

MEDIA_TYPE = "video/mp4"
ODD = "The picture has an odd number of columns or rows, which MP4 cannot have: one was added at its edge."
ONE_SOUND = "The file has {tracks} sound tracks; the first was kept, the others were left out."
CUT_OFF = "The video is broken off after {done:.1f} of {promised:.1f} seconds; that much was done."
#: A file may promise a little more than it holds, for its sound or for the rounding, without anything being missing.
_SHORT_BY_SECONDS, _SHORT_BY_SHARE = 1.0, 0.02

__all__ = ["Fetch", "finish", "stored", "tell_size"]


def tell_size(job: Job, source: VideoSource) -> None:
    Job.objects.filter(id=job.id).update(width=source.width + source.width % 2, height=source.height + source.height % 2)


def stored(segment: Segment, folder: Path) -> Fetch:
    return lambda: files.fetch(segment.stored_as, folder / "segment")


def finish(job: Job, source: VideoSource, parts: list[Fetch], folder: Path, progress: Progress, complete: bool = True) -> float:
    """Returns how many seconds the result lasts. Raises JobStopped, but for the part that is kept because it was stopped."""
    result = folder / "result.mp4"
    length = assemble(source, parts, result, complete, progress.beat if complete else lambda: None)
    sign(result, result, MEDIA_TYPE, job.name)
    files.keep(result, job.result_stored_as)
    Job.objects.filter(id=job.id).update(result_type=MEDIA_TYPE)
    if source.width % 2 or source.height % 2:
        progress.note("odd_size", ODD)
    if source.sound_tracks > 1:
        progress.note("one_sound", ONE_SOUND.format(tracks=source.sound_tracks))
    if complete and _is_cut_off(source, length):
        progress.note("cut_off", CUT_OFF.format(done=length, promised=max(source.promised, length)))
    return length


def _is_cut_off(source: VideoSource, length: float) -> bool:
    return not source.whole or length < source.promised * (1 - _SHORT_BY_SHARE) - _SHORT_BY_SECONDS
