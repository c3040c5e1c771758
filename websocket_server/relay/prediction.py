"""Calls a predict API, the local server's or a cloud's, through google-api-python-client.

The same code path everywhere: `service` chooses the API's shape, `url` who answers.
"""

import http.client
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import google.auth
import google_auth_httplib2
import httplib2
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from googleapiclient import discovery
from googleapiclient.errors import Error as GoogleApiError
from googleapiclient.errors import HttpError

from relay.settings import PredictionSettings, SettingsError

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
BUSY = (429, 503)
#: A server that restarted has closed the connections kept for it; httplib2 itself repeats only some of the ways this shows.
BROKEN = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, http.client.HTTPException)
log = logging.getLogger(__name__)


class ModelUnavailable(Exception):
    """No prediction could be had. The message is for users and names no address; the cause is logged."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class PredictionClient:
    """May be called from any number of greenlets: each call has a connection to itself for as long as it takes."""

    def __init__(self, settings: PredictionSettings) -> None:
        self._settings = settings
        self._credentials = _credentials(settings.auth)
        self._request = _request_builder(settings)
        self._idle: list[Any] = []
        self._logged = ""

    def predict(self, instances: list[dict[str, Any]], parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One prediction for each instance; raises ModelUnavailable."""
        request = self._request({"instances": instances, "parameters": dict(parameters)})
        try:
            try:
                reply = self._execute(request)
            except BROKEN:
                self._idle.clear()
                reply = self._execute(request)
        except HttpError as error:
            raise self._http_error(error) from error
        except (OSError, httplib2.HttpLib2Error, http.client.HTTPException, GoogleAuthError, GoogleApiError) as error:
            self._log(f"{type(error).__name__}: {error}")
            raise ModelUnavailable("model_unreachable", "the model cannot be reached at the moment") from error
        self._logged = ""
        predictions = reply.get("predictions") if isinstance(reply, dict) else None
        if (
            not isinstance(predictions, list)
            or len(predictions) != len(instances)
            or not all(isinstance(p, dict) for p in predictions)
        ):
            raise ModelUnavailable("model_error", "the model's reply does not hold one prediction for each instance")
        return predictions

    def _execute(self, request: Any) -> Any:
        with self._connection() as connection:
            return request.execute(http=connection)

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """The one most recently used, or a new one; a failed call's is not used again."""
        connection = self._idle.pop() if self._idle else self._connect()
        try:
            yield connection
        except HttpError:
            self._idle.append(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def _connect(self) -> Any:
        connection = httplib2.Http(timeout=self._settings.timeout_s)
        if self._credentials is None:
            return connection
        return google_auth_httplib2.AuthorizedHttp(self._credentials, http=connection)

    def _http_error(self, error: Any) -> ModelUnavailable:
        status = error.resp.status
        self._log(f"HTTP {status}: {error.reason:.300}")
        if status in BUSY:
            return ModelUnavailable("model_busy", "the model has too much to do at the moment")
        if status >= 500:
            return ModelUnavailable("model_unreachable", "the model cannot be reached at the moment")
        return ModelUnavailable(
            "model_error", f"the model refused the call with HTTP status {status}: the operator's log says why"
        )

    def _log(self, trouble: str) -> None:
        """Once for as long as it lasts: there are thirty frames a second."""
        if trouble != self._logged:
            self._logged = trouble
            log.warning("no prediction from %s: %s", self._settings.url, trouble)


def _credentials(auth: str) -> Any:
    """None: calls go out unsigned. Raises SettingsError."""
    if auth == "anonymous":
        return None
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except DefaultCredentialsError as error:
        raise SettingsError(f"PREDICTION_AUTH is google, but there are no Google credentials here: {error}") from error
    return credentials


def _request_builder(settings: PredictionSettings) -> Callable[[dict[str, Any]], Any]:
    """Built once: reading the API's description takes longer than a call."""
    service = discovery.build(
        settings.service,
        "v1",
        static_discovery=True,
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": settings.url},
    )
    if settings.service == "ml":
        projects = service.projects()
        return lambda body: projects.predict(name=settings.name, body=body)
    endpoints = service.projects().locations().endpoints()
    return lambda body: endpoints.predict(endpoint=settings.name, body=body)
