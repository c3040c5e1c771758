from typing import Any

from django.core.management.base import BaseCommand

from facedetect.models import Source
from mediajobs.models import remove_expired


class Command(BaseCommand):
    help = "Deletes the photos, pictures and videos whose time has run out. Consents stay: they are records, without them."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Deleted {Source.objects.delete_expired()} expired sources.")
        removed = remove_expired()
        if removed:
            self.stdout.write(f"Deleted {removed} expired uploads and jobs.")
        swept = Source.objects.sweep_files()
        if swept:
            self.stdout.write(f"Deleted {swept} files that belonged to no source any more.")
