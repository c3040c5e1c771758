"""Runs the three tiers on this machine: `make run`.

Prepares what changes between runs (database, static files, certificate), starts the Procfile under honcho, waits until
each tier answers its health check, prints the address, and stops everything on Ctrl-C.
"""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parent.parent))
from scripts.certificate import ensure_certificate, lan_addresses

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
START_SECONDS = 60.0


@dataclass(frozen=True)
class Tier:
    name: str
    variable: str
    default_port: int


TIERS = (
    Tier("prediction", "PREDICTION_PORT", 8080),
    Tier("relay", "RELAY_PORT", 8001),
    Tier("client", "CLIENT_PORT", 8000),
)


class CannotRun(Exception):
    """The message says what to do."""


class Stopped(Exception):
    """Ctrl-C or a termination signal came."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    honcho: subprocess.Popen[bytes] | None = None
    try:
        environment = environment_for(dict(os.environ))
        check_ports(environment)
        prepare(environment)
        honcho = subprocess.Popen(
            [str(BIN / "honcho"), "start", "-f", "Procfile"], cwd=ROOT, env=environment, start_new_session=True
        )
        wait_until_healthy(environment, honcho)
        print(f"\n  Ready. Open {address(environment)}\n{phone_hint(environment)}  Ctrl-C stops it.\n", flush=True)
        return honcho.wait()
    except CannotRun as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        if honcho is not None:
            stop(honcho)


def environment_for(given: dict[str, str]) -> dict[str, str]:
    """What the tiers read: addresses and ports as the caller set them, the rest as running here together needs it."""
    environment = dict(given)
    environment["PATH"] = f"{BIN}{os.pathsep}{given.get('PATH', '')}"
    environment["PYTHONUNBUFFERED"] = "1"
    for tier in TIERS:
        environment.setdefault(tier.variable, str(tier.default_port))
    https = given.get("HTTPS") == "1"
    scheme = "https" if https else "http"
    environment["BIND_HOST"] = "0.0.0.0" if https else "127.0.0.1"
    environment["TLS_ARGUMENTS"] = ""
    environment.setdefault("PREDICTION_URL", f"http://127.0.0.1:{environment['PREDICTION_PORT']}")
    environment.setdefault("CLIENT_URL", f"{scheme}://127.0.0.1:{environment['CLIENT_PORT']}")
    environment.setdefault("DEBUG", "0")
    for name in ("NO_PROXY", "no_proxy"):  # Python looks at the second first
        environment[name] = ",".join(filter(None, [given.get(name), "127.0.0.1,localhost"]))
    if https:
        certificate, key = ensure_certificate(ROOT / "var" / "tls")
        environment["TLS_ARGUMENTS"] = f"--certfile {certificate} --keyfile {key}"
        environment["REQUESTS_CA_BUNDLE"] = str(certificate)
        hosts = ["localhost", "127.0.0.1", "[::1]", *lan_addresses()]
        environment.setdefault("ALLOWED_HOSTS", ",".join(hosts))
    return environment


def check_ports(environment: dict[str, str]) -> None:
    for tier in TIERS:
        port = environment[tier.variable]
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotRun(f"{tier.variable}={port} is not a port; give a number from 1 to 65535.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((environment["BIND_HOST"], int(port)))
            except OSError as error:
                raise CannotRun(
                    f"Port {port}, which the {tier.name} tier needs, cannot be used ({error.strerror}). "
                    f"Stop what uses it, or choose another: make run {tier.variable}={int(port) + 100}"
                ) from error


def prepare(environment: dict[str, str]) -> None:
    """Brings the database and the collected static files up to date."""
    steps = (("migrate", "--no-input"), ("collectstatic", "--no-input"))
    started = [
        subprocess.Popen([sys.executable, "manage.py", *step, "--verbosity", "0"], cwd=ROOT / "client_app", env=environment)
        for step in steps
    ]
    for step, process in zip(steps, started, strict=True):
        if process.wait() != 0:
            raise CannotRun(f"`manage.py {step[0]}` in client_app/ failed; what it printed is above.")


def wait_until_healthy(environment: dict[str, str], honcho: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    for tier in TIERS:
        url = health_url(tier, environment)
        while not answers(url):
            if honcho.poll() is not None:
                raise CannotRun("A tier stopped while starting; its own words are above.")
            if time.monotonic() > deadline:
                raise CannotRun(f"The {tier.name} tier did not answer {url} within {START_SECONDS:.0f} s; see above.")
            time.sleep(0.1)


def health_url(tier: Tier, environment: dict[str, str]) -> str:
    secure = environment["TLS_ARGUMENTS"] and tier.name != "prediction"
    return f"{'https' if secure else 'http'}://127.0.0.1:{environment[tier.variable]}/healthz"


def answers(url: str) -> bool:
    # The certificate is our own, and this asks only our own machine whether it is up.
    context = ssl._create_unverified_context() if url.startswith("https") else None
    try:
        with urllib.request.urlopen(url, timeout=2, context=context) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def address(environment: dict[str, str]) -> str:
    scheme = "https" if environment["TLS_ARGUMENTS"] else "http"
    return f"{scheme}://127.0.0.1:{environment['CLIENT_PORT']}"


def phone_hint(environment: dict[str, str]) -> str:
    if not environment["TLS_ARGUMENTS"]:
        return ""
    places = "  or  ".join(f"https://{host}:{environment['CLIENT_PORT']}" for host in lan_addresses())
    return f"  On a phone in the same network: {places}\n" if places else ""


def stop(honcho: "subprocess.Popen[bytes]") -> None:
    """Asks honcho to stop its processes, and makes sure of it."""
    if honcho.poll() is None:
        honcho.send_signal(signal.SIGTERM)
        try:
            honcho.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(honcho.pid, signal.SIGKILL)
            honcho.wait()


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
