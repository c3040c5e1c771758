"""What must be right before something is signed for others to see."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from PIL import Image

from provenance.credentials import CannotSign, sign


@register
def pictures_can_be_signed(**_: Any) -> list[CheckMessage]:
    """Signs a picture of one pixel, since nothing else shows that an operator's certificate chain is whole."""
    if settings.C2PA_IDENTITY.development:
        return []
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "trial.png"
        Image.new("RGB", (1, 1)).save(picture)
        try:
            sign(picture, picture, "image/png", "trial")
        except CannotSign as error:
            hint = "See C2PA_CERTIFICATE, C2PA_PRIVATE_KEY and C2PA_TSA_URL in docs/configuration.md."
            return [Error(f"Pictures cannot be signed: {error}", hint=hint, id="provenance.E001")]
    return []


@register(Tags.security, deploy=True)
def certificate_is_the_operators(**_: Any) -> list[CheckMessage]:
    if not settings.C2PA_IDENTITY.development:
        return []
    return [
        Warning(
            "Content credentials are signed with a development certificate, which nobody else's software trusts.",
            hint="Set C2PA_CERTIFICATE and C2PA_PRIVATE_KEY to a pair that an authority has issued for C2PA.",
            id="provenance.W001",
        )
    ]
