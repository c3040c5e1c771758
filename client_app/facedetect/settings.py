"""Settings of the application server. It runs with no environment at all; `docs/configuration.md` lists every variable."""

import warnings
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from facedetect import environment
from facedetect.private_storage import ALIAS, configuration
from facedetect.static_headers import add_headers
from provenance.identity import signing_identity

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR.parent / "var"
KEY_DIR = Path(environment.text("KEY_DIR", str(VAR_DIR)))

# --- Where it runs ----------------------------------------------------------------------------------------------------

DEBUG = environment.flag("DEBUG", False)
HTTPS = environment.flag("HTTPS", False)
BEHIND_PROXY = environment.flag("BEHIND_PROXY", False)
CLIENT_ADDRESS_HEADER = environment.text("CLIENT_ADDRESS_HEADER", "X-Forwarded-For")
ALLOWED_HOSTS = environment.listing("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))

RELAY_URL = environment.web_address("RELAY_URL")
RELAY_PORT = environment.number("RELAY_PORT", 8001)

SECRET_KEY = environment.key("SECRET_KEY", KEY_DIR)
STREAM_KEY = environment.key("STREAM_KEY", KEY_DIR)
SERVICE_KEY = environment.key("SERVICE_KEY", KEY_DIR)

# In whose name pictures and videos are signed; and who confirms the time, asked over the network.
C2PA_IDENTITY = signing_identity(environment.text("C2PA_CERTIFICATE"), environment.text("C2PA_PRIVATE_KEY"), KEY_DIR)
C2PA_TSA_URL = environment.web_address("C2PA_TSA_URL")

# Names of people whom the model was trained on, and whom every visitor may choose.
TRAINED_IDENTITIES = environment.listing("TRAINED_IDENTITIES", ())

# Whether people may have accounts; without one, everything belongs to a visit.
ACCOUNTS = environment.flag("ACCOUNTS", True)
API_CALLS_PER_MINUTE = environment.number("API_CALLS_PER_MINUTE", 600)

# --- What visitors bring ----------------------------------------------------------------------------------------------

# Where their files are kept: this folder, or a bucket of Google Cloud Storage.
MEDIA_DIR = Path(environment.text("MEDIA_DIR", str(VAR_DIR / "media")))
GCS_BUCKET = environment.text("GCS_BUCKET")
SOURCE_HOURS = environment.number("SOURCE_HOURS", 24)
MAX_UPLOAD_BYTES = environment.number("MAX_UPLOAD_BYTES", 15_000_000)
MAX_PHOTOS = 8
# The dotted path of the operator's own function that looks at what is brought (content_check.py).
CONTENT_CHECK = environment.text("CONTENT_CHECK")
# Two of the largest photos and the form around them: below the 32 MB that App Engine lets through.
MAX_REQUEST_BYTES = 2 * MAX_UPLOAD_BYTES + 500_000
MAX_JSON_BYTES = 65_536

# --- Pictures and videos ----------------------------------------------------------------------------------------------

# One picture or video that is to be changed.
MAX_MEDIA_BYTES = environment.number("MAX_MEDIA_BYTES", 200_000_000)
# What is worked on at the moment; whatever a crash leaves in this folder is swept.
WORK_DIR = Path(environment.text("WORK_DIR", str(VAR_DIR / "work")))
MAX_VIDEO_SECONDS = environment.number("MAX_VIDEO_SECONDS", 3600)
MAX_VIDEO_PIXELS = environment.number("MAX_VIDEO_PIXELS", 3840 * 2160)
MAX_WAITING_JOBS = environment.number("MAX_WAITING_JOBS", 20)
# Parts of a video that are swapped at once, each over a stream of its own; more need more prediction workers.
VIDEO_STREAMS = environment.number("VIDEO_STREAMS", 2)
VIDEO_SEGMENT_SECONDS = environment.number("VIDEO_SEGMENT_SECONDS", 20)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Limits of requests -----------------------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_JSON_BYTES
# Photos wait in memory, never in a temporary file that a crash would leave behind.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_REQUEST_BYTES
# One file of which people want to know what it says about itself.
MAX_VERIFY_BYTES = environment.number("MAX_VERIFY_BYTES", 200_000_000)

# --- Django -----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "facedetect",
    "accounts",
    "provenance",
    "mediajobs",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First, since the fifty small files of a page need none of what the others add: it would be more than what they hold.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "facedetect.middleware.DevicePolicy",
    "django.middleware.security.SecurityMiddleware",
    "facedetect.middleware.StreamContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "facedetect.api_guard.ApiGuard",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "facedetect.urls"
WSGI_APPLICATION = "main.app"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.accounts",
                "facedetect.navigation.site_pages",
            ]
        },
    }
]

LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "account"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


def _database() -> dict[str, Any]:
    """SQLite beside the keys unless DATABASE_URL says otherwise; deleted photos are overwritten in its file."""
    url = environment.text("DATABASE_URL")
    if not url:
        try:
            VAR_DIR.mkdir(exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{VAR_DIR} cannot be made for the SQLite database ({error.strerror}); set DATABASE_URL"
            ) from error
        url = f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    except (dj_database_url.ParseError, ValueError, KeyError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; expected for instance postgres://user:password@host/name"
        ) from error
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["CONN_MAX_AGE"] = 0
        database["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        }
    return database


DATABASES = {"default": _database()}

# --- Static files -----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {"BACKEND": "facedetect.static_storage.HashedModules"},
    ALIAS: configuration(MEDIA_DIR, GCS_BUCKET, environment.listing("STORAGE_KEY", ())),
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = add_headers
GALLERY_DIR = BASE_DIR / "static" / "faces"
if DEBUG:
    # A developer serves static files from where they lie, so that WhiteNoise need not miss the collected ones.
    warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)

# --- Visits -----------------------------------------------------------------------------------------------------------

SESSION_COOKIE_NAME = "visit"
SESSION_COOKIE_AGE = SOURCE_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS

# --- What a browser may do with these pages ---------------------------------------------------------------------------

CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Off unless asked for: a browser that has seen it on a self-signed certificate lets nobody in any more.
SECURE_HSTS_SECONDS = environment.number("HSTS_SECONDS", 0, smallest=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_SECONDS > 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Entering a domain in the browsers' preload list is for the owner of the domain to decide, not for this program.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# Browsers send files to the bucket, and fetch them from it, without this server in between.
BUCKET_ORIGINS = ("https://storage.googleapis.com",) if GCS_BUCKET else ()
# The relay's address joins connect-src in the middleware, since it may follow from the request.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": (NONE,),
        "script-src": (SELF,),
        "style-src": (SELF,),
        "font-src": (SELF,),
        "img-src": (SELF, "blob:", "data:", *BUCKET_ORIGINS),
        "media-src": (SELF, "blob:", "mediastream:", *BUCKET_ORIGINS),
        "connect-src": (SELF, *BUCKET_ORIGINS),
        "worker-src": (SELF,),
        "manifest-src": (SELF,),
        "form-action": (SELF,),
        "base-uri": (NONE,),
        "frame-ancestors": (NONE,),
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Each request that a scanner makes with a foreign Host header would be an error line.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}
