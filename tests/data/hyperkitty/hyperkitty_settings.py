"""A HyperKitty for one test: SQLite, no search index, no workers, no Mailman behind it."""

import os
from pathlib import Path

from mailman_web.settings.base import *  # noqa: F403
from mailman_web.settings.mailman import *  # noqa: F403

_FOLDER = Path(os.environ["HUSTINGS_HYPERKITTY_FOLDER"])

SECRET_KEY = "known to everybody, since nothing here is secret"
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(_FOLDER / "hyperkitty.sqlite")}
}
ROOT_URLCONF = "mailman_web.urls"
STATIC_ROOT = str(_FOLDER / "static")
COMPRESS_ENABLED = False
COMPRESS_PRECOMPILERS = ()
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
Q_CLUSTER = {"sync": True, "orm": "default"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True}
MAILMAN_ARCHIVER_KEY = "unused"
MAILMAN_ARCHIVER_FROM = ("127.0.0.1",)
FILTER_VHOST = False
