"""What was found in a file, in words for people: what it means, and what it does not."""

from dataclasses import dataclass
from enum import Enum

from provenance.manifest import Credentials
from provenance.reading import Findings
from provenance.source_types import SourceType, source_type


class State(str, Enum):
    MADE_HERE = "made_here"
    MADE_HERE_CHANGED = "made_here_changed"
    MADE_ELSEWHERE = "made_elsewhere"
    DOES_NOT_FIT = "does_not_fit"
    TAG_ONLY = "tag_only"
    NOTHING = "nothing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Statement:
    """`headline`: one line; `meaning`: what follows from it; `limits`: what does not."""

    state: State
    headline: str
    meaning: str
    limits: str
    media_type: str = ""
    credentials: Credentials | None = None
    source_types: tuple[SourceType, ...] = ()


def statement_of(findings: Findings) -> Statement:
    state, headline, meaning, limits = _judged(findings)
    return Statement(state, headline, meaning, limits, findings.media_type, findings.credentials, _source_types(findings))


def _judged(findings: Findings) -> tuple[State, str, str, str]:
    if findings.fault:
        return (
            State.UNREADABLE,
            "This file cannot be read",
            findings.fault,
            "So nothing can be said about it, neither way.",
        )
    if findings.unclear:
        return (
            State.DOES_NOT_FIT,
            "Its content credentials cannot be read",
            "There are some in the file, and they are damaged or of a kind that is not known here.",
            "What they said, and who signed it, cannot be told.",
        )
    if findings.credentials is not None:
        return _of_credentials(findings.credentials)
    if findings.source_type:
        kind = source_type(findings.source_type)
        return (
            State.TAG_ONLY,
            "Tagged as AI-made, not signed" if kind.by_ai else "Tagged, not signed",
            f"A tag in its metadata says how it was made: {kind.words}."
            + (" Single frames of the live stream carry only such a tag." if kind.by_ai else ""),
            "A tag is not signed: anybody can write, change or remove one. It does not tell who wrote it.",
        )
    return (
        State.NOTHING,
        "It says nothing about how it was made",
        "There are no content credentials in the file, and no tag.",
        "That proves nothing. Most photographs say nothing either, and an AI-made picture loses what it said when it is "
        "photographed off a screen, converted, or sent through a service that strips metadata.",
    )


def _of_credentials(found: Credentials) -> tuple[State, str, str, str]:
    signer = found.signer or "somebody without a name"
    expired = (
        " The certificate has run out since, and no time stamp tells whether it still held at the signing."
        if found.expired and not found.signed_at
        else ""
    )
    if not found.signature_holds:
        return (
            State.DOES_NOT_FIT,
            "Its content credentials are broken",
            "The signature does not hold: what is listed below is not what was signed.",
            "Nothing of it can be relied on, the signer's name included.",
        )
    if found.ours and found.content_fits:
        return (
            State.MADE_HERE,
            "Made here, and unchanged since",
            f"This server made it and signed it. It is exactly as it left here.{expired}",
            "It does not tell who asked for it, or whose faces are in it.",
        )
    if found.ours:
        return (
            State.MADE_HERE_CHANGED,
            "Signed here, and changed since",
            "This server signed something, and this is no longer it: the file was edited or cut short, or the credentials of "
            "another file were put into it.",
            "What has changed cannot be told, and what is listed below may have been changed too.",
        )
    if found.content_fits:
        return (
            State.MADE_ELSEWHERE,
            "Signed elsewhere, and unchanged since",
            f"It is as it was when {signer} signed it.{expired}",
            "Whether the signer is who the name says is not checked here: this server knows its own certificate only. "
            "A signature tells who vouches for a file, not that the file is true.",
        )
    return (
        State.DOES_NOT_FIT,
        "Its content credentials do not fit",
        f"They name {signer} as the signer, but the file has been changed since, or they were taken from another file.",
        "What has changed cannot be told, and what is listed below may have been changed too.",
    )


def _source_types(findings: Findings) -> tuple[SourceType, ...]:
    actions = findings.credentials.actions if findings.credentials else ()
    addresses = [*(action.source_type for action in actions), findings.source_type]
    return tuple(source_type(address) for address in dict.fromkeys(filter(None, addresses)))
