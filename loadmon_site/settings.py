"""Django's settings, all derived from the environment variables of monitor.conf."""

import os
from typing import Any

from monitor import conf

env = conf.load(os.environ)
BASE_DIR = conf.BASE_DIR
LOADMON_DATA_DIR = conf.data_directory(env["LOADMON_DATA_DIR"])
LOADMON_INTERVAL: float = env["LOADMON_INTERVAL"]
LOADMON_HOST_NAME: str = env["LOADMON_HOST_NAME"]
LOADMON_PUBLIC: str = env["LOADMON_PUBLIC"]
LOADMON_BIND: str = env["LOADMON_BIND"]
LOADMON_PORT: int = env["PORT"]
LOADMON_HTTPS: bool = env["LOADMON_HTTPS"]
LOADMON_BASE_PATH: str = env["LOADMON_BASE_PATH"]
LOADMON_RAW_HOURS: float = env["LOADMON_RAW_HOURS"]
LOADMON_MINUTE_DAYS: float = env["LOADMON_MINUTE_DAYS"]
LOADMON_QUARTER_DAYS: float = env["LOADMON_QUARTER_DAYS"]
LOADMON_HOUR_DAYS: float = env["LOADMON_HOUR_DAYS"]
LOADMON_MAX_DATABASE_SIZE: float = env["LOADMON_MAX_DATABASE_SIZE"]
LOADMON_COMMAND_LINES: bool = env["LOADMON_COMMAND_LINES"]
LOADMON_LOADTEST: str = env["LOADMON_LOADTEST"]
LOADMON_HEARTBEAT_URL: str = env["LOADMON_HEARTBEAT_URL"]
LOADMON_HEARTBEAT_SECONDS: float = env["LOADMON_HEARTBEAT_SECONDS"]
LOADMON_TRUSTED_ORIGINS: list[str] = env["LOADMON_TRUSTED_ORIGINS"]
LOADMON_URL: str = env["LOADMON_URL"]
LOADMON_MAIL_FROM: str = env["LOADMON_MAIL_FROM"]
LOADMON_PRIVATE_RECEIVERS: bool = env["LOADMON_PRIVATE_RECEIVERS"]

DEBUG: bool = env["LOADMON_DEBUG"]
SECRET_KEY = conf.secret_key(LOADMON_DATA_DIR / "secret_key")
ALLOWED_HOSTS: list[str] = env["LOADMON_ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = LOADMON_TRUSTED_ORIGINS

# "daphne" is left out on purpose: its app loads Twisted, 30 MB that the sampler has no use for.
INSTALLED_APPS = [
    "monitor",
    "axes",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "monitor.web.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "monitor.web.readable.Readable",
    "monitor.web.errors.DatabaseTrouble",
]
ROOT_URLCONF = "loadmon_site.urls"
ASGI_APPLICATION = "loadmon_site.asgi.application"
FORCE_SCRIPT_NAME = LOADMON_BASE_PATH or None
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
            ]
        },
    }
]

# Database: FAULTS are measured for exactly these SQLite settings; see docs/operations.md.
DATABASE_FILE = LOADMON_DATA_DIR / "loadmon.sqlite3"
DATABASES: dict[str, Any] = {"default": conf.database(env["DATABASE_URL"], DATABASE_FILE)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "monitor.database.sqlite3"  # Django's own would make a file that is lost
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            f"PRAGMA synchronous={env['LOADMON_SQLITE_SYNCHRONOUS'].upper()};"
            "PRAGMA journal_size_limit=16777216;"
            "PRAGMA wal_autocheckpoint=250;"  # pages: a quarter of the usual, so that no commit is long
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Live events.
conf.needs_redis(env["REDIS_URL"])
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [env["REDIS_URL"]], "prefix": "loadmon"},
    }
    if env["REDIS_URL"]
    else {
        "BACKEND": "monitor.live.layer.LocalChannelLayer",
        "CONFIG": {"directory": str(LOADMON_DATA_DIR / "sockets")},
    }
}

# E-mail. Without a server the host is empty, which monitor.notifications.transports.email tells as such.
MAIL_SERVER = env["EMAIL_URL"]
EMAIL_BACKEND = "monitor.notifications.transports.email.AnsweringBackend"
EMAIL_HOST: str = MAIL_SERVER.host if MAIL_SERVER else ""
EMAIL_PORT: int = MAIL_SERVER.port if MAIL_SERVER else 25
EMAIL_HOST_USER: str = MAIL_SERVER.user if MAIL_SERVER else ""
EMAIL_HOST_PASSWORD: str = MAIL_SERVER.password if MAIL_SERVER else ""
EMAIL_USE_TLS: bool = bool(MAIL_SERVER and MAIL_SERVER.starttls)
EMAIL_USE_SSL: bool = bool(MAIL_SERVER and MAIL_SERVER.encrypted)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = LOADMON_MAIL_FROM or "loadmon@localhost"

# Accounts.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "sesame.backends.ModelBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "dashboard"
SESAME_ONE_TIME = True
SESAME_MAX_AGE = 600
AXES_HANDLER = "monitor.access.throttle.LoginThrottle"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 5 / 60  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "monitor.access.throttle.tried_name"
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "monitor.access.throttle.refuse"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Cookies are named by port: browsers share them between all ports of a host.
SESSION_COOKIE_NAME = f"loadmon_session_{LOADMON_PORT}"
CSRF_COOKIE_NAME = f"loadmon_csrf_{LOADMON_PORT}"
CSRF_FAILURE_VIEW = "monitor.web.errors.csrf_failure"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{LOADMON_BASE_PATH}/"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = LOADMON_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if LOADMON_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = LOADMON_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LOADMON_HTTPS else None
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # monitor.access.throttle adds the limit per address
if not LOADMON_HTTPS:
    # Plain HTTP is right on loopback; monitor.W009 speaks up on any other address.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

# Static files and forms.
STATIC_URL = f"{LOADMON_BASE_PATH}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = LOADMON_DATA_DIR / "static"
STORAGES = {"staticfiles": {"BACKEND": "monitor.web.static_files.StaticStorage"}}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "gz", "br", "woff", "woff2")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

USE_TZ = True
TIME_ZONE = env["LOADMON_TIME_ZONE"]
LANGUAGE_CODE = "en-gb"
USE_I18N = False
FORMAT_MODULE_PATH = "loadmon_site.formats"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"database": {"()": "monitor.database.inlog.InOneSentence"}},
    "handlers": {
        "console": {"class": "monitor.runtime.quietlog.Handler", "formatter": "line", "filters": ["database"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "monitor": {"level": "INFO"},
        # Refused requests are no faults of ours: without these lines each scanner fills the log, partly with tracebacks.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
    },
}
