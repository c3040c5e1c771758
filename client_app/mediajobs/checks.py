"""What would lose files."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def files_outlive_the_instance(**_: Any) -> list[CheckMessage]:
    """App Engine's instances come and go with their disks; GAE_ENV tells that this is one."""
    if not os.environ.get("GAE_ENV"):
        return []
    problems: list[CheckMessage] = []
    if not settings.GCS_BUCKET:
        problems.append(
            Error(
                "Uploads and results would be kept in a folder of one App Engine instance, and be lost with it.",
                hint="Set GCS_BUCKET to a bucket of Google Cloud Storage.",
                id="mediajobs.E001",
            )
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        problems.append(
            Error(
                "The database would be a file of one App Engine instance, and be lost with it.",
                hint="Set DATABASE_URL, for instance to a Cloud SQL database.",
                id="mediajobs.E002",
            )
        )
    return problems
