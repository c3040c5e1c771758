from typing import Any

from django.core.management.base import BaseCommand

from facedetect.models import Source


class Command(BaseCommand):
    help = "Deletes the photos whose time has run out. Consents stay: they are records, without the photo."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Deleted {Source.objects.delete_expired()} expired sources.")
        swept = Source.objects.sweep_files()
        if swept:
            self.stdout.write(f"Deleted {swept} files that belonged to no source any more.")
