"""What the API says of itself: OpenAPI generated from the code, with what every call may be refused for."""

from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

#: What every call may be refused for.
_REFUSALS = {
    "400": ("BadRequest", "What was sent cannot be used; the message says what was expected."),
    "401": ("BadToken", "The bearer token is unknown, has expired or was revoked."),
    "403": ("ForeignOrigin", "A browser sent this from another site's page, or the token is not for this."),
    "429": (
        "TooManyCalls",
        "Too many calls in this minute (Retry-After says how many seconds to wait), or too many jobs that wait.",
    ),
    "500": ("InternalError", "Something went wrong on the server."),
    "503": ("Unavailable", "The database or the relay does not answer now; try again in a moment."),
}
#: What single operations may be refused for besides.
_FURTHER = {
    "404": "There is no such thing, or it is not yours, or its time has run out.",
    "409": "It cannot be done in the state that things are in now.",
    "413": "It is larger than may be sent.",
    "422": "The photos or the file will not do; the message says why.",
    "507": "The server has no room for it now.",
}
#: In the order in which they are told.
TAGS = {
    "faces": "The faces you may use, and sessions with them: what a live stream begins with.",
    "pictures and videos": "Announce a file, send it, have its faces changed, follow the job, fetch the result.",
    "verify": "What a file says about how it was made.",
    "service": "How this server is, what its model offers, and what is to be agreed to.",
}


class DescribedApi(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Short names, of which programs that are generated from the description make their functions."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        operations = [operation for methods in schema["paths"].values() for operation in methods.values()]
        used = {tag for operation in operations for tag in operation.get("tags", ())}
        subjects = {**TAGS, **dict.fromkeys(sorted(used - set(TAGS)), "")}
        schema["tags"] = [{"name": name, "description": text} for name, text in subjects.items() if name in used]
        schema["components"]["responses"] = {name: _refusal(text) for name, text in _REFUSALS.values()}
        for operation in operations:
            stated = {str(status): response for status, response in operation["responses"].items()}
            for status in stated.keys() & _FURTHER.keys():
                stated[status]["description"] = _FURTHER[status]
            everywhere = {status: {"$ref": f"#/components/responses/{name}"} for status, (name, _) in _REFUSALS.items()}
            operation["responses"] = dict(sorted({**stated, **everywhere}.items()))
        return schema


def answers_with_a_file(*media_types: str) -> dict[str, Any]:
    """For an operation's `openapi_extra`: what comes is no JSON."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types}
    return {"responses": {200: {"description": "OK", "content": content}}}


def _refusal(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}}


def description() -> str:
    return (
        "Everything that the pages can do, for programs. Every refusal is "
        '`{"error": {"code", "message"}}`. A call speaks for whoever made the API token that it carries as a bearer, '
        "or else for the visit whose cookie it sends. Live frames go over a WebSocket to the relay, with the token that "
        f"`POST /api/sessions` gives. At most {settings.API_CALLS_PER_MINUTE} calls a minute."
    )
