"""Where mail goes: to the server in COPRODUCE_EMAIL_URL, otherwise into files in the data folder's outbox."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from coproduce.errors import InvalidInput
from coproduce.settings import Settings


def mail_settings(settings: Settings) -> dict[str, Any]:
    """Django's EMAIL_* settings for `smtp://user:password@host:port`, `smtps://...`, or the outbox.

    Raises InvalidInput for another scheme.

    >>> mail_settings(Settings(email_url="smtps://mail.example:465"))["EMAIL_USE_SSL"]
    True
    """
    if not settings.email_url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(settings.data / "outbox"),
        }
    address = urlsplit(settings.email_url)
    if address.scheme not in {"smtp", "smtps"} or not address.hostname:
        raise InvalidInput(
            given="a COPRODUCE_EMAIL_URL of another form", expected="smtp://host:port or smtps://host:port"
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": address.hostname,
        "EMAIL_PORT": address.port or (465 if address.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(address.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(address.password or ""),
        "EMAIL_USE_SSL": address.scheme == "smtps",
        "EMAIL_USE_TLS": address.scheme == "smtp" and (address.port or 587) == 587,
        "EMAIL_TIMEOUT": 20,
    }


def forget_mail(outbox: Path, addresses: Iterable[str]) -> int:
    """Deletes the mails of the outbox that name one of these addresses; gives how many. A file holds one mail."""
    wanted = [address.lower().encode() for address in addresses]
    named = [
        path
        for path in (outbox.glob("*.log") if wanted and outbox.is_dir() else ())
        if any(address in path.read_bytes().lower() for address in wanted)
    ]
    for path in named:
        path.unlink(missing_ok=True)
    return len(named)
