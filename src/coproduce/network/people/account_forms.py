"""allauth's forms in plain words: the same fields, one way to name each, and no second label inside the box."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: What each field is called; `password1` is somebody's first password when they join, else a new one.
_LABELS: Mapping[str, Promise] = {
    "login": _("Your e-mail address"),
    "email": _("Your e-mail address"),
    "password": _("Your password"),
    "remember": _("Keep me signed in on this device"),
    "oldpassword": _("Your password now"),
    "password1": _("Your new password"),
    "code": _("The code from the mail"),
    "password2": _("The new password once more"),
}


class _PlainWords:
    """Names the fields; a placeholder that says the label again is gone, since it vanishes when one types."""

    fields: dict[str, Any]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = _LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class LoginForm(_PlainWords, forms.LoginForm):  # type: ignore[misc]
    """Signs somebody in."""


class SignupForm(_PlainWords, forms.SignupForm):  # type: ignore[misc]
    """Lets somebody join."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Choose a password")


class AddEmailForm(_PlainWords, forms.AddEmailForm):  # type: ignore[misc]
    """Adds an address."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Another e-mail address")


class ChangePasswordForm(_PlainWords, forms.ChangePasswordForm):  # type: ignore[misc]
    """Changes a password that is known."""


class ResetPasswordForm(_PlainWords, forms.ResetPasswordForm):  # type: ignore[misc]
    """Asks for a mail with a way back in."""


class ResetPasswordKeyForm(_PlainWords, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """Sets a new password from that mail."""


class SetPasswordForm(_PlainWords, forms.SetPasswordForm):  # type: ignore[misc]
    """Sets a first password."""


class ConfirmEmailCodeForm(_PlainWords, forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """Takes the code that was mailed."""


class ChangeEmailForm(_PlainWords, forms.ChangeEmailForm):  # type: ignore[misc]
    """Sends the code to another address."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("The right e-mail address")
