"""A refusal that the API answers with: a status, a code for programs and a message for people."""

from collections.abc import Mapping


class ApiError(Exception):
    """Raised anywhere below an API view; answered as `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def readable_size(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count >= 1_000_000 else f"{count / 1e3:.3g} KB"


def bad_request(message: str) -> ApiError:
    return ApiError(400, "bad_request", message)


def bad_image(message: str) -> ApiError:
    return ApiError(400, "bad_image", message)


def too_large(message: str) -> ApiError:
    return ApiError(413, "image_too_large", message)


def unknown_source() -> ApiError:
    return ApiError(404, "unknown_source", "There is no such face, or it is not yours, or its time has run out.")
