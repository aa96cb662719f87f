"""The settings of phone wallets: empty where we have no keys, and then no page offers them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, slots=True)
class Apple:
    """certificate, key, issuer: PEM, the pass type's own, its private key, and Apple's (WWDR) above it."""

    pass_type: str
    team: str
    certificate: bytes
    key: bytes
    issuer: bytes

    @property
    def can_sign(self) -> bool:
        return bool(self.certificate and self.key and self.issuer)


@dataclass(frozen=True, slots=True)
class Google:
    """account: the e-mail of the service account; key: its private one in PEM, key_id: which."""

    issuer: str
    account: str
    key_id: str
    key: str

    @property
    def can_sign(self) -> bool:
        return bool(self.issuer and self.account and self.key)


def read(env: Any) -> tuple[Apple, Google]:
    apple = Apple(
        pass_type=env("APPLE_PASS_TYPE", default=""),
        team=env("APPLE_TEAM", default=""),
        certificate=_file(env("APPLE_PASS_CERTIFICATE", default="")),
        key=_file(env("APPLE_PASS_KEY", default="")),
        issuer=_file(env("APPLE_WWDR_CERTIFICATE", default="")),
    )
    account = json.loads(_file(env("GOOGLE_WALLET_ACCOUNT", default="")) or b"{}")
    google = Google(
        issuer=env("GOOGLE_WALLET_ISSUER", default=""),
        account=account.get("client_email", ""),
        key_id=account.get("private_key_id", ""),
        key=account.get("private_key", ""),
    )
    if apple.can_sign and not (apple.pass_type and apple.team):
        raise ImproperlyConfigured("APPLE_PASS_TYPE and APPLE_TEAM must be set with the certificate.")
    return apple, google


def _file(path: str) -> bytes:
    return Path(path).read_bytes() if path else b""
