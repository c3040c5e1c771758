"""What a file's C2PA content credentials say, and whether they hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from c2pa import C2paError, Context, Reader

from provenance.library import context_settings

#: Failures that say nothing against the file: nobody here knows the signer, or its certificate has run out since.
_NOT_THE_FILES_FAULT = {"signingCredential.untrusted", "signingCredential.expired"}
_MAX_ACTIONS, _MAX_TEXT = 30, 300


@dataclass(frozen=True)
class Action:
    """`name` as C2PA has it, `c2pa.created` for instance; what is not said is empty."""

    name: str
    when: str
    software: str
    source_type: str
    description: str


@dataclass(frozen=True)
class Credentials:
    """`signature_holds`: nobody has changed what was signed; `content_fits`: and the rest of the file is what it was.

    `signed_at`: by a time-stamp authority's clock; empty where none was asked. `ours`: signed with this server's certificate.
    """

    signer: str
    software: str
    title: str
    signed_at: str
    ours: bool
    signature_holds: bool
    content_fits: bool
    expired: bool
    actions: tuple[Action, ...]


class Unclear(Exception):
    """There are content credentials, and they cannot be read."""


def read_credentials(file: BinaryIO, media_type: str, issuer: str, serial_number: int) -> Credentials | None:
    """None where the file has none. `issuer` (PEM) and `serial_number` name this server's own certificate."""
    file.seek(0)
    try:
        with Context.from_dict(context_settings(trusted=issuer)) as context:
            reader = Reader.try_create(media_type, file, context=context)
            if reader is None:
                return None
            with reader:
                manifest, results = reader.get_active_manifest(), reader.get_validation_results()
    except C2paError as error:
        raise Unclear(str(error)[:_MAX_TEXT]) from error
    if not manifest or not results:
        raise Unclear("There is no active manifest.")
    return _credentials(manifest, results, serial_number)


def _credentials(manifest: Mapping[str, Any], results: Mapping[str, Any], serial_number: int) -> Credentials:
    signature = manifest.get("signature_info") or {}
    success, failure = (set(_codes(results, outcome)) for outcome in ("success", "failure"))
    own = signature.get("cert_serial_number") == str(serial_number)
    return Credentials(
        signer=_text(signature.get("issuer") or signature.get("common_name")),
        software=_software((manifest.get("claim_generator_info") or [manifest.get("claim_generator")])[0]),
        title=_text(manifest.get("title")),
        signed_at=_text(signature.get("time")),
        ours=own and "signingCredential.trusted" in success,
        signature_holds="claimSignature.validated" in success,
        content_fits=not failure - _NOT_THE_FILES_FAULT,
        expired="signingCredential.expired" in failure,
        actions=tuple(_actions(manifest))[:_MAX_ACTIONS],
    )


def _codes(results: Mapping[str, Any], outcome: str) -> Iterator[str]:
    """Of the manifest itself; those of what it was made from follow for failures, which then fail it as well."""
    for status in (results.get("activeManifest") or {}).get(outcome) or ():
        yield str(status.get("code"))


def _actions(manifest: Mapping[str, Any]) -> Iterator[Action]:
    for assertion in manifest.get("assertions") or ():
        if not str(assertion.get("label")).startswith("c2pa.actions"):
            continue
        for action in (assertion.get("data") or {}).get("actions") or ():
            yield Action(
                name=_text(action.get("action")),
                when=_text(action.get("when")),
                software=_software(action.get("softwareAgent")),
                source_type=_text(action.get("digitalSourceType")),
                description=_text(action.get("description")),
            )


def _software(said: Any) -> str:
    if isinstance(said, dict):
        return _text(" ".join(_text(said[part]) for part in ("name", "version") if said.get(part)))
    return _text(said)


def _text(said: Any) -> str:
    """Whatever a stranger's file holds, as one short line."""
    return "".join(letter for letter in str(said)[:_MAX_TEXT] if letter.isprintable()).strip() if said else ""
