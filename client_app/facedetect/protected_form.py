"""The form by which an operator protects somebody: with photos, or with the numbers that SFace makes of one."""

import json
import math
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from facedetect.errors import ApiError
from facedetect.models import ProtectedFace
from facedetect.photos import normalise
from facedetect.photos import source_id as id_of
from facedetect.protection import LENGTH
from facedetect.relay import Relay, relay_for


class NoEmbedding(Exception):
    """The message says why a photo cannot stand for anybody."""


def embedding_of(photo: bytes, relay: Relay) -> list[float]:
    """Of the face in the photo, or the largest of them. Raises NoEmbedding."""
    try:
        bare = normalise(photo)
        prepared = relay.prepare(id_of([bare]), [bare])
    except ApiError as error:
        raise NoEmbedding(error.message) from error
    if not prepared.embeddings or len(prepared.embeddings[0]) != LENGTH:
        raise NoEmbedding("The model does not tell faces apart: it gives no embedding.")
    return list(prepared.embeddings[0])


def embeddings_in(text: str) -> list[list[float]]:
    """One embedding, or a list of them, written as JSON. Raises ValidationError."""
    try:
        given = json.loads(text)
        rows = given if given and isinstance(given[0], list) else [given]
        embeddings = [[float(number) for number in row] for row in rows]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise ValidationError(f"Expected a list of {LENGTH} numbers as JSON, or a list of such lists.") from error
    for embedding in embeddings:
        if len(embedding) != LENGTH or not all(map(math.isfinite, embedding)) or not any(embedding):
            raise ValidationError(f"Expected {LENGTH} numbers that are not all zero, got {len(embedding)}.")
    return embeddings


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Photos(forms.FileField):
    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(_Photos, self).clean(file, initial) for file in files if file]


class ProtectedFaceForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    photos = _Photos(
        required=False,
        help_text="One or several of the person alone. They are looked at and not kept. More make a match surer.",
    )
    numbers = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Or SFace's {LENGTH} numbers as JSON, one list or a list of lists, where you have them already.",
    )

    class Meta:
        model = ProtectedFace
        fields = ("name", "note")

    def clean_photos(self) -> list[list[float]]:
        files: Iterable[UploadedFile] = self.cleaned_data["photos"]
        embeddings = []
        for file in files:
            try:
                embeddings.append(embedding_of(file.read(), relay_for()))
            except NoEmbedding as error:
                raise ValidationError(f"{file.name}: {error}") from error
        return embeddings

    def clean_numbers(self) -> list[list[float]]:
        text = str(self.cleaned_data["numbers"]).strip()
        return embeddings_in(text) if text else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        added = [*cleaned.get("photos", []), *cleaned.get("numbers", [])]
        if not added and not self.instance.pk and not self.errors:
            raise ValidationError("Give at least one photo, or the numbers of one.")
        self.instance.embeddings = [*(self.instance.embeddings or []), *added]
        return cleaned
