"""A model that takes its time: `slow_proxy.py PORT TARGET SECONDS` hands every request on, after having waited."""

import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, TARGET, SECONDS = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])


class SlowProxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._hand_on(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(SECONDS)
        self._hand_on(body)

    def _hand_on(self, body: bytes | None) -> None:
        request = urllib.request.Request(TARGET + self.path, data=body, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            content = reply.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Thirty frames a second need no line each."""


ThreadingHTTPServer(("127.0.0.1", PORT), SlowProxy).serve_forever()
