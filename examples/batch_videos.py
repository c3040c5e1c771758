"""A folder of videos, swapped: python batch_videos.py films/ swapped/ --face "Sugar skull" --agree

Run again, it goes on where it was: what is done is left alone, jobs that go on at the server are followed. Ctrl-C cancels
the jobs of this run.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faceswap_api import ENDED, POLL_SECONDS, Api, Refused, agreed, arguments, options_of

ENDINGS = (".mp4", ".mov", ".webm", ".mkv", ".m4v")
JOBS = ".jobs.json"


@dataclass
class Batch:
    """`jobs` are those that were begun and not fetched yet, by the video's name; they are kept in the folder of results."""

    api: Api
    films: Path
    results: Path
    face: str
    consent: str
    options: dict[str, Any]
    jobs: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def run(self, at_once: int) -> None:
        waiting = [film for film in self._films() if not self._result_of(film.name).exists()]
        self._remember_from_last_time({film.name for film in waiting})
        waiting = [film for film in waiting if film.name not in self.jobs]
        print(f"{len(waiting)} to begin, {len(self.jobs)} to go on with")
        while waiting or self.jobs:
            while waiting and len(self.jobs) < at_once:
                self._begin(waiting.pop(0))
            for name in list(self.jobs):
                self._look_at(name)
            if self.jobs:
                time.sleep(POLL_SECONDS)

    def cancel(self) -> None:
        for name in list(self.jobs):
            try:
                self.api.delete(self.jobs[name])
            except Refused as error:
                print(f"{name}: {error}")
            self._forget(name)

    def _films(self) -> list[Path]:
        return sorted(film for film in self.films.iterdir() if film.suffix.lower() in ENDINGS)

    def _result_of(self, name: str) -> Path:
        return self.results / f"{name}.mp4"

    def _begin(self, film: Path) -> None:
        try:
            job = self.api.start(self.api.upload(film, self.consent), "video", self.face, self.options)
        except (Refused, OSError) as error:
            self._fail(film.name, str(error))
            return
        self.jobs[film.name] = job["id"]
        self._write()

    def _look_at(self, name: str) -> None:
        job = self.api.job(self.jobs[name])
        print(f"{name}: {_words(job)}", flush=True)
        if job["state"] not in ENDED:
            return
        if job["result"]:
            whole = job["state"] == "done"
            self.api.fetch(job["result"], self._result_of(name) if whole else self.results / f"{name}.part.mp4")
        if job["state"] != "done":
            self._fail(name, job["message"])
        self.api.delete(job["id"])
        self._forget(name)

    def _fail(self, name: str, reason: str) -> None:
        self.failed[name] = reason
        print(f"{name}: {reason}", file=sys.stderr)

    def _forget(self, name: str) -> None:
        del self.jobs[name]
        self._write()

    def _write(self) -> None:
        (self.results / JOBS).write_text(json.dumps(self.jobs))

    def _remember_from_last_time(self, names: set[str]) -> None:
        try:
            known = json.loads((self.results / JOBS).read_text())
        except (OSError, ValueError):
            known = {}
        for name, job in known.items():
            if name in names and self._is_there(job):
                self.jobs[name] = job

    def _is_there(self, job: str) -> bool:
        try:
            self.api.job(job)
        except Refused as error:
            if error.code == "unknown_job":
                return False
            raise
        return True


def _words(job: dict[str, Any]) -> str:
    if job["state"] == "running" and job["frames_total"]:
        speed = f", {job['fps']:.0f} frames a second" if job["fps"] else ""
        left = f", {job['seconds_left']:.0f} s left" if job["seconds_left"] is not None else ""
        return f"{job['frames_done']} of {job['frames_total']}{speed}{left}"
    return f"{job['state']}. {job['message']}".strip()


def main() -> int:
    given = _given()
    api = Api(given.site, given.token)
    try:
        given.results.mkdir(parents=True, exist_ok=True)
        batch = Batch(api, given.films, given.results, api.face(given.face), agreed(api, given.agree), options_of(given.option))
    except (Refused, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        batch.run(given.at_once)
    except (Refused, OSError) as error:
        print(f"Stopped: {error} Run it again to go on.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nCancelling ...")
        batch.cancel()
        return 130
    return 1 if batch.failed else 0


def _given() -> argparse.Namespace:
    parser = arguments(str(__doc__).partition("\n")[0])
    parser.add_argument("films", type=Path, help="folder of videos")
    parser.add_argument("results", type=Path, help="folder for what comes of them")
    parser.add_argument("--at-once", type=int, default=2, help="how many at the server at a time (%(default)s)")
    parser.add_argument("--agree", action="store_true", help="everyone in them agreed; the statement is shown without this")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
