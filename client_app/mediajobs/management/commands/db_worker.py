"""The queue's worker, with its housekeeping beside it."""

from typing import Any

from django_tasks_db.management.commands import db_worker

from mediajobs.housekeeping import Housekeeper


class Command(db_worker.Command):
    help = "Changes pictures and videos in the background, one job after another"

    def handle(self, **options: Any) -> None:
        housekeeper = Housekeeper()
        housekeeper.start()
        try:
            super().handle(**options)
        finally:
            housekeeper.stop()
