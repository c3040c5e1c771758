"""A prediction server that takes no time: answers any frame with the picture in the file named on the command line.

`python prediction_stub.py PORT PICTURE`
"""

import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DESCRIPTION = {"model": {"name": "stub", "version": "1", "engines": [], "parameters": {}}}


def main(port: int, picture: Path) -> None:
    image = {"b64": base64.b64encode(picture.read_bytes()).decode()}
    face = {"id": "1", "box": [200, 100, 180, 220], "score": 0.98, "source": None}
    swapped = {"image": image, "faces": [face], "state": "s" * 1000, "timings": {"decode": 0.9, "track": 2.1, "swap": 5.0}}
    replies = {
        describes: json.dumps({"predictions": [DESCRIPTION if describes else swapped]}).encode() for describes in (True, False)
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._reply(b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._reply(replies[b'"describe"' in body[:100]])

        def _reply(self, reply: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Requests are not news here."""

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
