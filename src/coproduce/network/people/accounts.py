"""allauth's hooks: how an account is found, and how a new one becomes a person of the network."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg, JSONBAgg
from django.db.models import Q
from django.db.models.functions import JSONObject, Now
from django.http import HttpRequest
from django.utils.translation import gettext as _

from coproduce.events import Role
from coproduce.network.people import actions
from coproduce.network.people.asking import computer
from coproduce.network.people.models import Account
from coproduce.network.people.policy import told


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Finds the account of a session, with the roles and proxies that are open now, in one query."""

    def get_user(self, user_id: int) -> Account | None:
        """The account, or None when it is gone or closed."""

        def is_open(prefix: str) -> Q:
            until = Q(**{f"{prefix}__until__isnull": True}) | Q(**{f"{prefix}__until__gt": Now()})
            return Q(**{f"{prefix}__isnull": False}) & until

        with told(computer("accounts"), changing=False):
            account = (
                Account.objects.filter(pk=user_id, is_active=True)
                .select_related("person")
                .annotate(
                    roles_now=ArrayAgg(
                        "person__roles_held__role", filter=is_open("person__roles_held"), distinct=True, default=[]
                    ),
                    proxies_now=JSONBAgg(
                        JSONObject(id="person__acts_for__person", name="person__acts_for__person__pseudonym"),
                        filter=is_open("person__acts_for"),
                        distinct=True,
                        default=[],
                    ),
                )
                .first()
            )
        if account is not None:
            account.open_roles, account.open_proxies = (
                tuple(account.roles_now),
                {someone["id"]: someone["name"] for someone in account.proxies_now},
            )
        return account


def shown_name(account: Account) -> str:
    """What an account is called on allauth's pages: the person's pseudonym, never the address."""
    return account.person.pseudonym if account.person else ""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Makes a person for every new account; what is said at sign-up is a pseudonym and a role, nothing more."""

    def save_user(self, request: HttpRequest, user: Account, form: Any, commit: bool = True) -> Account:
        """Saves the account together with its person, whole or not at all (the request is one transaction)."""
        answers = form.cleaned_data
        person = actions.join(
            computer("accounts"),
            pseudonym=answers.get("pseudonym") or _("Somebody new"),
            role=Role(int(answers.get("role") or Role.PATIENT)),
        )
        user.person = person
        saved: Account = super().save_user(request, user, form, commit)
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails as the network, by its name."""
        super().send_mail(template_prefix, email, {**context, "network_name": settings.COPRODUCE.network_name})

    def format_email_subject(self, subject: str) -> str:
        """The subject, after the network's name."""
        return f"{settings.COPRODUCE.network_name}: {subject}"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """True unless this is the example network, where one signs in as one of its people."""
        return not settings.COPRODUCE.demo
