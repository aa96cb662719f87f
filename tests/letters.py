"""Accounts in tests: what the mails said, and the ways in."""

import re
from typing import Any

from django.core import mail
from django.test import Client

from tests import cast

_CODE = re.compile(r"^([A-Z]{4}-[A-Z]{4})$", re.MULTILINE)


def code() -> str:
    """The code in the newest mail."""
    found = _CODE.search(str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def has_code() -> bool:
    return bool(_CODE.search(str(mail.outbox[-1].body)))


def open_account(client: Client, email: str = "asha@example.com", **more: str) -> Any:
    """From the form to the page an account leads to."""
    client.post("/register/", {"email": email, "first_name": "Asha"} | more)
    return client.post("/register/confirm/", {"code": code()} | more)


def sign_in(client: Client, email: str, password: str = cast.PASSWORD, **more: str) -> Any:
    return client.post("/login/", {"username": email, "password": password} | more)


def is_in(client: Client) -> bool:
    return client.get("/me/account/").status_code == 200
