"""Puts C2PA content credentials into what the system has made."""

import os
import shutil
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from c2pa import Builder, C2paError, C2paSignerInfo, C2paSigningAlg, Context, Signer
from django.conf import settings

from provenance.identity import Identity
from provenance.library import context_settings
from provenance.product import NAME, VERSION

#: IPTC's term for a trained model's output composited with what a camera took.
DIGITAL_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "video/mp4")
_MAX_TITLE = 200


class CannotSign(Exception):
    """The message says what could not be signed and why; nothing is left behind."""


def sign(source: Path, destination: Path, media_type: str, title: str) -> None:
    """Writes `destination`, which may be `source` itself: the same media with content credentials that say how it was made.

    Raises CannotSign; then `destination` is as it was before.
    """
    identity: Identity = settings.C2PA_IDENTITY
    if media_type not in MEDIA_TYPES:
        raise CannotSign(f"{media_type} cannot carry content credentials here; expected one of {', '.join(MEDIA_TYPES)}")
    try:
        with tempfile.NamedTemporaryFile(dir=destination.parent, prefix=".signing-", delete=False) as signed:
            unfinished = Path(signed.name)
            try:
                with source.open("rb") as plain:
                    _write(plain, signed, media_type, title, identity)
                shutil.copymode(source, unfinished)
                os.replace(unfinished, destination)
            finally:
                unfinished.unlink(missing_ok=True)
    except (C2paError, OSError) as error:
        raise CannotSign(f"{title[:_MAX_TITLE]} could not be given its content credentials: {error}") from error


def _write(plain: Any, signed: Any, media_type: str, title: str, identity: Identity) -> None:
    info = C2paSignerInfo(C2paSigningAlg.ES256, identity.chain.encode(), identity.key.encode(), settings.C2PA_TSA_URL)
    with (
        Context.from_dict(context_settings(), signer=Signer.from_info(info)) as context,
        Builder.from_json(_manifest(title, media_type), context=context) as builder,
    ):
        builder.sign(media_type, plain, signed)


def _manifest(title: str, media_type: str) -> dict[str, Any]:
    software = {"name": NAME, "version": VERSION}
    return {
        "claim_generator_info": [software],
        "title": "".join(character for character in title if character.isprintable())[:_MAX_TITLE],
        "format": media_type,
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "created": True,  # the signer answers for it, and has not merely gathered it
                "data": {
                    "actions": [
                        {
                            "action": "c2pa.created",
                            "digitalSourceType": DIGITAL_SOURCE_TYPE,
                            "when": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                            "softwareAgent": software,
                            "description": "A face in it was replaced by that of another person.",
                        }
                    ]
                },
            }
        ],
    }
