"""IPTC's digital source types in plain words (http://cv.iptc.org/newscodes/digitalsourcetype/)."""

from dataclasses import dataclass

_SCHEME = "cv.iptc.org/newscodes/digitalsourcetype/"
_WORDS = {
    "digitalCapture": "taken by a digital camera or recorder",
    "computationalCapture": "taken by a camera that merged several shots into one",
    "negativeFilm": "digitised from a negative",
    "positiveFilm": "digitised from a slide",
    "print": "digitised from a print",
    "minorHumanEdits": "an original with small edits by a person",
    "humanEdits": "edited by a person, without generative AI",
    "compositeWithTrainedAlgorithmicMedia": "part camera, part made or changed by generative AI",
    "algorithmicallyEnhanced": "altered by a program, without generative AI",
    "softwareImage": "made with software",
    "digitalArt": "made by a person with digital tools",
    "digitalCreation": "made by a person with digital tools",
    "dataDrivenMedia": "drawn by a program out of data",
    "trainedAlgorithmicMedia": "made by generative AI",
    "algorithmicMedia": "drawn by a program, without AI",
    "screenCapture": "recorded from a screen",
    "virtualRecording": "recorded from a live event that mixes real and made-up",
    "composite": "put together out of several pieces",
    "compositeCapture": "put together out of several camera pictures",
    "compositeSynthetic": "put together, with pieces that are not from a camera",
}
_BY_AI = {"compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia"}


@dataclass(frozen=True)
class SourceType:
    """`by_ai`: whether it says that generative AI had a part in it."""

    address: str
    words: str
    by_ai: bool


def source_type(address: str) -> SourceType:
    """Of whatever address a file names."""
    term = address.rstrip("/").rpartition("/")[2] if _SCHEME in address else ""
    return SourceType(address, _WORDS.get(term, "a term that is not known here"), term in _BY_AI)
