"""The queue's worker, with its housekeeping beside it."""

from typing import Any

from django_tasks_db.management.commands import db_worker

from facedetect import environment
from mediajobs.health import HealthServer
from mediajobs.housekeeping import Housekeeper


class Command(db_worker.Command):
    help = "Changes pictures and videos in the background, one job after another"

    def handle(self, **options: Any) -> None:
        housekeeper = Housekeeper()
        housekeeper.start()
        port = environment.number("PORT", 0, smallest=0)
        health = HealthServer(port, housekeeper.is_well) if port else None
        try:
            super().handle(**options)
        finally:
            if health is not None:
                health.stop()
            housekeeper.stop()
