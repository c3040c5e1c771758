"""Has the stretches of a video swapped, several at once or one after another, through whatever outages there are."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from mediajobs.failures import JobFailed, JobStopped
from mediajobs.progress import TICK_SECONDS, Progress
from mediajobs.relay_stream import RelayAway, RelayStream
from mediajobs.video.passage import Outcome, Passage
from mediajobs.video.segments import Stretch, chains
from mediajobs.video.source import VideoSource

#: Pauses between tries while the relay or the model is away: they grow from the first to the second.
PAUSES_SECONDS = (0.5, 10.0)
#: A file is given up when nothing could be done for so long.
PATIENCE_SECONDS = 1800.0

#: What is told of each stretch that has been swapped, in the thread that runs them.
Told = Callable[[Stretch, Outcome], None]


def run(source: VideoSource, stretches: list[Stretch], folder: Path, progress: Progress, streams: int, told: Told) -> None:
    """Raises JobFailed; JobStopped after what was done of the stretches then at work has been told."""
    people = bool(progress.wish().assign)
    work = chains(stretches, streams) if people else [[stretch] for stretch in stretches]
    _Run(source, folder, progress, streams, told, from_start=people).all(work)


class _Run:
    """A chain of stretches goes through one stream. `from_start`: each stream sees the video from its first frame on, since
    what `assign` names are ids that a stream gives to people as they come."""

    def __init__(
        self, source: VideoSource, folder: Path, progress: Progress, streams: int, told: Told, from_start: bool
    ) -> None:
        self._source = source
        self._folder = folder
        self._progress = progress
        self._streams = streams
        self._told = told
        self._from_start = from_start
        self._done: deque[tuple[Stretch, Outcome]] = deque()

    def all(self, work: list[list[Stretch]]) -> None:
        failure: BaseException | None = None
        with ThreadPoolExecutor(self._streams, thread_name_prefix="stretch") as pool:
            running: set[Future[None]] = {pool.submit(self._chain, chain) for chain in work}
            while running:
                finished, running = wait(running, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
                try:
                    self._tell()
                    self._progress.tick()
                    for future in finished:
                        future.result()
                except BaseException as error:
                    # The other threads are to end before this one goes on; what they still say is of no use then.
                    failure = failure or error
                    self._progress.stopping.set()
        if failure is not None and not isinstance(failure, JobStopped):
            raise failure
        self._tell()
        if self._progress.stopping.is_set():
            raise JobStopped

    def _tell(self) -> None:
        while self._done:
            self._told(*self._done.popleft())

    def _chain(self, chain: list[Stretch]) -> None:
        rest = deque(chain)
        pauses, gives_up = _pauses(), time.monotonic() + PATIENCE_SECONDS
        while rest:
            before = len(rest)
            try:
                self._as_far_as_it_goes(rest)
            except RelayAway as error:
                if len(rest) < before:
                    pauses, gives_up = _pauses(), time.monotonic() + PATIENCE_SECONDS
                if time.monotonic() > gives_up:
                    minutes = round(PATIENCE_SECONDS / 60)
                    raise JobFailed(f"For {minutes} minutes {error}. Start it again when the server is well.") from error
                self._progress.in_trouble(f"It waits, because {error}; it goes on by itself.")
                self._progress.stopping.wait(next(pauses))
                self._progress.check()

    def _as_far_as_it_goes(self, rest: "deque[Stretch]") -> None:
        """Takes from `rest` what has been done."""
        self._progress.check()
        with RelayStream(self._progress.wish(), self._progress.stopping) as stream:
            passage = Passage(self._source, self._progress, stream, self._streams)
            while rest:
                stretch = replace(rest[0], warm_from=self._source.first) if self._from_start else rest[0]
                outcome = passage.swap(stretch, self._folder / f"stretch-{stretch.number:05d}")
                self._done.append((stretch, outcome))
                if not outcome.complete:
                    raise JobStopped
                rest.popleft()


def _pauses() -> Iterator[float]:
    pause, longest = PAUSES_SECONDS
    while True:
        yield pause
        pause = min(longest, pause * 2)
