"""The private storage where it is a bucket: browsers send files to it and fetch them from it, past the application server.

App Engine standard lets no request and no answer through that is larger than 32 MB.
"""

from datetime import timedelta
from typing import Any

import google.auth
from google.auth.transport.requests import Request

from facedetect.private_storage import private_storage

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


def size(name: str) -> int | None:
    """None: there is no such object."""
    blob = _bucket().get_blob(name)
    return None if blob is None else int(blob.size)


def signed_url(name: str, method: str, life: timedelta, download_name: str = "", media_type: str = "") -> str:
    """Good for this one object. A PUT may send any number of bytes: how many they were is to be looked at then."""
    # A service account without a key of its own, as App Engine's is, has Google's IAM sign with the token.
    credentials, _ = google.auth.default(scopes=[_SCOPE])
    credentials.refresh(Request())
    url: str = (
        _bucket()
        .blob(name)
        .generate_signed_url(
            version="v4",
            method=method,
            expiration=life,
            service_account_email=credentials.service_account_email,
            access_token=credentials.token,
            response_disposition=download_name or None,
            response_type=media_type or None,
        )
    )
    return url


def _bucket() -> Any:
    storage: Any = private_storage()
    return getattr(storage, "inner", storage).bucket  # the one that encrypts holds the one of the bucket
