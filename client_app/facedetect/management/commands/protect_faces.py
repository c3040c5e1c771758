"""Fills the list of protected faces from a folder of photos."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facedetect.models import ProtectedFace
from facedetect.protected_form import NoEmbedding, embedding_of
from facedetect.protection import withdraw_matching
from facedetect.relay import relay_for

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


class Command(BaseCommand):
    help = (
        "Protects the people in a folder: a photo NAME.jpg in it is one person, a folder NAME in it is one person with several "
        "photos. The relay and the model must be running. A name that is listed already gets the photos besides."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        people = _people_in(folder)
        if not people:
            raise CommandError(f"{folder} holds no photos; expected {', '.join(sorted(PICTURES))}, or folders of such.")
        used = {name: self._embeddings_of(photos) for name, photos in people.items()}
        for name, embeddings in used.items():
            if embeddings:
                face = ProtectedFace.objects.filter(name=name).first() or ProtectedFace(name=name, embeddings=[])
                face.embeddings = [*face.embeddings, *(each for each in embeddings if each not in face.embeddings)]
                face.save()
        withdrawn = withdraw_matching(relay_for())
        protected = sum(bool(embeddings) for embeddings in used.values())
        self.stdout.write(f"Protected {protected} people; {withdrawn} faces that visitors had brought match and are deleted.")
        failed = sum(map(len, people.values())) - sum(map(len, used.values()))
        if failed:
            raise CommandError(f"{failed} photos could not be used; see above.")

    def _embeddings_of(self, photos: list[Path]) -> list[list[float]]:
        """Of those of the photos that can be used; of the others it is said why not."""
        embeddings = []
        for photo in photos:
            try:
                embeddings.append(embedding_of(photo.read_bytes(), relay_for()))
            except (NoEmbedding, OSError) as error:
                self.stderr.write(f"{photo}: {error}")
        return embeddings


def _people_in(folder: Path) -> dict[str, list[Path]]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise CommandError(f"{folder} cannot be read: {error.strerror}") from error
    people = {entry.stem: [entry] for entry in entries if entry.suffix.lower() in PICTURES}
    for person in (entry for entry in entries if entry.is_dir()):
        photos = [photo for photo in sorted(person.iterdir()) if photo.suffix.lower() in PICTURES]
        if photos:
            people[person.name] = [*people.get(person.name, []), *photos]
    return people
