"""The client that docs/protocol.md shows, run as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.websocket_server.conftest import RelayProcess
from tests.websocket_server.doubles import ALICE, JPEG, ClientApp, PredictionServer, id_of

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "protocol.md"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "client.py"
    path.write_text(code)
    return path


def test_the_example_gets_swapped_frames(
    example: Path, relay: RelayProcess, client_app: ClientApp, model: PredictionServer, tmp_path: Path
) -> None:
    client_app.gallery = [id_of(ALICE)]
    client_app.stream_url = relay.url.replace("http", "ws", 1) + "/stream"
    (tmp_path / "in.jpg").write_bytes(JPEG)
    command = [sys.executable, str(example), client_app.url, str(tmp_path / "in.jpg"), str(tmp_path / "out.jpg")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jpg").read_bytes().startswith(b"\xff\xd8 swapped to " + id_of(ALICE)[:8].encode())
    assert done.stdout.count("1 faces after") == 30


def test_the_example_says_when_it_is_refused(example: Path, relay: RelayProcess, client_app: ClientApp, tmp_path: Path) -> None:
    client_app.gallery = [id_of(b"deleted")]
    client_app.stream_url = relay.url.replace("http", "ws", 1) + "/stream"
    (tmp_path / "in.jpg").write_bytes(JPEG)
    command = [sys.executable, str(example), client_app.url, str(tmp_path / "in.jpg"), str(tmp_path / "out.jpg")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "source_gone" in done.stdout
