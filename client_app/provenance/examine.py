"""Has a file read in a process of its own, with limits on how many at once and how long."""

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from django.conf import settings

from provenance.identity import Identity
from provenance.manifest import Action, Credentials
from provenance.reading import Findings

AT_ONCE = 2
SECONDS = 30
_WAIT_SECONDS = 20
_ROOT = Path(__file__).resolve().parent.parent
_turns = threading.BoundedSemaphore(AT_ONCE)
_log = logging.getLogger(__name__)


class Busy(Exception):
    """As many files are being read as may be, and none was done in time."""


def examine(file: IO[bytes]) -> Findings:
    """`file`: a real one, on disk. Raises Busy."""
    identity: Identity = settings.C2PA_IDENTITY
    if not _turns.acquire(timeout=_WAIT_SECONDS):
        raise Busy
    try:
        file.seek(0)
        done = subprocess.run(
            [sys.executable, "-m", "provenance.reading", identity.issuer, str(identity.serial_number)],
            stdin=file,
            capture_output=True,
            cwd=_ROOT,
            timeout=SECONDS,
            check=True,
        )
        return _findings(json.loads(done.stdout))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode("utf-8", "replace")[-2000:]
        _log.warning("a file could not be read for /verify: %s %s", error, said)
        return Findings(fault="It is damaged, or built to be hard to read; the reading was given up.")
    finally:
        _turns.release()


def _findings(said: dict[str, object]) -> Findings:
    credentials = said.pop("credentials")
    if not isinstance(credentials, dict):
        return Findings(**said)  # type: ignore[arg-type]
    actions = tuple(Action(**action) for action in credentials.pop("actions"))
    return Findings(**said, credentials=Credentials(**credentials, actions=actions))  # type: ignore[arg-type]
