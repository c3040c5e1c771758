"""The JSON API as the examples use it: one class, its refusals as one exception."""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import requests

CONNECT_SECONDS, ANSWER_SECONDS = 5, 90
POLL_SECONDS = 1.0
ENDED = ("done", "failed", "cancelled")

Json = dict[str, Any]


class Refused(Exception):
    """What the server said, or that it could not be reached; written for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Api:
    """Calls in the name of the token, or of a visit of its own where there is none."""

    def __init__(self, site: str, token: str = "") -> None:
        self._site = site.rstrip("/") + "/"
        self._http = requests.Session()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def face(self, wanted: str) -> str:
        """The id of the face of that name or id; without one, the first there is."""
        faces: list[Json] = self._json("GET", "/api/sources")["sources"]
        for face in faces:
            if not wanted or wanted.casefold() in (face["name"].casefold(), face["id"]):
                return str(face["id"])
        names = ", ".join(face["name"] for face in faces)
        raise Refused("unknown_source", f"There is no face {wanted!r} here; there are: {names}.")

    def session(self, face: str) -> Json:
        """`token` and `url` of a live stream."""
        return self._json("POST", "/api/sessions", json={"source": face})

    def statement(self) -> Json:
        """What everyone in a picture or video must have agreed to: `version` and `text`."""
        agreement: Json = self._json("GET", "/api/statement")["media"]
        return agreement

    def upload(self, file: Path, consent: str) -> str:
        """Sends the file; the id that a job takes."""
        announced = {"name": file.name, "bytes": file.stat().st_size, "consent": consent}
        place = self._json("POST", "/api/uploads", json=announced)
        with file.open("rb") as content:
            self._call("PUT", place["url"], data=content)
        return str(place["id"])

    def start(self, upload: str, kind: str, face: str, options: Mapping[str, Any]) -> Json:
        return self._json("POST", "/api/jobs", json={"upload": upload, "kind": kind, "source": face, "options": options})

    def job(self, job: str) -> Json:
        return self._json("GET", f"/api/jobs/{job}")

    def cancel(self, job: str) -> None:
        self._call("POST", f"/api/jobs/{job}/cancel")

    def delete(self, job: str) -> None:
        self._call("DELETE", f"/api/jobs/{job}")

    def fetch(self, address: str, file: Path) -> None:
        """Saves what is there; the file appears once all of it has come."""
        part = file.with_name(f"{file.name}.part")
        with self._call("GET", address, stream=True) as answer, part.open("wb") as copy:
            for chunk in answer.iter_content(1 << 18):
                copy.write(chunk)
        part.replace(file)

    def _json(self, method: str, path: str, json: Json | None = None) -> Json:
        answer: Json = self._call(method, path, json=json).json()
        return answer

    def _call(
        self, method: str, path: str, json: Json | None = None, data: BinaryIO | None = None, stream: bool = False
    ) -> requests.Response:
        url = urljoin(self._site, path)
        # An upload may go to another host, a cloud's store, which is not to see the token.
        headers = self._headers if urlsplit(url).netloc == urlsplit(self._site).netloc else {}
        while True:
            try:
                answer = self._http.request(
                    method, url, json=json, data=data, stream=stream, headers=headers, timeout=(CONNECT_SECONDS, ANSWER_SECONDS)
                )
            except requests.RequestException as error:
                raise Refused(
                    "unreachable", f"{self._site} does not answer ({type(error).__name__}). Is it running?"
                ) from error
            if answer.status_code != 429 or "Retry-After" not in answer.headers or data is not None:
                break
            time.sleep(float(answer.headers["Retry-After"]))
        if answer.ok:
            return answer
        raise _refusal(answer)


def _refusal(answer: requests.Response) -> Refused:
    try:
        error = answer.json()["error"]
        return Refused(error["code"], error["message"])
    except (ValueError, KeyError, TypeError):
        return Refused("http_error", f"{answer.url} answered {answer.status_code} {answer.reason}.")


def arguments(description: str) -> argparse.ArgumentParser:
    """What every example takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--site", default="http://127.0.0.1:8000", help="where the page is (%(default)s)")
    parser.add_argument("--face", default="", help="name or id of a face; the first one where none is given")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="what the model takes: opacity=0.8")
    parser.add_argument(
        "--token",
        default=os.environ.get("FACESWAP_TOKEN", ""),
        help="API token, made on the page /developers (or FACESWAP_TOKEN); without one only built-in faces are there",
    )
    return parser


def options_of(given: list[str]) -> Json:
    """`opacity=0.8` as the number 0.8, anything that is no number as text."""
    options: Json = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals:
            sys.exit(f"--option {item}: expected NAME=VALUE, for instance opacity=0.8")
        try:
            options[name] = float(value)
        except ValueError:
            options[name] = value
    return options


def agreed(api: Api, agree: bool) -> str:
    """The version of the statement, once whoever runs this has said yes to it."""
    statement = api.statement()
    if not agree:
        sys.exit(f"Before a file is sent, please read this, and say --agree if it is so:\n\n  {statement['text']}\n")
    return str(statement["version"])
