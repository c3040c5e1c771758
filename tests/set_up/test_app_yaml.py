"""The files that App Engine deploys from: their structure here, and by gcloud's own parser where gcloud is installed."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CLIENT, RELAY = ROOT / "client_app" / "app.yaml", ROOT / "websocket_server" / "app.yaml"
WORKER = ROOT / "client_app" / "worker.yaml"
SECRETS = {"SECRET_KEY", "STREAM_KEY", "SERVICE_KEY", "C2PA_PRIVATE_KEY", "DATABASE_URL"}

# Runs in gcloud's own interpreter, with its library; prints what it understood of each file.
GCLOUD_PARSER = """
import json, pathlib, sys
library = pathlib.Path(sys.argv[1])
sys.path[:0] = [str(library), str(library / "third_party")]
from googlecloudsdk.api_lib.app import yaml_parsing
understood = []
for path in sys.argv[2:]:
    if path.endswith("cron.yaml"):
        understood.append({"cron": yaml_parsing.ConfigYamlInfo.FromFile(path).config})
    else:
        info = yaml_parsing.ServiceYamlInfo.FromFile(path)
        understood.append({"service": info.module, "runtime": info.runtime, "env": info.env.name})
print(json.dumps(understood))
"""


def read(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text())
    assert isinstance(content, dict)
    return content


def understood_by_gcloud(*paths: Path) -> list[dict[str, str]]:
    """What gcloud makes of the files; fails with its words where it refuses one."""
    gcloud = shutil.which("gcloud")
    assert gcloud
    told = subprocess.run([gcloud, "info", "--format=json"], capture_output=True, text=True, check=True)
    basic = json.loads(told.stdout)
    library = Path(basic["installation"]["sdk_root"]) / "lib"
    command = [basic["basic"]["python_location"], "-c", GCLOUD_PARSER, str(library), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: list[dict[str, str]] = json.loads(done.stdout)
    return answer


def test_the_application_server_is_a_standard_service() -> None:
    app = read(CLIENT)
    assert app["runtime"] == "python313"
    assert app["service"] == "default"
    assert app["entrypoint"] == "gunicorn -b :$PORT main:app"
    assert "env" not in app
    assert app["env_variables"] == {
        "HTTPS": "1",
        "BEHIND_PROXY": "1",
        "CLIENT_ADDRESS_HEADER": "X-Appengine-User-IP",
        "HSTS_SECONDS": "31536000",
    }


def test_the_relay_is_a_flexible_service_that_carries_websockets() -> None:
    app = read(RELAY)
    assert (app["runtime"], app["env"], app["service"]) == ("python", "flex", "relay")
    assert app["runtime_config"] == {"operating_system": "ubuntu22", "runtime_version": "3.13"}
    assert app["entrypoint"] == "gunicorn -b :$PORT -k flask_sockets.worker main:app"
    assert app["network"]["session_affinity"] is True
    assert app["liveness_check"]["path"] == app["readiness_check"]["path"] == "/healthz"
    assert app["manual_scaling"]["instances"] == 1


def test_the_worker_is_a_flexible_service_that_says_how_it_is() -> None:
    app = read(WORKER)
    assert (app["runtime"], app["env"], app["service"]) == ("python", "flex", "worker")
    assert app["entrypoint"] == "python manage.py db_worker"
    assert app["liveness_check"]["path"] == app["readiness_check"]["path"] == "/healthz"


@pytest.mark.parametrize("path", [CLIENT, RELAY, WORKER])
def test_no_secret_is_in_the_file_and_a_deployments_own_values_can_be_appended(path: Path) -> None:
    app = read(path)
    assert not SECRETS & set(app["env_variables"])
    assert list(app)[-1] == "env_variables"
    appended = yaml.safe_load(path.read_text() + '  STREAM_KEY: "x"\n')
    assert appended["env_variables"] == app["env_variables"] | {"STREAM_KEY": "x"}
    assert all(isinstance(value, str) for value in app["env_variables"].values())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/static/js/app.f422360c854d.js", "staticfiles/js/app.f422360c854d.js"),
        ("/static/manifest.0123456789ab.webmanifest", "staticfiles/manifest.0123456789ab.webmanifest"),
        ("/static/js/encoder-worker.js", "staticfiles"),
        ("/favicon.ico", "staticfiles/icons/icon.svg"),
        ("/", "auto"),
        ("/api/sources", "auto"),
        ("/healthz", "auto"),
    ],
)
def test_every_address_has_its_handler_and_https_only(path: str, expected: str) -> None:
    """The first handler whose pattern matches serves; `static_dir` matches what begins with its URL."""
    for handler in read(CLIENT)["handlers"]:
        pattern = handler["url"] + (".*" if "static_dir" in handler else "")
        match = re.fullmatch(pattern, path)
        if match:
            target = handler.get("static_dir") or handler.get("script") or match.expand(handler["static_files"])
            assert target == expected
            assert handler["secure"] == "always"
            if "static_files" in handler:
                assert re.fullmatch(handler["upload"], target)
            return
    pytest.fail(f"no handler for {path}")


def test_expired_photos_are_deleted_every_hour() -> None:
    (job,) = read(ROOT / "client_app" / "cron.yaml")["cron"]
    assert (job["url"], job["schedule"]) == ("/tasks/expire-sources", "every 1 hours")


def test_the_files_are_what_app_engine_reads() -> None:
    """The keys are ones that App Engine knows; gcloud's parser, which knows best, is asked where it is installed."""
    known = {
        "runtime", "env", "service", "instance_class", "entrypoint", "automatic_scaling", "manual_scaling", "handlers",
        "runtime_config", "resources", "network", "liveness_check", "readiness_check", "env_variables",
    }  # fmt: skip
    for path in (CLIENT, RELAY, WORKER):
        assert set(read(path)) <= known
    if shutil.which("gcloud"):
        client, relay, worker, cron = understood_by_gcloud(CLIENT, RELAY, WORKER, CLIENT.with_name("cron.yaml"))
        assert client == {"service": "default", "runtime": "python313", "env": "STANDARD"}
        assert relay == {"service": "relay", "runtime": "python", "env": "FLEX"}
        assert worker == {"service": "worker", "runtime": "python", "env": "FLEX"}
        assert cron == {"cron": "cron"}
