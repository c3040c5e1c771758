"""Whether the relay is well and can reach the model."""

import time
from typing import Any

import gevent
from gevent.lock import BoundedSemaphore

from relay import __version__
from relay.model import InstanceRefused, Model
from relay.prediction import ModelUnavailable

WAIT_S = 3.0
#: Anyone may ask; the model is asked no more often than this.
REMEMBER_S = 2.0
#: A page shows the parameters as settings before its first stream.
DESCRIBED = ("name", "version", "parameters")


class Health:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._asking = BoundedSemaphore(1)
        self._answer: dict[str, Any] = {}
        self._good_until = 0.0

    def report(self) -> dict[str, Any]:
        """`ok` is the relay's own health: it is well without the model, and its streams wait for one."""
        with self._asking:
            if time.monotonic() >= self._good_until:
                self._answer = self._ask()
                self._good_until = time.monotonic() + REMEMBER_S
        return {"ok": True, "version": __version__, "model": self._answer}

    def _ask(self) -> dict[str, Any]:
        try:
            with gevent.Timeout(WAIT_S):
                described = self._model.describe()
        except (ModelUnavailable, InstanceRefused) as error:
            return {"reachable": False, "message": error.message}
        except gevent.Timeout:
            return {"reachable": False, "message": f"the model did not answer within {WAIT_S:g} s"}
        return {"reachable": True, **{part: described.get(part) for part in DESCRIBED}}
