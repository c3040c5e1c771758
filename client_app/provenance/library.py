"""How the C2PA library is set up here, for signing and for reading."""

from typing import Any

#: What a certificate of a signer may be for (C2PA 2.2, 14.5.1), one of these.
SIGNERS_PURPOSES = {
    "1.3.6.1.4.1.62558.2.1": "C2PA claim signing",
    "1.3.6.1.5.5.7.3.36": "document signing",
    "1.3.6.1.5.5.7.3.4": "e-mail protection",
}
_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"


def context_settings(trusted: str = "") -> dict[str, Any]:
    """`trusted`: certificates, PEM, whose holders' signatures count as known.

    A thumbnail would be a second, unmarked copy. Nothing is fetched, neither manifests nor word of revoked certificates.
    """
    return {
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "trust": {
            "trust_config": "\n".join([*SIGNERS_PURPOSES, _TIME_STAMPING]),
            **({"user_anchors": trusted} if trusted else {}),
        },
    }
