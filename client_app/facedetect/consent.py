"""The statements a visitor agrees to: for a photo of a face, and for pictures and videos that are changed.

A changed wording gets a new version; both are stored.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    version: str
    text: str


STATEMENT = Statement(
    version="2026-11",
    text=(
        "The person in this photo is me, or has agreed that I use it here. I know that the video made with it is marked "
        "as made by AI, and I will not use it to deceive, harass or impersonate anyone."
    ),
)

MEDIA_STATEMENT = Statement(
    version="media-2026-11",
    text=(
        "Everyone who can be recognised in these pictures and videos has agreed that I change them here, or is me. I know that "
        "what is made of them is marked as made by AI, and I will not use it to deceive, harass or impersonate anyone."
    ),
)
