"""Django's settings, all derived from the one frozen `Settings` object. Reading this module opens nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_language

from coproduce.network.database.resolve import django_databases
from coproduce.network.mail import mail_settings
from coproduce.network.secrets import secret_key
from coproduce.settings import Settings

COPRODUCE = Settings.from_environment()

SECRET_KEY = secret_key(COPRODUCE)
DEBUG = COPRODUCE.debug
_public = COPRODUCE.public_url.split("://", 1)[-1].split("/", 1)[0]
_https = COPRODUCE.public_url.startswith("https://")
ALLOWED_HOSTS = [_public.rsplit(":", 1)[0], "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [COPRODUCE.public_url]

INSTALLED_APPS = [
    "coproduce.network.design",
    "coproduce.network.log",
    "coproduce.network.people",
    "coproduce.network.governance",
    "coproduce.network.commons",
    "coproduce.network.needs",
    "coproduce.network.observatory",
    "coproduce.network.laboratory",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "coproduce.network.design.packing.PackedStaticMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coproduce.network.health.HealthMiddleware",
    "coproduce.network.errors.ErrorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coproduce.network.people.middleware.AskingMiddleware",
]

ROOT_URLCONF = "coproduce.network.urls"
WSGI_APPLICATION = "coproduce.network.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coproduce.network.design.context.network",
            ],
        },
    }
]

FORM_RENDERER = "coproduce.network.design.rendering.FormRenderer"

#: `default` is the application's role; `owner` is used by init, migrate, backup, restore and test databases only.
DATABASES = {
    alias: {**entry, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    for alias, entry in django_databases(COPRODUCE).items()
}
DATABASE_ROUTERS = ["coproduce.network.database.router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["coproduce.network.people.accounts.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
#: A mail that does not come, or went to a wrong address, is no dead end.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SIGNUP_FORM_CLASS = "coproduce.network.people.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "coproduce.network.people.account_forms.LoginForm",
    "signup": "coproduce.network.people.account_forms.SignupForm",
    "add_email": "coproduce.network.people.account_forms.AddEmailForm",
    "change_password": "coproduce.network.people.account_forms.ChangePasswordForm",
    "reset_password": "coproduce.network.people.account_forms.ResetPasswordForm",
    "reset_password_from_key": "coproduce.network.people.account_forms.ResetPasswordKeyForm",
    "set_password": "coproduce.network.people.account_forms.SetPasswordForm",
    "confirm_email_verification_code": "coproduce.network.people.account_forms.ConfirmEmailCodeForm",
    "change_email": "coproduce.network.people.account_forms.ChangeEmailForm",
}
ACCOUNT_USER_DISPLAY = "coproduce.network.people.accounts.shown_name"
#: With TLS a proxy stands before us (docs/how-to/run-for-real.md): limits are then for the address that it names.
ALLAUTH_TRUSTED_PROXY_COUNT = int(_https)
ACCOUNT_ADAPTER = "coproduce.network.people.accounts.Adapter"
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"

LANGUAGE_CODE = COPRODUCE.language
#: A folder in `locale` is a language: `make messages` begins one.
LOCALE_PATHS = [Path(__file__).with_name("locale")]
_languages = sorted(to_language(folder.name) for folder in LOCALE_PATHS[0].glob("[a-z]*"))
LANGUAGES = [("en", _("English")), *((code, LANG_INFO.get(code, {}).get("name_local", code)) for code in _languages)]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Shared by all web processes, which limit guessing together; it holds times and hashes, nothing else.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(COPRODUCE.data / "limits"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Static files are served out of the installed packages: nothing is copied, nothing can be stale.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
CSRF_FAILURE_VIEW = "coproduce.network.errors.csrf_failure"
SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

globals().update(mail_settings(COPRODUCE))
DEFAULT_FROM_EMAIL = COPRODUCE.email_from

# What is told of a fault, in the log or by mail, holds nobody's words.
DEFAULT_EXCEPTION_REPORTER = "coproduce.network.reports.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "coproduce.network.reports.NothingOfPeople"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "logging.Formatter" if DEBUG else "coproduce.network.reports.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"route": {"()": "coproduce.network.reports.RouteOnly"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Addresses of pages that are not there would be lines about who looked for what.
    "loggers": {"coproduce": {"level": "INFO"}, "django.request": {"level": "ERROR", "filters": ["route"]}},
}

SILENCED_SYSTEM_CHECKS = [] if _https else ["security.W004", "security.W008", "security.W012", "security.W016"]
