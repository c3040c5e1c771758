"""What tells this database from others."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class Installations(models.Manager["Installation"]):
    def own_name(self) -> str:
        """Made at random when it is first asked for; a copy of the database has the same."""
        return str(self.get_or_create(pk=1)[0].name)


class Installation(models.Model):
    """There is one row."""

    name: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(default=uuid.uuid4, editable=False)

    objects: ClassVar[Installations] = Installations()

    def __str__(self) -> str:
        return str(self.name)
