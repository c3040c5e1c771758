"""The WSGI entrypoint: `gunicorn main:app`, locally and on App Engine."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from facedetect.checks import startup_problems

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facedetect.settings")

try:
    app = get_wsgi_application()
    problems = startup_problems()
except ImproperlyConfigured as error:
    problems = [str(error)]

if problems:
    sys.exit("\n".join(f"The application server cannot start: {problem}" for problem in problems))
