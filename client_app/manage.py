#!/usr/bin/env python
"""Django's command line for the application server."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facedetect.settings")
    if "runserver" in sys.argv[1:2] and not os.environ.get("DEBUG"):
        # The development server is for developing; whatever else serves the site is production unless told otherwise.
        os.environ["DEBUG"] = "1"
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The application server cannot start: {error}")


if __name__ == "__main__":
    main()
