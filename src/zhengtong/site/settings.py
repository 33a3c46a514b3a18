"""Settings of a Zhengtong site（站点设置）. Everything a site may choose is an environment variable, named here."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF  # noqa: F401
from django.utils.translation import gettext_lazy as _

from zhengtong.site.database import database_settings
from zhengtong.site.home import secret_bytes, site_home

PACKAGE = Path(__file__).resolve().parent.parent


def flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


def listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


# -- the site ---------------------------------------------------------------------------------------------------------
ZHENGTONG_HOME = site_home()
ZHENGTONG_SITE_NAME = (os.environ.get("ZHENGTONG_NAME_ZH", "澜江市"), os.environ.get("ZHENGTONG_NAME_EN", "Lanjiang"))
ZHENGTONG_REGION = os.environ.get("ZHENGTONG_REGION", "990100000000")
ZHENGTONG_ADDRESS = os.environ.get("ZHENGTONG_ADDRESS", "http://127.0.0.1:8000")
ZHENGTONG_PACKS = [Path(folder) for folder in os.environ.get("ZHENGTONG_PACKS", "packs").split(os.pathsep)]
ZHENGTONG_FONTS = PACKAGE / "apps/certificates/fonts"
ZHENGTONG_PAYMENTS = os.environ.get("ZHENGTONG_PAYMENTS", "")
ZHENGTONG_CHANNELS = os.environ.get("ZHENGTONG_CHANNELS", "")
ZHENGTONG_CLAMAV_SOCKET = os.environ.get("ZHENGTONG_CLAMAV_SOCKET", "")
ZHENGTONG_SCAN_REQUIRED = flag("ZHENGTONG_SCAN_REQUIRED", False)
ZHENGTONG_GRANT_MOST_DAYS = int(os.environ.get("ZHENGTONG_GRANT_MOST_DAYS", str(5 * 366)))
# how long what is no longer served is kept, where a resource does not say otherwise: versions of rows, runs of feeds
ZHENGTONG_KEEP_VERSIONS = int(os.environ.get("ZHENGTONG_KEEP_VERSIONS", "12"))
ZHENGTONG_KEEP_VERSION_DAYS = int(os.environ.get("ZHENGTONG_KEEP_VERSION_DAYS", "90"))
ZHENGTONG_KEEP_RUN_DAYS = int(os.environ.get("ZHENGTONG_KEEP_RUN_DAYS", "400"))
# networks, as 10.0.0.0/8,192.168.1.7: proxies that say whose call they pass on; where departments' own APIs may lie
ZHENGTONG_TRUSTED_PROXIES = listed("ZHENGTONG_TRUSTED_PROXIES")
ZHENGTONG_UPSTREAM_NETWORKS = listed("ZHENGTONG_UPSTREAM_NETWORKS")
ZHENGTONG_REQUIRE_MFA = flag("ZHENGTONG_REQUIRE_MFA", True)
ZHENGTONG_KEYS = {"current": "k1", "keys": {"k1": secret_bytes(ZHENGTONG_HOME, "field-key-1")}}
ZHENGTONG_INDEX_KEY = secret_bytes(ZHENGTONG_HOME, "index-key")

DEBUG = flag("ZHENGTONG_DEBUG", False)
SECRET_KEY = secret_bytes(ZHENGTONG_HOME, "session-key").hex()
ALLOWED_HOSTS = os.environ.get("ZHENGTONG_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_FAILURE_VIEW = "zhengtong.portals.ui.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("ZHENGTONG_ORIGINS", "").split(",") if origin]
DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL"), ZHENGTONG_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- e-mail: an SMTP server of the site's, where it sends notices -------------------------------------------------------
EMAIL_HOST = os.environ.get("ZHENGTONG_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("ZHENGTONG_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ZHENGTONG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ZHENGTONG_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("ZHENGTONG_SMTP_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("ZHENGTONG_SMTP_FROM", "noreply@localhost")

# -- the rooms --------------------------------------------------------------------------------------------------------
CAPABILITIES = [
    *(
        "people",
        "evidence",
        "channels",
        "catalog",
        "feeds",
        "corrections",
        "certificates",
        "exchange",
        "registers",
        "demands",
    ),
    *("policies", "matters", "cases", "arrangements", "proactive", "indicators"),
]
PORTALS = ["ui", "citizen", "desk", "data", "console"]
INSTALLED_APPS = [
    *(f"zhengtong.portals.{name}" for name in PORTALS if (PACKAGE / "portals" / name / "apps.py").exists()),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "zhengtong.site",
    *(f"zhengtong.apps.{name}" for name in CAPABILITIES if (PACKAGE / "apps" / name / "apps.py").exists()),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhengtong.site.edge.CorrelationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "zhengtong.site.edge.ProgramsMiddleware",
    # from here on pages, for people
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "zhengtong.portals.ui.mode.ModeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "zhengtong.site.edge.ActorMiddleware",
    "zhengtong.site.edge.RefusalMiddleware",
    "zhengtong.site.edge.PlainTextMiddleware",
    "zhengtong.apps.people.signin.IdleLimitMiddleware",
    "zhengtong.apps.people.signin.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "zhengtong.site.urls"
WSGI_APPLICATION = "zhengtong.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "portals/ui/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "zhengtong.portals.ui.shell.shell",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = ZHENGTONG_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = True
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

# -- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "portals/ui/locale"]
FORMAT_MODULE_PATH = ["zhengtong.site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = False

# -- who may come in --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "zhengtong.apps.people.passwords.KindsOfCharacters", "OPTIONS": {"kinds": 3}},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "citizen:my"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
# A service hall has one address: axes locks an account after its five failures, these only slow a flood.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "60/m/ip"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "zhengtong.apps.people.signin.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhengtong"
AXES_FAILURE_LIMIT = int(os.environ.get("ZHENGTONG_LOCKOUT_FAILURES", "5"))
AXES_COOLOFF_TIME = float(os.environ.get("ZHENGTONG_LOCKOUT_MINUTES", "10")) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "zhengtong.portals.ui.errors.too_many"
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "zhengtong.apps.people.signin.lockout_name"

# -- the wire ---------------------------------------------------------------------------------------------------------
SECURE_COOKIES = flag("ZHENGTONG_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
ZHENGTONG_SESSION_IDLE_SECONDS = int(os.environ.get("ZHENGTONG_SESSION_MINUTES", "30")) * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if SECURE_COOKIES else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# -- what is written down ---------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ZHENGTONG_LOG", "WARNING")},
    "loggers": {"axes": {"level": "ERROR"}},
}
