"""Where mail goes: to the server in COPRODUCE_EMAIL_URL, otherwise into files in the data folder's outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from coproduce import clock
from coproduce.errors import InvalidInput
from coproduce.settings import Settings


def mail_settings(chosen: Settings) -> dict[str, Any]:
    """Django's EMAIL_* settings for `smtp://user:password@host:port`, `smtps://...`, or the outbox.

    Raises InvalidInput for another scheme.

    >>> mail_settings(Settings(email_url="smtps://mail.example:465"))["EMAIL_USE_SSL"]
    True
    """
    if not chosen.email_url:
        return {
            "EMAIL_BACKEND": f"{__name__}.{Outbox.__name__}",
            "EMAIL_FILE_PATH": str(chosen.data / "outbox"),
        }
    address = urlsplit(chosen.email_url)
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


class Outbox(BaseEmailBackend):
    """Every mail in a file of its own, so that one person's mail can be deleted and everybody else's stays.

    Django's own backend names a file by the second and by the sender's place in memory: two mails may share one.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Writes each message to a new file, the order of time in its name; gives how many."""
        folder = outbox()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{clock.now():%Y%m%d-%H%M%S}-{uuid4()}.log"
            path.write_bytes(message.message().as_bytes())
        return len(email_messages)


def outbox() -> Path:
    """The folder of mails that no server took; also after a server is set, since older mails may lie there."""
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.COPRODUCE.data / "outbox")


def forget_mail(addresses: Iterable[str]) -> int:
    """Deletes the mails of the outbox that name one of these addresses; gives how many. A file holds one mail."""
    wanted = [address.lower().encode() for address in addresses]
    named = [
        path
        for path in (outbox().glob("*.log") if wanted else ())
        if any(address in path.read_bytes().lower() for address in wanted)
    ]
    for path in named:
        path.unlink(missing_ok=True)
    return len(named)
