"""The WSGI entrypoint: `gunicorn main:app`, locally and on App Engine."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from facedetect.checks import startup_problems

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facedetect.settings")

# gunicorn gives up on this exit status, where any other would have it start the worker again and again.
BOOT_ERROR = 3

try:
    django.setup()
    problems = startup_problems()
except ImproperlyConfigured as error:
    problems = [str(error)]

if problems:
    for problem in problems:
        print(f"The application server cannot start: {problem}", file=sys.stderr, flush=True)
    sys.exit(BOOT_ERROR)

app = get_wsgi_application()
