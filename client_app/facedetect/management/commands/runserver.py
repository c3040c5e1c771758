"""`runserver` that works on a fresh checkout: it makes the local database's tables by itself."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from whitenoise.runserver_nostatic.management.commands import runserver  # type: ignore[import-untyped]

from facedetect import environment


class Command(runserver.Command):  # type: ignore[misc]
    default_port = environment.text("CLIENT_PORT", "8000")

    def check_migrations(self, *args: Any, **kwargs: Any) -> None:
        """An operator's own database is left to them, with Django's advice; the local file is nobody's else to make."""
        if environment.text("DATABASE_URL"):
            super().check_migrations(*args, **kwargs)
        else:
            call_command("migrate", interactive=False, verbosity=int(settings.DEBUG))
