"""What the prediction call alone costs: the client library in a loop, and nothing else. Prints CPU ms a call.

`python prediction_calls.py URL FRAME CALLS`
"""

import base64
import sys
import time
from pathlib import Path
from typing import Any

import httplib2
from google.auth.credentials import AnonymousCredentials
from googleapiclient import discovery


def main(url: str, frame: Path, calls: int) -> None:
    options = {"api_endpoint": url}
    service = discovery.build("ml", "v1", static_discovery=True, credentials=AnonymousCredentials(), client_options=options)
    projects, http = service.projects(), httplib2.Http(timeout=10)
    image = {"b64": base64.b64encode(frame.read_bytes()).decode()}
    body: dict[str, Any] = {
        "instances": [{"image": image, "source": None, "state": "s" * 1000, "time_ms": 1234.5}],
        "parameters": {"mark": True},
    }
    for _ in range(20):
        projects.predict(name="projects/local/models/faceswap", body=body).execute(http=http)
    begun = time.process_time()
    for _ in range(calls):
        projects.predict(name="projects/local/models/faceswap", body=body).execute(http=http)
    print((time.process_time() - begun) * 1000 / calls)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
