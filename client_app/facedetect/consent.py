"""The statement a visitor agrees to before a photo counts. A changed wording gets a new version; both are stored."""

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
