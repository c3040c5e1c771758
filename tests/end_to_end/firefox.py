"""A headless Firefox, driven over WebDriver BiDi: what Playwright does for Chromium, as far as the tests need it.

The Firefox that systems ship has BiDi built in; Playwright drives only a build of its own.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websocket

from tests.processes import free_port

PREFERENCES = {
    "remote.active-protocols": 1,
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "ui.prefersReducedMotion": 1,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
}
PATIENCE_SECONDS = 60.0


@dataclass
class FirefoxPage:
    """One tab. `complaints` is what its console said."""

    socket: websocket.WebSocket
    context: str = ""
    complaints: list[str] = field(default_factory=list)
    _count: int = 0

    def open(self, url: str, size: tuple[int, int] = (1280, 900)) -> None:
        self.call("session.subscribe", events=["log.entryAdded"])
        self.context = self.call("browsingContext.getTree")["contexts"][0]["context"]
        self.call("browsingContext.setViewport", context=self.context, viewport={"width": size[0], "height": size[1]})
        self.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def value(self, expression: str) -> Any:
        """What the expression is, or comes to be where it is a promise."""
        text = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        return json.loads(self._evaluate(text)["value"])

    def wait_for(self, expression: str, seconds: float = PATIENCE_SECONDS) -> Any:
        deadline = time.monotonic() + seconds
        while not (value := self.value(expression)):
            assert time.monotonic() < deadline, f"{expression} did not come true within {seconds} s: {self.value(STATE)}"
            time.sleep(0.1)
        return value

    def click(self, selector: str) -> None:
        """As a person does, with the pointer; what is not on the page or lies under something fails."""
        self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        there = {"type": "element", "element": self._element(selector)}
        steps = [{"type": "pointerMove", "x": 0, "y": 0, "origin": there}]
        steps += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.call("input.performActions", context=self.context, actions=[{"type": "pointer", "id": "mouse", "actions": steps}])

    def choose_file(self, selector: str, file: Path) -> None:
        self.call("input.setFiles", context=self.context, element=self._element(selector), files=[str(file)])

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        self.socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self._count:
                assert message["type"] == "success", f"{method}: {message['error']}: {message['message']}"
                result: dict[str, Any] = message["result"]
                return result
            entry = message.get("params", {})
            if message.get("method") == "log.entryAdded" and entry["level"] in ("error", "warn"):
                self.complaints.append(f"{entry['level']}: {entry['text']}")

    def _element(self, selector: str) -> dict[str, str]:
        return {"sharedId": self._evaluate(f"document.querySelector({json.dumps(selector)})")["sharedId"]}

    def _evaluate(self, expression: str) -> dict[str, Any]:
        answer = self.call(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=True, userActivation=True
        )
        assert answer["type"] == "success", f"{expression}: {answer.get('exceptionDetails', {}).get('text')}"
        result: dict[str, Any] = answer["result"]
        return result


STATE = "[document.title, document.querySelector('#state-words')?.textContent, document.querySelector('#notices')?.innerText]"


@contextmanager
def firefox(path: str, folder: Path) -> Iterator[FirefoxPage]:
    """Runs in the folder, which it takes for its profile and its home."""
    preferences = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (folder / "user.js").write_text("".join(preferences))
    port = free_port()
    command = [path, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", str(port)]
    with (folder / "firefox.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
    try:
        page = FirefoxPage(_connected(port, process))
        page.call("session.new", capabilities={})
        yield page
        with suppress(websocket.WebSocketException, OSError):
            page.call("browser.close")
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _connected(port: int, process: "subprocess.Popen[bytes]") -> websocket.WebSocket:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return websocket.create_connection(f"ws://127.0.0.1:{port}/session", timeout=PATIENCE_SECONDS, suppress_origin=True)
        except (websocket.WebSocketException, OSError):
            assert process.poll() is None, "Firefox ended while it started"
            assert time.monotonic() < deadline, "Firefox does not answer"
            time.sleep(0.1)
